"""The working hours of one person: those of the MSP, on the wall clock of the person's own zone."""

from dataclasses import replace
from datetime import datetime, timedelta

from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.local_time import local_hour

ONE_DAY = timedelta(days=1)


def working_hours(msp: Msp, person: str) -> Calendar:
    """The person's own hours, else the MSP's in their zone; as they are for somebody whom `msp.yaml` does not name."""
    colleague = msp.person(person)
    if colleague is None:
        return msp.calendar
    return colleague.hours or replace(msp.calendar, zone=colleague.zone)


def end_of_working_day(msp: Msp, person: str, now: datetime) -> datetime:
    """The instant at which the person's working day ends: today's, or the next one's where today's is over.

    A shift past midnight ends in the morning; round the clock, the day ends at midnight.
    Raises: CalendarNeverOpens.
    """
    hours = working_hours(msp, person)
    day = hours.local_date(hours.next_open(now))
    midnight = local_hour(day + ONE_DAY, zone=hours.zone)
    if hours.always:
        return midnight
    spans = hours.open_spans(local_hour(day, zone=hours.zone), midnight + ONE_DAY)
    return max(span.end for span in spans if span.start < midnight)
