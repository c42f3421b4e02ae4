"""Acts that wait for a second click; the button's value carries everything they need."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from bot.errors import FromAnotherVersion
from bot.text import cut
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason

VALUE_MAX_CHARS = 2000  # Slack: value of a button
TEXT_MAX_CHARS = 800  # a character may take two in the value, written as `\n` or `\"`


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingPause:
    """A pause that waits for confirmation, or to be changed; `until` is UTC, `replaces` the pause that it changes."""

    key: str
    reason: PauseReason
    until: datetime | None = None
    text: str = ""
    replaces: PauseReason | None = None

    @property
    def kept_text(self) -> str:
        """The words as far as the button holds them, without invisible characters, which would take six characters
        each.
        """
        return _kept(self.text)

    @property
    def is_cut(self) -> bool:
        """Whether the button does not hold all of the words."""
        return len(self.kept_text) < len(self.text)

    @property
    def value(self) -> str:
        """The button's value."""
        until = None if self.until is None else self.until.isoformat()
        document = {"key": self.key, "reason": self.reason.value, "until": until, "text": self.kept_text}
        if self.replaces is not None:
            document["replaces"] = self.replaces.value
        return json.dumps(document, ensure_ascii=False)

    @classmethod
    def read(cls, value: str) -> "PendingPause":
        """Parse the pause from a button's value.

        Raises: FromAnotherVersion.
        """
        with _fields_of(value) as fields:
            until = None if fields["until"] is None else datetime.fromisoformat(fields["until"]).astimezone(UTC)
            replaces = fields.get("replaces")
            return cls(
                key=str(fields["key"]),
                reason=PauseReason(fields["reason"]),
                until=until,
                text=str(fields["text"]),
                replaces=None if replaces is None else PauseReason(replaces),
            )


class PromiseKind(StrEnum):
    """The act that promises something until an instant."""

    ACKNOWLEDGE = "acknowledge"
    SNOOZE = "snooze"
    UPDATE = "update"


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingPromise:
    """A promise, a snooze or a customer update that waits for confirmation; `until` is UTC.

    `changes` is the request that recorded what it changes; empty where it changes nothing.
    """

    kind: PromiseKind
    key: str
    until: datetime
    text: str = ""
    how: str = ""
    changes: str = ""

    @property
    def is_cut(self) -> bool:
        """Whether the button does not hold all of the words."""
        return len(_kept(self.text)) < len(self.text)

    @property
    def value(self) -> str:
        """The button's value."""
        document = {"kind": self.kind.value, "key": self.key, "until": self.until.isoformat(), "how": self.how}
        document |= {"text": _kept(self.text), "changes": self.changes}
        return json.dumps(document, ensure_ascii=False)

    @classmethod
    def read(cls, value: str) -> "PendingPromise":
        """Parse the promise from a button's value.

        Raises: FromAnotherVersion.
        """
        with _fields_of(value) as fields:
            return cls(
                kind=PromiseKind(fields["kind"]),
                key=str(fields["key"]),
                until=datetime.fromisoformat(fields["until"]).astimezone(UTC),
                text=str(fields["text"]),
                how=str(fields["how"]),
                changes=str(fields.get("changes", "")),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingPriority:
    """A change of priority that waits for confirmation; `changes` is the request of one that it takes the place of."""

    key: str
    priority: Priority
    changes: str = ""

    @property
    def value(self) -> str:
        """The button's value."""
        return json.dumps({"key": self.key, "priority": self.priority.value, "changes": self.changes})

    @classmethod
    def read(cls, value: str) -> "PendingPriority":
        """Parse the change of priority from a button's value.

        Raises: FromAnotherVersion.
        """
        with _fields_of(value) as fields:
            priority, changes = Priority(fields["priority"]), str(fields.get("changes", ""))
            return cls(key=str(fields["key"]), priority=priority, changes=changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSubject:
    """The customer who is on the phone, and the open incidents of which they were told.

    `about` is the incident that the card was asked for; empty for a card of the customer.
    """

    customer: str
    keys: tuple[str, ...] = ()
    about: str = ""

    @property
    def value(self) -> str:
        """The value of a button, or the metadata of a form."""
        document = {"customer": _kept(self.customer), "keys": list(self.keys), "about": self.about}
        return json.dumps(document, ensure_ascii=False)

    @classmethod
    def read(cls, value: str) -> "CallSubject":
        """Parse the call's subject from a button's value.

        Raises: FromAnotherVersion.
        """
        with _fields_of(value) as fields:
            keys = tuple(str(key) for key in fields["keys"])
            return cls(customer=str(fields["customer"]), keys=keys, about=str(fields.get("about", "")))


def _kept(text: str) -> str:
    """Words as far as a button holds them, without invisible characters, which would take six characters each."""
    return cut("".join(mark for mark in text if mark.isprintable() or mark in "\n\t"), TEXT_MAX_CHARS)


@contextmanager
def _fields_of(value: str) -> Iterator[dict[str, Any]]:
    """The fields in a button's value; a button of another version may carry others.

    Raises: FromAnotherVersion.
    """
    try:
        yield json.loads(value)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise FromAnotherVersion("value") from error
