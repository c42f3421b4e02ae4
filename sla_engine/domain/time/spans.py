"""Stretches of time and their algebra: every span is half-open, `[start, end)`, in UTC."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """One stretch of time; `start` belongs to it, `end` does not. An empty span contains nothing.

    Raises: ValueError when an edge is naive, or when `end` lies before `start`.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            message = f"a span needs aware instants, got {self.start!r} to {self.end!r}"
            raise ValueError(message)
        if self.end < self.start:
            message = f"a span cannot end ({self.end}) before it starts ({self.start})"
            raise ValueError(message)

    def __bool__(self) -> bool:
        return self.start < self.end

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def __and__(self, other: "Span") -> "Span | None":
        """The part both have in common, or None when they share no time."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None

    @property
    def duration(self) -> timedelta:
        """Real elapsed time from start to end."""
        return self.end - self.start


def union(spans: Iterable[Span]) -> list[Span]:
    """All the time that any of the spans covers: sorted, apart, touching spans joined, empty ones gone."""
    joined: list[Span] = []
    for span in sorted(span for span in spans if span):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def subtract(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """The time that `spans` cover and `holes` do not: sorted and apart."""
    left: list[Span] = []
    cuts = union(holes)
    first = 0  # both lists are sorted: a hole that ended before this span cannot touch a later one
    for span in union(spans):
        start = span.start
        while first < len(cuts) and cuts[first].end <= start:
            first += 1
        for hole in islice(cuts, first, None):
            if hole.start >= span.end:
                break
            if start < hole.start:
                left.append(Span(start, hole.start))
            start = hole.end
        if start < span.end:
            left.append(Span(start, span.end))
    return left


def intersect(a: Iterable[Span], b: Iterable[Span]) -> list[Span]:
    """The time that both `a` and `b` cover: sorted and apart."""
    ours, theirs = union(a), union(b)
    common: list[Span] = []
    i = j = 0
    while i < len(ours) and j < len(theirs):
        shared = ours[i] & theirs[j]
        if shared is not None:
            common.append(shared)
        if ours[i].end <= theirs[j].end:
            i += 1
        else:
            j += 1
    return common
