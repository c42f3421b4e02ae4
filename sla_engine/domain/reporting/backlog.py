"""Age of open incidents, in business days."""

from datetime import datetime, timedelta

from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.local_time import local_hour

AGE_LABELS = ("0–1", "2–3", "4–7", "8–14", "15–30", "> 30")
"""Ages in business days, youngest first."""

_FIRST_AGES = (2, 4, 8, 15, 31)
_LONGEST_WALK = timedelta(days=400)


def age_bounds(calendar: Calendar, *, now: datetime) -> tuple[datetime, ...]:
    """The instants (newest first) between the ages of `AGE_LABELS`: opened before the first is 2 days or older.

    An incident opened today is 0 business days old, one opened on the business day before 1. A calendar that is closed
    for more than a year has no more bounds, so the age before it takes all older incidents.
    """
    zone = calendar.zone
    day = calendar.local_date(now)
    oldest = day - _LONGEST_WALK
    starts: list[datetime] = []
    while len(starts) < _FIRST_AGES[-1] and day > oldest:
        start = local_hour(day, zone=zone)
        if calendar.elapsed(start, local_hour(day + timedelta(days=1), zone=zone)) > timedelta(0):
            starts.append(start)
        day -= timedelta(days=1)
    return tuple(starts[age - 1] for age in _FIRST_AGES if age <= len(starts))
