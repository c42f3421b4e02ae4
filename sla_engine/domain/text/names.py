"""Compares names: case, composed or decomposed letters, and typographic marks make no difference."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from unicodedata import normalize

_APOSTROPHES = "\u2018\u2019\u201a\u201b\u02bc\u02b9\u2032\u00b4\u0060\uff07"
_QUOTATION_MARKS = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\uff02"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58\ufe63\uff0d"
_SOFT_HYPHEN = "\u00ad"
_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

_AS_TYPED = str.maketrans(
    dict.fromkeys(_APOSTROPHES, "'")
    | dict.fromkeys(_QUOTATION_MARKS, '"')
    | dict.fromkeys(_DASHES, "-")
    | dict.fromkeys((*_UNSEEN, _SOFT_HYPHEN))
)
"""The marks of a keyboard for those of phones, word processors and copied pages; unseen characters are removed."""


@lru_cache(maxsize=4096)  # the sites and people of a deployment, compared over and over
def folded(name: str) -> str:
    """The form in which names are compared: two names are the same when their forms are equal. Not to be shown.

    Accents stay: `José` and `Jose` are two names.
    """
    typed = name.translate(_AS_TYPED)
    # Folding case can decompose a letter, and composing it can bring back one that has a case (Unicode, D145 and D146).
    once = normalize("NFKC", normalize("NFKD", typed).casefold())
    again = normalize("NFKC", normalize("NFKD", once).casefold())
    return " ".join(again.translate(_AS_TYPED).split())


def same_name(name: str, known: Iterable[str]) -> str | None:
    """The known name that equals `name`, else the first whose folded form does; None when there is none."""
    names = tuple(known)
    if name in names:
        return name
    wanted = folded(name)
    return next((candidate for candidate in names if wanted and folded(candidate) == wanted), None)


def similar_names(name: str, known: Iterable[str], *, most: int = 1, cutoff: float = 0.6) -> tuple[str, ...]:
    """The known names that `name` may be a misspelling of, the likeliest first; `cutoff` of 1 allows no difference."""
    by_folded = {folded(known_name): known_name for known_name in known}
    return tuple(by_folded[near] for near in get_close_matches(folded(name), by_folded, n=most, cutoff=cutoff))


def names_with_part(part: str, known: Iterable[str]) -> tuple[str, ...]:
    """The known names that a part of a name may mean: the one it equals, else those that hold every word of it.

    Names that begin with the part come first; empty for a part without letters or digits.
    """
    names = tuple(known)
    whole = same_name(part, names)
    if whole is not None:
        return (whole,)
    wanted = folded(part)
    if not any(mark.isalnum() for mark in wanted):
        return ()
    fitting = [name for name in names if all(word in folded(name) for word in wanted.split())]
    return tuple(sorted(fitting, key=lambda name: not folded(name).startswith(wanted)))
