"""One alert's firings and resolutions, called its words, in the order in which they were received.

The start of a firing does not show whether it is a repetition: an alert that was resolved by mistake fires again with
the start it had. The word before it does. Words are kept in the order in which they were received, so that one that is
worked on late (the database was busy) is read in its place.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.domain.incidents.events import Reopened, Resolved
from sla_engine.domain.incidents.history import Entry, in_order

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
    return len({(word.fires, word.at, word.started_at) for word in words[number - 2 : number + 2]}) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """One time at which an alert fired; `ended_at` is None while it does."""

    began_at: datetime
    ended_at: datetime | None

    def includes(self, at: datetime) -> bool:
        """Whether it fired at that instant, or ended then."""
        return self.began_at <= at and (self.ended_at is None or at <= self.ended_at)


def firings(words: Sequence[AlertWord]) -> tuple[Firing, ...]:
    """The times at which an alert fired, oldest first, by when each word says that it began or ended.

    `words` are in the order received. A firing received after its own end counts from then if it was received before
    that end as well: monitoring resumes an alert that it had ended by itself. So does an end of such a firing.
    """
    turns: list[_Turn] = []
    received: list[AlertWord] = []
    resumed: list[AlertWord] = []
    for word in words:
        ends = [end for end in received if not end.fires and _is_over(word, end)]
        if not word.fires:
            is_late = any(again.at <= word.at <= again.received_at for again in resumed)
            turns += _end_of(word, at=word.received_at if is_late else word.at)
        elif ends and not _is_overtaken(word, received):
            resumed.append(word)
            turns.append(_Turn(max(word.received_at, *(end.at for end in ends)), _BEGINS, fires=True))
        else:
            turns.append(_Turn(word.at, _BEGINS, fires=True))
        received.append(word)
    return tuple(_alternating(turns))


_ENDS, _BEGINS, _ENDS_AT_ONCE = range(3)
"""Of one instant, the end of what began before is read first, and the end of what begins then last."""


@dataclass(frozen=True, slots=True)
class _Turn:
    at: datetime
    rank: int
    fires: bool


def _is_over(word: AlertWord, end: AlertWord) -> bool:
    """Whether a word reports that the alert began within a firing that ended like that."""
    return end.started_at == word.at or end.started_at <= word.at < end.at


def _is_overtaken(word: AlertWord, received: Sequence[AlertWord]) -> bool:
    """Whether its own end came in first: one end, and no firing, with this very start."""
    ended = sum(not other.fires and other.started_at == word.at for other in received)
    return ended == 1 and not any(other.fires and other.at == word.at for other in received)


def _end_of(word: AlertWord, *, at: datetime) -> list[_Turn]:
    """The turns of an end: it also reports that the alert began to fire before it."""
    if word.started_at > at:
        return [_Turn(at, _ENDS, fires=False)]
    rank = _ENDS if word.started_at < word.at == at else _ENDS_AT_ONCE
    return [_Turn(word.started_at, _BEGINS, fires=True), _Turn(at, rank, fires=False)]


def _alternating(turns: Sequence[_Turn]) -> Iterator[Firing]:
    began_at: datetime | None = None
    for turn in sorted(turns, key=lambda turn: (turn.at, turn.rank)):
        if turn.fires:
            began_at = began_at or turn.at
        elif began_at is not None:
            yield Firing(began_at=began_at, ended_at=turn.at)
            began_at = None
    if began_at is not None:
        yield Firing(began_at=began_at, ended_at=None)


def same_incident(firing: Firing, later: Sequence[Firing], at: datetime, *, window: timedelta) -> bool:
    """Whether a firing leads, over pauses no longer than the window, to what had begun at `at`; `later` come after."""
    for other in later:
        if firing.includes(at) or firing.ended_at is None or other.began_at - firing.ended_at > window:
            break
        firing = other
    return firing.includes(at)


def resolved_before(history: Sequence[Entry], at: datetime) -> datetime | None:
    """Since when an incident was resolved when its alert fired at that instant; None where it was open."""
    resolved_at: datetime | None = None
    for entry in in_order(history):
        if entry.at > at:
            break
        if isinstance(entry.event, Resolved):
            resolved_at = resolved_at or entry.at
        elif isinstance(entry.event, Reopened) and entry.at < at:
            resolved_at = None
    return resolved_at
