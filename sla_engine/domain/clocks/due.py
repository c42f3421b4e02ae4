"""The due time of a clock, and the end of the grace after it."""

from datetime import datetime

from sla_engine.domain.agreements.agreement import Target
from sla_engine.domain.clocks.counted_time import counted_runs
from sla_engine.domain.clocks.track import Track
from sla_engine.domain.time.reach import due_after, next_opening


def due_of(track: Track, now: datetime) -> tuple[datetime | None, Target]:
    """The instant at which the target is used up, and that target; a version known to come may replace it before.

    None where it never is used up: the calendar ends before, or nothing is promised any more by then.
    """
    target = track.target
    due = _due_under(track, target, now)
    for change in track.ahead:
        if _is_missed_before(track, target, due, change.at):
            break
        if not change.promises:
            due = None
            continue
        target = change.target
        used_up = _due_under(track, target, now)
        due = used_up if used_up is None or used_up > change.at else min(due or change.at, change.at)
        if _is_missed_before(track, target, used_up, change.at):  # overdue as soon as it comes
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
    """The last instant at which a stop still meets the target: the first open, running one at or after due.

    None while no due time is known, and where no open time follows it.
    """
    if due is None:
        return None
    for run in track.runs:
        if run.end is None or due < run.end:
            opens = next_opening(target.calendar, max(due, run.start))
            if run.end is None or (opens is not None and opens < run.end):
                return opens
    return next_opening(target.calendar, due)


def _is_missed_before(track: Track, target: Target, due: datetime | None, at: datetime) -> bool:
    grace = grace_end(track, target, due)
    return grace is not None and grace < at
