from collections.abc import Sequence
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from sla_engine.domain.text.errors import UnknownChoice

_Choice = TypeVar("_Choice", bound=StrEnum)


def choice(kind: type[_Choice], word: str, *, what: str) -> _Choice:
    """The member of an enumeration whose value is `word`, in upper or lower case.

    Raises: UnknownChoice with the allowed words.
    """
    allowed = {member.value.lower(): member for member in kind}
    if word.lower() not in allowed:
        raise UnknownChoice(what, word, tuple(member.value for member in kind))
    return allowed[word.lower()]


def nearest(word: str, allowed: Sequence[str]) -> str | None:
    """The allowed word that looks most like this one; None when none looks like it."""
    return next(iter(get_close_matches(word.lower(), allowed, n=1, cutoff=0.5)), None)
