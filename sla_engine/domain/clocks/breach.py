"""When a clock was breached, by the targets as they were in force."""

from dataclasses import replace
from datetime import datetime, timedelta

from sla_engine.domain.agreements.agreement import Target
from sla_engine.domain.clocks.counted_time import counted_runs, elapsed_on
from sla_engine.domain.clocks.track import RunSpan, Track


def breach_of(track: Track, until: datetime, elapsed: timedelta) -> tuple[datetime, bool] | None:
    """The first breach, and whether a change (rather than the clock) caused it.

    A start that turned out to be earlier is held against the target in force when that became known, and what is
    overdue by it is breached at that instant: what nobody could know was not missed.
    """
    if not track.moves:
        return _breach_by_targets(track, until, elapsed)
    move = track.moves[-1]
    told = replace(
        track,
        started_at=move.before,
        runs=_runs_from(track, move.before),
        changes=[change.started(move.before) for change in track.changes],
        moves=track.moves[:-1],
    )
    known = min(until, move.at)
    before = breach_of(told, known, elapsed_on(told, told.target.calendar, known))
    if before is not None:
        return before
    held = [change for change in track.changes if change.at <= known][-1:]
    for change in held:
        if change.promises and elapsed_on(track, change.target.calendar, known) > change.target.duration:
            return move.at, True
    later = [change for change in track.changes if change.at > known]
    return _breach_by_targets(replace(track, changes=[*held, *later]), until, elapsed)


def _breach_by_targets(track: Track, until: datetime, elapsed: timedelta) -> tuple[datetime, bool] | None:
    """The first breach by the targets as they were in force.

    Each target counts only while it was in force, measured from the original start: a later, longer one does not
    undo a breach, and a shorter one that is overdue at once breaches at the change. Where nothing is promised, nothing
    is missed.
    """
    if len(track.changes) == 1 and track.changes[0].at <= track.started_at and track.changes[0].promises:
        target = track.target
        return (_crossing(track, target, until), False) if elapsed > target.duration else None
    if _is_within_every_target(track, elapsed):
        return None
    changes = [change for change in track.changes if change.at <= until]
    for number, change in enumerate(changes):
        if not change.promises:
            continue
        end = until if change is changes[-1] else changes[number + 1].at
        target = change.target
        if change.at > track.started_at and elapsed_on(track, target.calendar, change.at) > target.duration:
            return change.at, True
        if elapsed_on(track, target.calendar, end) > target.duration:
            return _crossing(track, target, end), False
    return None


def _is_within_every_target(track: Track, elapsed: timedelta) -> bool:
    """Whether no target that was ever in force can have been missed: on one calendar, elapsed never grows smaller."""
    calendar = track.target.calendar
    return all(change.target.calendar is calendar and elapsed <= change.target.duration for change in track.changes)


def _runs_from(track: Track, start: datetime) -> list[RunSpan]:
    return [RunSpan(max(run.start, start), run.end) for run in track.runs if run.end is None or run.end > start]


def _crossing(track: Track, target: Target, until: datetime) -> datetime:
    """The first open running instant at which the target was already used up; it was, before `until`."""
    left, start = target.duration, track.started_at
    for start, _, used in counted_runs(track, target.calendar, until):  # noqa: B007 - the run that used it up
        if used > left:
            break
        left -= used
    return target.calendar.next_open(target.calendar.add(start, left))
