"""One alert's firings and resolutions, called its words, in the order in which they were received.

The start of a firing does not show whether it is a repetition: an alert that was resolved by mistake fires again with
the start it had. The word before it does. Words are kept in the order in which they were received, so that one that is
worked on late (the database was busy) is read in its place.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

WORDS_KEPT = 60
"""The newest words of a series that are kept: enough to place one that is worked on days late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertWord:
    """One word of an alert: that it fires since `at`, or was resolved at `at`; `received_at` is when the word came in.

    `delivery` is the id of the delivery it came in with: one that is worked on twice has the same words.
    """

    delivery: str
    received_at: datetime
    fires: bool
    at: datetime
    started_at: datetime


def with_word(words: Sequence[AlertWord], word: AlertWord) -> tuple[AlertWord, ...]:
    """The words with one more, in the order received; a known one stands once, and old repetitions are dropped."""
    if word in words:
        return tuple(words)
    place = bisect_right(words, word.received_at, key=lambda other: other.received_at)
    received = (*words[:place], word, *words[place:])
    kept = [other for number, other in enumerate(received) if not _is_repetition(received, number)]
    return tuple(kept[-WORDS_KEPT:])


def _is_repetition(words: Sequence[AlertWord], number: int) -> bool:
    """Whether the two words before this one and the one after it say the same, so that it can be dropped."""
    if not 2 <= number < len(words) - 1:  # noqa: PLR2004 - two before it
        return False
    return len({word.fires for word in words[number - 2 : number + 2]}) == 1


def news(words: Sequence[AlertWord]) -> frozenset[AlertWord]:
    """The words by which the alert fires again: the first firing after each resolution.

    A resolution that comes first of all has overtaken its own firing on the way: the firing with the same start that
    follows is no news. A resolution that lies before the start of a firing received earlier is read before that firing.
    """
    new: set[AlertWord] = set()
    fires: bool | None = None
    overtaken_start: datetime | None = None
    for word in _resolutions_in_place(words):
        if word.fires and overtaken_start == word.started_at:
            overtaken_start = None
            continue
        if word.fires and fires is False:
            new.add(word)
        overtaken_start = word.started_at if not word.fires and fires is None else None
        fires = word.fires
    return frozenset(new)


def _resolutions_in_place(words: Sequence[AlertWord]) -> list[AlertWord]:
    """The words as received, but each resolution that was not known yet before the first firing that began after it."""
    placed: list[AlertWord] = []
    ends: set[datetime] = set()
    for word in words:
        if word.fires or word.at in ends:
            placed.append(word)
            continue
        began_later = (number for number, other in enumerate(placed) if other.fires and other.at > word.at)
        placed.insert(next(began_later, len(placed)), word)
        ends.add(word.at)
    return placed


def again_at(word: AlertWord, *, resolved_at: datetime) -> datetime:
    """The instant at which an alert fired again: its own start or, if that lies before its end, when we knew."""
    return word.at if word.at > resolved_at else word.received_at
