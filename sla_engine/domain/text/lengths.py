"""Limits for what people type: plain text, spaces around it removed, not longer than can be kept."""

from sla_engine.domain.text.errors import MissingArgument, TooLong
from sla_engine.domain.text.plain_text import plain_text

TITLE_MAX_CHARS = 4000
TEXT_MAX_CHARS = 3000


def needed(what: str, words: str, *, limit: int = TEXT_MAX_CHARS) -> str:
    """A text that must not be empty, plain and without outer spaces; `what` names its field.

    Raises: MissingArgument, TooLong.
    """
    if not plain_text(words).strip():
        raise MissingArgument(what)
    return optional(words, what=what, limit=limit)


def optional(words: str, *, what: str = "text", limit: int = TEXT_MAX_CHARS) -> str:
    """A text that may be empty, plain and without outer spaces; `what` names its field.

    Raises: TooLong.
    """
    kept = plain_text(words).strip()
    if len(kept) > limit:
        raise TooLong(what, limit, len(kept))
    return kept
