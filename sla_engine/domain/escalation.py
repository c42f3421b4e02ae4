"""How a clock climbs its ladder: which rungs are reached now, and when to look again. Pure; `now` comes in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from sla_engine.domain.clocks import Reading, share_instant
from sla_engine.domain.ladders import Ladder, Phase, Rung

JUST_AFTER = timedelta(microseconds=1)
"""At the grace instant itself the target is still met; a breach exists from the next instant on."""

GRACE_AFTER_CHANGE = timedelta(minutes=5)
"""A target that a change made overdue at once is announced after this, so that a slip can be put right."""


@dataclass(frozen=True, slots=True)
class LadderPlace:
    """How far a clock was announced: rungs done from the bottom, repeats of the last one, and when it was said last."""

    rungs_done: int = 0
    repeats_done: int = 0
    last_nudged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Climb:
    """What is to be announced now: the highest rung reached (lower ones fold into it), or its next repeat."""

    rung: Rung
    number: int
    repeat: int
    reached_at: datetime


def climb(
    reading: Reading,
    ladder: Ladder,
    place: LadderPlace,
    *,
    acknowledged: bool,
    snoozed_until: datetime | None,
    now: datetime,
) -> Climb | None:
    """What a running clock must announce at `now`; None when nothing is due."""
    reached = [
        (number, rung, at)
        for number, rung in enumerate(ladder.rungs)
        if number >= place.rungs_done and (at := rung_instant(reading, rung)) is not None and at <= now
    ]
    if reached:
        number, rung, at = reached[-1]
        return Climb(rung, number, 0, at)
    repeat_at = _next_repeat(reading, ladder, place, acknowledged=acknowledged, snoozed_until=snoozed_until)
    if repeat_at is not None and repeat_at <= now:
        number = place.rungs_done - 1
        return Climb(ladder.rungs[number], number, place.repeats_done + 1, repeat_at)
    return None


def next_look(
    reading: Reading,
    ladder: Ladder,
    place: LadderPlace,
    *,
    acknowledged: bool,
    snoozed_until: datetime | None,
) -> datetime | None:
    """When a running clock must be looked at next: its next rung, its breach, or its next repeat."""
    looks = [rung_instant(reading, rung) for number, rung in enumerate(ladder.rungs) if number >= place.rungs_done]
    if not reading.breached and reading.grace_until is not None:
        looks.append(reading.grace_until + JUST_AFTER)
    looks.append(_next_repeat(reading, ladder, place, acknowledged=acknowledged, snoozed_until=snoozed_until))
    return min((look for look in looks if look is not None), default=None)


def rung_instant(reading: Reading, rung: Rung) -> datetime | None:
    """When a rung is reached if nothing changes: a warning before the breach, the others with it or after it.

    A breach that a change made is announced after its grace, and the warnings that it skipped are not said before it.
    """
    breach = breach_instant(reading)
    match rung.phase:
        case Phase.BEFORE:
            return breach if reading.breached_on_change else _warning_instant(reading, rung)
        case Phase.AT:
            return breach
        case Phase.AFTER:
            after = None if breach is None else _after_breach(reading, rung)
            return None if after is None or breach is None else max(after, breach)
        case _:
            assert_never(rung.phase)


def breach_instant(reading: Reading) -> datetime | None:
    """When the breach is announced, past or to come; None while no due time is known."""
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
    counted = calendar.add(breach, rung.offset)
    if reading.elapsed < reading.target.duration:  # not breached yet, or by an earlier target that was shorter
        return counted
    left = reading.target.duration + rung.offset - reading.elapsed_before_run
    return counted if left <= timedelta(0) else max(counted, calendar.add(began, left))


def _next_repeat(
    reading: Reading,
    ladder: Ladder,
    place: LadderPlace,
    *,
    acknowledged: bool,
    snoozed_until: datetime | None,
) -> datetime | None:
    if acknowledged or not place.rungs_done or place.last_nudged_at is None:
        return None
    rung = ladder.rungs[place.rungs_done - 1]
    if rung.repeat is None:
        return None
    wait = rung.repeat.wait(place.repeats_done + 1)
    due = place.last_nudged_at + wait if rung.repeat.wall else reading.target.calendar.add(place.last_nudged_at, wait)
    return due if snoozed_until is None else max(due, snoozed_until)
