"""Calendar arithmetic that answers None where the open time ends before an instant is reached: nothing is due then."""

from datetime import datetime, timedelta

from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.errors import CalendarNeverOpens
from sla_engine.domain.time.versioned_calendar import SplicedCalendar

WorkingTime = Calendar | SplicedCalendar


def due_after(calendar: WorkingTime, start: datetime, length: timedelta) -> datetime | None:
    """The earliest instant at which `length` of open time has passed since `start`; None when it never has."""
    try:
        return calendar.add(start, length)
    except CalendarNeverOpens:
        return None


def next_opening(calendar: WorkingTime, at: datetime) -> datetime | None:
    """The first instant of open time at or after `at`; None when the calendar opens no more."""
    try:
        return calendar.next_open(at)
    except CalendarNeverOpens:
        return None
