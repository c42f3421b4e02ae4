"""Open time that a track counted up to an instant."""

from datetime import datetime, timedelta

from sla_engine.domain.clocks.track import Track, runs_until
from sla_engine.domain.time.reach import WorkingTime


def counted_runs(track: Track, calendar: WorkingTime, until: datetime) -> list[tuple[datetime, datetime, timedelta]]:
    """The runs up to `until`, each with the open time it counted."""
    return [(start, end, calendar.elapsed(start, end)) for start, end in runs_until(track, until)]


def elapsed_on(track: Track, calendar: WorkingTime, until: datetime) -> timedelta:
    """The open time of all runs up to `until`."""
    return sum((calendar.elapsed(start, end) for start, end in runs_until(track, until)), timedelta(0))
