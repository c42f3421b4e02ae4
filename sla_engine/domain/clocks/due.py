"""When a clock's target is used up, and when its outcome turns."""

from datetime import datetime

from sla_engine.domain.agreements.agreement import Target
from sla_engine.domain.clocks.counted_time import counted_runs
from sla_engine.domain.clocks.track import Track
from sla_engine.domain.time.reach import due_after, next_opening


def due_of(track: Track, now: datetime) -> tuple[datetime | None, Target]:
    """When the target is used up, and which one: a version known to come moves what is not missed before it comes.

    None where it never is, because the calendar ends before, or nothing is promised any more by then.
    """
    target = track.target
    due = _due_under(track, target, now)
    for change in track.ahead:
        if _turns_before(track, target, due, change.at):
            break
        if not change.promises:
            due = None
            continue
        target = change.target
        used_up = _due_under(track, target, now)
        due = used_up if used_up is None or used_up > change.at else min(due or change.at, change.at)
        if _turns_before(track, target, used_up, change.at):  # overdue as soon as it comes
            break
    return due, target


def _due_under(track: Track, target: Target, now: datetime) -> datetime | None:
    """The earliest instant at which elapsed reaches the target, past or to come; None when it never does.

    A stopped clock is read as if it had run on, so that "resolved 2 h before it was due" can be said.
    """
    left = target.duration
    calendar = target.calendar
    for start, end, used in counted_runs(track, calendar, now):
        if used >= left or end >= now:
            return due_after(calendar, start, left)
        left -= used
    return due_after(calendar, max(track.stopped_at or now, track.started_at), left)


def grace_end(track: Track, target: Target, due: datetime | None) -> datetime | None:
    """When the outcome turns; None while no due time is known, and where no open time follows it."""
    return None if due is None else _turns(track, target, due)


def _turns(track: Track, target: Target, due: datetime) -> datetime | None:
    """The first instant of open time, while running, at or after due; None when there is none."""
    for run in track.runs:
        if run.end is None or due < run.end:
            opens = next_opening(target.calendar, max(due, run.start))
            if run.end is None or (opens is not None and opens < run.end):
                return opens
    return next_opening(target.calendar, due)


def _turns_before(track: Track, target: Target, due: datetime | None, at: datetime) -> bool:
    turns = None if due is None else _turns(track, target, due)
    return turns is not None and turns < at
