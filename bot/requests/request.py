"""Request and answer: the values between Slack's payloads and the listeners."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.errors import FromAnotherVersion
from bot.views.rendered import Rendered
from sla_engine.domain.agreements.access import Origin


class Fields(dict[str, str]):
    """A form's fields by block id; an empty field is an empty text.

    Asking for a field that the form did not have (it was open during an upgrade) raises FromAnotherVersion.
    """

    def __missing__(self, name: str) -> str:
        raise FromAnotherVersion(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where somebody asked: Slack's address for private answers there, the channel, and the thread in it; empty where
    Slack names none.

    `private_row` is the block id of the buttons that were used in a message only they see, or on their Home tab; empty
    for anything else.
    `address_ends` is the real time until which Slack takes answers at the address; None where that is not known.
    """

    response_url: str = ""
    channel: str = ""
    thread: str = ""
    private_row: str = ""
    address_ends: datetime | None = None
    is_home: bool = False
    """Whether it is their Home tab, where the answer is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageAsked:
    """The message of which a shortcut was chosen: its words, its channel, and its name there; empty for other asks."""

    text: str = ""
    channel: str = ""
    ts: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A command, a click or a form, without Slack's own details.

    `value` is the button's value, the select's choice or the form's metadata: nearly always an incident key.
    `answers` holds a form's fields, or what is ticked beside a button, by block id. For something chosen in an open
    form, `about` is the form's metadata. `origin` is where it says that it
    comes from, `place` where it was asked. `now` is SLA time. Until it is acknowledged, Slack waits three seconds. For
    a menu that is typed into, `value` is what was typed and `about` the metadata of its form.
    """

    request: str
    user: str
    now: datetime
    text: str = ""
    value: str = ""
    about: str = ""
    block_id: str = ""
    is_acknowledged: bool = True
    answers: Fields = field(default_factory=Fields)
    origin: Origin = field(default_factory=Origin)
    place: Place = field(default_factory=Place)
    message: MessageAsked = field(default_factory=MessageAsked)


@dataclass(frozen=True, slots=True)
class OpenForm:
    """An answer that opens a form."""

    view: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChangedForm:
    """An answer that draws the open form anew in which something was chosen; what was typed into it stays."""

    view: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refreshed:
    """An answer that takes the place of the private message in which it was asked for."""

    message: Rendered


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenFile:
    """An answer that is a file, in the direct messages of whoever asked, below a line about it."""

    name: str
    title: str
    about: str
    content: bytes


@dataclass(frozen=True, slots=True)
class AfterClosing:
    """Work for which a form does not stay open: it is closed as if done, and what was done is said afterwards."""

    work: Callable[[Ask], "Answer"]


Answer = Rendered | Refreshed | OpenForm | ChangedForm | GivenFile | AfterClosing | None
"""The answer to who asked: a private message, a form, a file, or None where the channel's message shows it."""


def in_place(ask: Ask, message: Rendered, *, rows: tuple[str, ...]) -> Rendered | Refreshed:
    """The message, in place of the private one it was asked in where that has buttons of one of these `rows`.

    `rows` are the first words of block ids, before their colon.
    """
    return Refreshed(message) if ask.place.private_row.partition(":")[0] in rows else message
