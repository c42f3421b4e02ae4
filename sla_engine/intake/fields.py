"""Reads the fields of another system's JSON: every refusal names the field and says what is wanted."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sla_engine.domain.text.plain_text import plain_text
from sla_engine.services.intake.errors import PayloadInvalid

SHOWN_MAX_CHARS = 60


class Fields:
    """The fields of one JSON object; `path` is its dotted path in the payload, empty for the whole.

    Every method that refuses a value raises PayloadInvalid.
    """

    def __init__(self, document: object, path: str = "") -> None:
        if not isinstance(document, Mapping):
            raise PayloadInvalid(path or "body", f"{path or 'the body'} must be a JSON object, not {shown(document)}")
        self._values: Mapping[Any, Any] = document
        self._path = path

    def at(self, name: str) -> str:
        """The field's dotted path."""
        return f"{self._path}.{name}" if self._path else name

    def optional_text(self, name: str, *, longest: int) -> str:
        """The field's text without spaces around it; empty when it is missing or null."""
        value = self._values.get(name)
        if value is None:
            return ""
        if not _is_text(value):
            raise self.invalid(name, f"must be text, not {shown(value)}")
        text = _plain(str(value))
        if len(text) > longest:
            raise self.invalid(name, f"has {len(text)} characters, at most {longest} are taken")
        return text

    def lenient_text(self, name: str, *, longest: int) -> str:
        """The field's text, cut to `longest` characters; empty when it is missing or no text."""
        value = self._values.get(name)
        text = _plain(str(value)) if _is_text(value) else ""
        return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"

    def text(self, name: str, *, longest: int) -> str:
        """The field's text without spaces around it; a missing or empty one is refused."""
        text = self.optional_text(name, longest=longest)
        if not text:
            raise self.invalid(name, "is missing or empty")
        return text

    def optional_instant(self, name: str) -> datetime | None:
        """An ISO 8601 instant with an offset, in UTC; None when it is missing or null."""
        value = self._values.get(name)
        if value is None:
            return None
        instant = read_instant(value)
        if instant is None:
            wanted = "an ISO 8601 time with an offset, such as 2026-03-02T09:30:00+01:00"
            raise self.invalid(name, f"must be {wanted}, not {shown(value)}")
        return instant

    def lenient_instant(self, name: str) -> datetime | None:
        """An ISO 8601 instant with an offset, in UTC; None when it is missing or cannot be read."""
        return read_instant(self._values.get(name))

    def flag(self, name: str, *, default: bool) -> bool:
        """The field's `true` or `false`, else the default when it is missing."""
        value = self._values.get(name, default)
        if not isinstance(value, bool):
            raise self.invalid(name, f"must be true or false, not {shown(value)}")
        return value

    def lenient_object(self, name: str) -> "Fields":
        """The fields of an object inside; none when it is missing or no object."""
        value = self._values.get(name)
        return Fields(value if isinstance(value, Mapping) else {}, self.at(name))

    def items(self, name: str) -> list[tuple[str, object]]:
        """The items of a list, each with its path; the items themselves are not checked."""
        value = self._values.get(name)
        if not isinstance(value, list):
            raise self.invalid(name, f"must be a list, not {shown(value)}")
        return [(f"{self.at(name)}[{number}]", item) for number, item in enumerate(value)]

    def count(self, name: str) -> int:
        """The field's whole number above 0; 0 when it is missing or anything else."""
        value = self._values.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0

    def names(self) -> set[str]:
        """The names of the fields that are there."""
        return {str(name) for name in self._values}

    def invalid(self, name: str, sentence: str) -> PayloadInvalid:
        """The refusal for a field; `sentence` goes on after its name."""
        path = self.at(name)
        return PayloadInvalid(path, f"{path} {sentence}")


def _is_text(value: object) -> bool:
    """A number counts as its digits: many systems send ids as numbers."""
    return isinstance(value, str | int) and not isinstance(value, bool)


def _plain(value: str) -> str:
    return plain_text(value).strip()


def read_instant(value: object) -> datetime | None:
    """An ISO 8601 instant in UTC; None for anything else, or when it carries no offset."""
    if not isinstance(value, str):
        return None
    try:
        instant = datetime.fromisoformat(value.strip())
        return None if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def shown(value: object) -> str:
    """A value as a refusal quotes it: cut to 60 characters."""
    if value is None:
        return "nothing"
    text = repr(value)
    return text if len(text) <= SHOWN_MAX_CHARS else f"{text[:SHOWN_MAX_CHARS]}…"
