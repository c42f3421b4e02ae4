"""Decides from when on an asked note is late, and when service managers are written to about late notes."""

from datetime import date, datetime, time, timedelta

from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.agreements.roster import Roster
from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.local_time import local_day, local_hour, resolve, zone_named
from sla_engine.domain.time.reach import WorkingTime, due_after

USUAL_BUSINESS_DAY = timedelta(hours=8)
"""Open time of a business day, where the MSP's calendar does not say how long one is."""

REMINDED_AT_MOST_EVERY = timedelta(hours=1)
"""A note's writer is reminded by a person no sooner than this after the last time."""

A_DAY = timedelta(days=1)


def business_day_after(calendar: Calendar, start: datetime) -> datetime | None:
    """The instant at which something has waited one business day since `start`; None when it never will have."""
    return due_after(calendar, start, calendar.business_day or USUAL_BUSINESS_DAY)


def note_due_at(asked_at: datetime, writer: str | None, *, calendar: Calendar, roster: Roster) -> datetime | None:
    """The instant from which an asked note is late: a business day later, without the writer's absences.

    None when the calendar never has so much open time.
    """
    begins = asked_at if writer is None else roster.back_at(writer, asked_at) or asked_at
    due = business_day_after(calendar, begins)
    absences = sorted((one for one in roster.absences if one.person == writer), key=lambda one: one.starts)
    for absence in absences:
        if due is not None and begins < absence.until and absence.starts < due:
            missing = calendar.elapsed(max(absence.starts, begins), due)
            begins, due = absence.until, due_after(calendar, absence.until, missing)
    return due


def prompt_begins_at(msp: Msp, *, now: datetime) -> datetime | None:
    """The instant today from which service managers are written to.

    None on a day without open time and on the day of the weekly digest, which says the same.
    """
    today = local_day(now, zone=msp.zone)
    if today.weekday() == msp.digest_weekday or not _is_working_day(msp.calendar, today, zone=msp.zone):
        return None
    return at_time(today, msp.notes.manager_at, zone=msp.zone)


def at_time(day: date, wall_time: time, *, zone: str) -> datetime:
    """The instant (UTC) of a time of day in a zone."""
    return resolve(datetime.combine(day, wall_time), zone_named(zone))


def ends_today(at: datetime, *, now: datetime, zone: str) -> bool:
    """Whether an instant still comes and lies on today's date in a zone."""
    return at > now and local_day(at, zone=zone) == local_day(now, zone=zone)


def _is_working_day(calendar: WorkingTime, day: date, *, zone: str) -> bool:
    return calendar.elapsed(local_hour(day, zone=zone), local_hour(day + A_DAY, zone=zone)) > timedelta(0)
