"""What a clock's target is from an instant on."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from sla_engine.domain.agreements.agreement import Target
from sla_engine.domain.agreements.versions import Promised, Terms
from sla_engine.domain.clocks.track import TargetChange
from sla_engine.domain.time.versioned_calendar import SplicedCalendar


def change_to(at: datetime, found: Promised, target: Target | None = None) -> TargetChange:
    """The target that is promised from then on; `target` where it is the longer one of a wait."""
    return TargetChange(at, target or found.target, found.losers, found.version)


def unpromised(change: TargetChange, at: datetime, terms: Terms) -> TargetChange:
    """From then on nothing is promised."""
    return replace(change, at=at, losers=(), version=terms.at(at).number, wait_over=None, promises=False)


def promises_the_same(before: Promised | None, found: Promised) -> bool:
    """Whether a version promises as much as the one before: then at most the hours it is counted on were edited."""
    if before is None:
        return False
    return (before.target.duration, before.target.waiting) == (found.target.duration, found.target.waiting)


def kept_target(change: TargetChange, at: datetime, found: Promised) -> TargetChange:
    """The target in force, as another version puts it: a period that waited, or whose wait ended, stays as long."""
    target = found.target.lasting(change.target.duration)
    return replace(change, at=at, target=target, losers=found.losers, version=found.version)


def as_known(change: TargetChange, at: datetime) -> TargetChange:
    """A clock that stopped is not moved by what came to count after it."""
    calendar = change.target.calendar
    return (
        replace(change, target=change.target.on(calendar.until(at)))
        if isinstance(calendar, SplicedCalendar)
        else change
    )


def coming(
    last: TargetChange,
    before: Promised | None,
    known: Iterable[tuple[datetime, Promised | None]],
    terms: Terms,
    *,
    waits: bool,
) -> Iterator[TargetChange]:
    """The changes that versions known to come will bring, oldest first; `known` is what each promises from when on."""
    for at, promised in known:
        if promised is None:
            if before is not None:
                yield unpromised(last, at, terms)
        elif not promises_the_same(before, promised):
            yield change_to(at, promised, promised.waiting if waits else None)
        before = promised
