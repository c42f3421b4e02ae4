"""Changes of a clock's target at an instant."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from sla_engine.domain.agreements.agreement import Target
from sla_engine.domain.agreements.versions import Promised, Terms
from sla_engine.domain.clocks.track import TargetChange
from sla_engine.domain.time.versioned_calendar import SplicedCalendar


def change_to(at: datetime, promise: Promised, target: Target | None = None) -> TargetChange:
    """The change to the promised target at an instant; `target` where it is the longer one of a wait."""
    return TargetChange(at, target or promise.target, promise.losers, promise.version)


def unpromised(change: TargetChange, at: datetime, terms: Terms) -> TargetChange:
    """The change to no promise at all at an instant."""
    return replace(change, at=at, losers=(), version=terms.at(at).number, wait_over=None, promises=False)


def promises_the_same(before: Promised | None, promise: Promised) -> bool:
    """Whether a version promises as much as the one before: then at most the hours it is counted on were edited."""
    if before is None:
        return False
    return (before.target.duration, before.target.waiting) == (promise.target.duration, promise.target.waiting)


def kept_target(change: TargetChange, at: datetime, promise: Promised) -> TargetChange:
    """The target in force by another version: a period that waits, or whose wait ended, keeps its length."""
    target = promise.target.lasting(change.target.duration)
    return replace(change, at=at, target=target, losers=promise.losers, version=promise.version)


def as_known(change: TargetChange, at: datetime) -> TargetChange:
    """A change of a clock that stopped at an instant: later edits of its calendar do not move it."""
    calendar = change.target.calendar
    if not isinstance(calendar, SplicedCalendar):
        return change
    return replace(change, target=change.target.on(calendar.until(at)))


def coming(
    last: TargetChange,
    before: Promised | None,
    known: Iterable[tuple[datetime, Promised | None]],
    terms: Terms,
    *,
    waits: bool,
) -> Iterator[TargetChange]:
    """The changes that versions known to come will bring, oldest first.

    `before` is the promise now, `known` are the later ones, each with the instant from which it counts; `waits` says
    that the incident waits.
    """
    for at, promised in known:
        if promised is None:
            if before is not None:
                yield unpromised(last, at, terms)
        elif not promises_the_same(before, promised):
            yield change_to(at, promised, promised.waiting if waits else None)
        before = promised
