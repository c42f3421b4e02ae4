"""The breach of a clock, by the targets as they were in force."""

from dataclasses import replace
from datetime import datetime, timedelta

from sla_engine.domain.agreements.agreement import Target
from sla_engine.domain.clocks.counted_time import counted_runs, elapsed_on
from sla_engine.domain.clocks.track import RunSpan, TargetChange, Track


def breach_of(track: Track, until: datetime, elapsed: timedelta) -> tuple[datetime, bool] | None:
    """The first breach, and whether a change (rather than the clock) caused it; None without one.

    A start that turned out to be earlier is held against the target in force when that became known, and a clock that
    is overdue by it is breached at that instant: what nobody could know was not missed.
    """
    if not track.moves:
        return _breach_by_targets(track, until, elapsed)
    move = track.moves[-1]
    without_move = replace(
        track,
        started_at=move.before,
        runs=_runs_from(track, move.before),
        changes=[change.started(move.before) for change in track.changes],
        moves=track.moves[:-1],
    )
    known = min(until, move.at)
    before = breach_of(without_move, known, elapsed_on(without_move, without_move.target.calendar, known))
    if before is not None:
        return before
    changes = _since_last_change(track, known)
    in_force = next((change for change in changes if change.at <= known), None)
    if in_force is not None and in_force.promises:
        target = in_force.target
        if elapsed_on(track, target.calendar, known) > target.duration:
            return move.at, True
    return _breach_by_targets(replace(track, changes=changes), until, elapsed)


def _since_last_change(track: Track, at: datetime) -> list[TargetChange]:
    """The change of target that was in force at an instant, if any, and those after it."""
    earlier = [change for change in track.changes if change.at <= at]
    later = [change for change in track.changes if change.at > at]
    return [*earlier[-1:], *later]


def _breach_by_targets(track: Track, until: datetime, elapsed: timedelta) -> tuple[datetime, bool] | None:
    """The first breach by the targets as they were in force.

    Each target counts only while it was in force, measured from the original start: a later, longer one does not
    undo a breach, and a shorter one that is overdue at once breaches at the change. While nothing is promised, nothing
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
    left, used_up_from = target.duration, track.started_at
    for start, _, used in counted_runs(track, target.calendar, until):
        used_up_from = start
        if used > left:
            break
        left -= used
    return target.calendar.next_open(target.calendar.add(used_up_from, left))
