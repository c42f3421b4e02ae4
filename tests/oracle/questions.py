"""Random questions about open time, most of them asked where answers go wrong.

Every instant is in microseconds from the first one that the count judges.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from tests.oracle.minute_count import DAY_MINUTES, MICROSECOND, MINUTE_MICROSECONDS, MinuteCount, Minutes

SECOND = 1_000_000
HOUR = 3600 * SECOND
# The answer to what is asked lies within what was counted, also where a calendar rests for a month.
AWAY_FROM_THE_ENDS = 40 * DAY_MINUTES * MINUTE_MICROSECONDS
A_LITTLE = (0, 0, 0, 1, -1, SECOND, -SECOND, 60 * SECOND, -60 * SECOND)
LONGEST_EXPONENT = 14  # 10¹⁴ microseconds are three years


class Kind(StrEnum):
    """What is asked."""

    ELAPSED = "elapsed"
    ADD = "add"
    SUBTRACT = "subtract"
    IS_OPEN = "is_open"
    NEXT_OPEN = "next_open"
    PREV_CLOSE = "prev_close"


@dataclass(frozen=True, slots=True)
class Question:
    """`elapsed` asks from `at` to `other`; `add` and `subtract` ask for `other` microseconds of open time."""

    kind: Kind
    at: int
    other: int = 0


class Draw:
    """Random moments and questions for one count; the same seed draws the same ones."""

    def __init__(self, count: MinuteCount, *, seed: int | str) -> None:
        self.count = count
        self.random = random.Random(seed)
        self.first, self.last = AWAY_FROM_THE_ENDS, count.end - AWAY_FROM_THE_ENDS
        edges, moved = count.edges * MINUTE_MICROSECONDS, count.clock_moved * MINUTE_MICROSECONDS
        self.edges = edges[(edges >= self.first) & (edges <= self.last)]
        places = (self.edges, self.edges, moved, _turns_of_the_year(count))
        self.awkward_places = [place.tolist() for place in places if len(place)]

    def questions(self, number: int, *, kinds: tuple[Kind, ...] = tuple(Kind)) -> Iterator[Question]:
        """So many questions, as many of each kind."""
        for index in range(number):
            at = self.moment()
            yield Question(kind := kinds[index % len(kinds)], at, self._other(kind, at))

    def moment(self) -> int:
        """Now and then any instant, mostly one at or near an edge, a change of the clocks or the turn of a year."""
        if self.random.random() < 0.3:
            return self.random.randrange(self.first, self.last) // SECOND * SECOND
        place = self.random.choice(self.random.choice(self.awkward_places))
        exactly = self.random.random() < 0.7
        away = self.random.choice(A_LITTLE) if exactly else self.random.randint(-3 * HOUR, 3 * HOUR)
        return self._within(place + away)

    def later(self, at: int) -> int:
        """A moment after another: any, one of the next forty edges, or a microsecond to years away."""
        way = self.random.random()
        if way < 0.2:
            return max(at, self.moment())
        next_edges = self.edges[np.searchsorted(self.edges, at) :][:40]
        if way < 0.6 and len(next_edges):
            return int(self.random.choice(next_edges))
        return self._within(at + int(10 ** self.random.uniform(0, LONGEST_EXPONENT)))

    def earlier(self, at: int) -> int:
        """A moment before another, like `later`."""
        way = self.random.random()
        if way < 0.2:
            return min(at, self.moment())
        last_edges = self.edges[: np.searchsorted(self.edges, at)][-40:]
        if way < 0.6 and len(last_edges):
            return int(self.random.choice(last_edges))
        return self._within(at - int(10 ** self.random.uniform(0, LONGEST_EXPONENT)))

    def _other(self, kind: Kind, at: int) -> int:
        """The second part of a question; an amount of time is used up exactly at an edge as often as not."""
        if kind is Kind.ELAPSED:
            return self.later(at) if self.random.random() < 0.95 else self.moment()
        if kind is Kind.ADD:
            return self.count.elapsed(at, self.later(at))
        if kind is Kind.SUBTRACT:
            return self.count.elapsed(self.earlier(at), at)
        return 0

    def _within(self, at: int) -> int:
        return min(max(at, self.first), self.last)


def _turns_of_the_year(count: MinuteCount) -> Minutes:
    years = range(count.begin.year + 1, count.instant(count.end).year)
    return np.array([(count.begin.replace(year=year) - count.begin) // MICROSECOND for year in years], dtype=np.int64)
