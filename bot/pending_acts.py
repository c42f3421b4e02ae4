"""An act that waits for a second click: all it needs travels in the value of the button that does it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.refusals import FromAnotherVersion
from bot.text import cut
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason

VALUE_MAX_CHARS = 2000  # Slack: value of a button
TEXT_MAX_CHARS = 800  # a character may take two in the value, written as `\n` or `\"`


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingPause:
    """A pause that was asked for; `until` is UTC."""

    key: str
    reason: PauseReason
    until: datetime | None = None
    text: str = ""

    @property
    def kept_text(self) -> str:
        """As many of the words as the button holds; marks nobody can see would take six characters each."""
        return cut("".join(mark for mark in self.text if mark.isprintable() or mark in "\n\t"), TEXT_MAX_CHARS)

    @property
    def is_cut(self) -> bool:
        """Whether the button does not hold all of the words."""
        return len(self.kept_text) < len(self.text)

    @property
    def value(self) -> str:
        """What the button carries."""
        until = None if self.until is None else self.until.isoformat()
        document = {"key": self.key, "reason": self.reason.value, "until": until, "text": self.kept_text}
        return json.dumps(document, ensure_ascii=False)

    @classmethod
    def read(cls, value: str) -> "PendingPause":
        """The pause a button carries.

        Raises: FromAnotherVersion.
        """
        with _understood(value) as found:
            until = None if found["until"] is None else datetime.fromisoformat(found["until"]).astimezone(UTC)
            return cls(key=str(found["key"]), reason=PauseReason(found["reason"]), until=until, text=str(found["text"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingPriority:
    """A priority that was asked for."""

    key: str
    priority: Priority

    @property
    def value(self) -> str:
        """What the button carries."""
        return json.dumps({"key": self.key, "priority": self.priority.value})

    @classmethod
    def read(cls, value: str) -> "PendingPriority":
        """The priority a button carries.

        Raises: FromAnotherVersion.
        """
        with _understood(value) as found:
            return cls(key=str(found["key"]), priority=Priority(found["priority"]))


@contextmanager
def _understood(value: str) -> Iterator[dict[str, Any]]:
    """What a button carries; one of another version may carry something else.

    Raises: FromAnotherVersion.
    """
    try:
        yield json.loads(value)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise FromAnotherVersion("value") from error
