"""The instants at which a clock reaches the rungs of its ladder, and at which its breach is announced. Pure."""

from datetime import datetime, timedelta
from typing import assert_never

from sla_engine.domain.agreements.ladders import Rung, RungPhase
from sla_engine.domain.clocks.reading import Reading, share_instant
from sla_engine.domain.time.reach import due_after

JUST_AFTER = timedelta(microseconds=1)
"""At the grace instant itself the target is still met; a breach exists from the next instant on."""

GRACE_AFTER_CHANGE = timedelta(minutes=5)
"""A target that a change made overdue at once is announced after this: whoever made the change may act first."""


def rung_instant(reading: Reading, rung: Rung) -> datetime | None:
    """The instant at which a rung is reached: a warning before the breach, the others with it or after it.

    A breach that a change made is announced after its grace, and the warnings that it skipped not before it.
    """
    breach = breach_instant(reading)
    match rung.phase:
        case RungPhase.BEFORE:
            return breach if reading.breached_on_change else _warning_instant(reading, rung)
        case RungPhase.AT:
            return breach
        case RungPhase.AFTER:
            after = None if breach is None else _after_breach(reading, rung)
            return None if after is None or breach is None else max(after, breach)
        case _:
            assert_never(rung.phase)


def breach_instant(reading: Reading) -> datetime | None:
    """The instant at which the breach is announced, past or to come; None while no due time is known."""
    if reading.breached_at is not None:
        grace = GRACE_AFTER_CHANGE if reading.breached_on_change else JUST_AFTER
        return reading.breached_at + grace
    return None if reading.grace_until is None else reading.grace_until + JUST_AFTER


def _warning_instant(reading: Reading, rung: Rung) -> datetime | None:
    """At its share, or that long before due; never before the clock last began to run."""
    if rung.offset is None:
        return share_instant(reading, rung.percent or 0)
    began, due, left = reading.running_since, reading.due_at, -rung.offset
    if began is None or due is None:
        return None
    if rung.wall:
        return max(due - left, began)
    calendar = reading.target.calendar
    return began if calendar.elapsed(began, due) <= left else calendar.subtract(due, left)


def _after_breach(reading: Reading, rung: Rung) -> datetime | None:
    """At its share, or that long after the breach; open time does not count while the clock rests."""
    if rung.offset is None:
        return share_instant(reading, rung.percent or 0)
    breach, began = reading.breached_at or reading.grace_until, reading.running_since
    if breach is None or began is None:
        return None
    if rung.wall:
        return breach + rung.offset
    calendar = reading.target.calendar
    counted = due_after(calendar, breach, rung.offset)
    is_used_up = reading.elapsed >= reading.target.duration  # else not breached yet, or by an earlier, shorter target
    left = reading.target.duration + rung.offset - reading.elapsed_before_run
    if counted is None or not is_used_up or left <= timedelta(0):
        return counted
    return max(counted, due_after(calendar, began, left) or counted)
