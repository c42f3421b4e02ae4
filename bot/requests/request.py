"""Request and answer: the values between Slack's payloads and the listeners."""

from collections.abc import Mapping
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
class Ask:
    """A command, a click or a form, without Slack's own details.

    `value` is the button's value, the select's choice or the form's metadata: nearly always an incident key.
    `answers` holds a form's fields by block id. `origin` is where it says that it comes from. `now` is SLA time. Until
    it is acknowledged, Slack waits three seconds.
    """

    request: str
    user: str
    now: datetime
    text: str = ""
    value: str = ""
    block_id: str = ""
    is_acknowledged: bool = True
    answers: Fields = field(default_factory=Fields)
    origin: Origin = field(default_factory=Origin)


@dataclass(frozen=True, slots=True)
class OpenForm:
    """An answer that opens a form."""

    view: Mapping[str, Any]


Answer = Rendered | OpenForm | None
"""The answer to the person who asked: a private message, a form, or None where the channel's message shows it."""
