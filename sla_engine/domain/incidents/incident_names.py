"""Names of incidents beside their keys: a ticket's own number, as people say it and as they type it."""

import re
from dataclasses import dataclass

SPOKEN_MAX_CHARS = 24
_SPOKEN = re.compile(r"[^\W_][\w./#-]*")
_FINGERPRINT = re.compile(r"[0-9a-f]{16,}")
_TYPED = re.compile(r"#\w[\w./-]*|[^\W\d_]{1,8}[-_./]?\d+(?:[-./]\d+)*|\d+")


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


def looks_like_ticket(word: str) -> bool:
    """Whether a word can only be meant as a ticket's number: `T-20931`, `#20931`, `INC0012345`; times never are."""
    return len(word) <= SPOKEN_MAX_CHARS and _TYPED.fullmatch(word) is not None and sum(map(str.isdigit, word)) >= 3  # noqa: PLR2004


def numbers_meant(word: str) -> tuple[str, ...]:
    """The numbers somebody may have meant: as typed, without `#`, in capital and in small letters."""
    bare = word.removeprefix("#")
    return tuple(dict.fromkeys((word, bare, bare.upper(), bare.lower())))
