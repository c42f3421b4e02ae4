"""Names of incidents beside their keys: a ticket's own number, as people say it and as they type it."""

import re
from dataclasses import dataclass

SPOKEN_MAX_CHARS = 24
_SPOKEN = re.compile(r"[^\W_][\w./#-]*")
_FINGERPRINT = re.compile(r"[0-9a-f]{16,}")
_TICKET = re.compile(r"#\w[\w./-]*|[^\W\d_]{1,8}[-_./]\d{3,}(?:[-./]\d+)*|[^\W\d_]{0,3}\d{3,}")


@dataclass(frozen=True, slots=True)
class NamedIncident:
    """An incident, and enough of it to tell it from another; `ticket` is the number another system gave it."""

    key: str
    customer: str
    title: str
    ticket: str | None


def spoken_number(external_id: str | None) -> str | None:
    """The number by which people know the ticket; None for a name that only machines give, such as an alert's."""
    if external_id is None or len(external_id) > SPOKEN_MAX_CHARS or _FINGERPRINT.fullmatch(external_id):
        return None
    return external_id if _SPOKEN.fullmatch(external_id) else None


def may_be_ticket(word: str) -> bool:
    """Whether some system may have given a ticket this number: one short word with a digit in it."""
    number = word.removeprefix("#")
    has_digit = any(mark.isdigit() for mark in number)
    return len(number) <= SPOKEN_MAX_CHARS and has_digit and _SPOKEN.fullmatch(number) is not None


def looks_like_ticket(word: str) -> bool:
    """Whether a word can only be meant as a ticket's number: `T-20931`, `#20931`, `INC0012345`; times never are."""
    return len(word) <= SPOKEN_MAX_CHARS and _TICKET.fullmatch(word) is not None


def numbers_meant(word: str) -> tuple[str, ...]:
    """The numbers somebody may have meant: as typed, without `#`, in capital and in small letters."""
    bare = word.removeprefix("#")
    return tuple(dict.fromkeys((word, bare, bare.upper(), bare.lower())))
