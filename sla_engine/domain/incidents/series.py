"""One alert's firings and resolutions, in the order in which they were heard.

Its start alone does not tell a repetition from news: an alert that was resolved by mistake fires again with the start
it had. The last word does. Words are kept in the order of hearing, so that one that is worked on late (the database
was busy) finds its place, and means what it would have meant in time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

WORDS_KEPT = 60
"""The newest words of a series that are remembered: enough to place one that is worked on days late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertWord:
    """One word of an alert. `heard_at` is when it came in, `at` when the alert began (firing) or ended (resolved).

    `delivery` names what it came in with; a delivery that is worked on twice says the same words.
    """

    delivery: str
    heard_at: datetime
    fires: bool
    at: datetime
    started_at: datetime


def with_word(words: Sequence[AlertWord], word: AlertWord) -> tuple[AlertWord, ...]:
    """The words with one more, in order of hearing; said twice it stands once, and old repetitions are forgotten."""
    if word in words:
        return tuple(words)
    place = max((n for n, each in enumerate(words, 1) if each.heard_at <= word.heard_at), default=0)
    heard = (*words[:place], word, *words[place:])
    kept = [
        each
        for number, each in enumerate(heard)
        if number in {0, 1, len(heard) - 1}
        or len({near.fires for near in heard[number - 2 : number + 2]}) > 1  # two before it, and one after it
    ]
    return tuple(kept[-WORDS_KEPT:])


def news(words: Sequence[AlertWord]) -> frozenset[AlertWord]:
    """The words by which the alert fires again: the first firing after each resolution.

    A firing that comes after the end of the very firing it tells of, before which nothing had fired, is no news: it
    is the first half of the two, overtaken on its way. A first end that lies before the start of a firing heard earlier
    is read before that firing, which turns out to be another one.
    """
    found: set[AlertWord] = set()
    fires: bool | None = None
    overtaking: datetime | None = None
    for word in _ends_in_their_place(words):
        if word.fires and overtaking == word.started_at:
            overtaking = None
            continue
        if word.fires and fires is False:
            found.add(word)
        overtaking = word.started_at if not word.fires and fires is None else None
        fires = word.fires
    return frozenset(found)


def _ends_in_their_place(words: Sequence[AlertWord]) -> list[AlertWord]:
    """The words in order of hearing, but that an end told late stands before a firing that began after it."""
    placed: list[AlertWord] = []
    ends: set[datetime] = set()
    for word in words:
        is_late = not word.fires and word.at not in ends
        later = (number for number, other in enumerate(placed) if other.fires and other.at > word.at)
        placed.insert(next(later, len(placed)) if is_late else len(placed), word)
        ends |= set() if word.fires else {word.at}
    return placed


def again_at(word: AlertWord, *, resolved_at: datetime) -> datetime:
    """When an alert that fires again began to: at its own start, or when it was told where that lies before its end."""
    return word.at if word.at > resolved_at else word.heard_at
