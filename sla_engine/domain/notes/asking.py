"""Decides when a person is asked for what they owe: once a day, a while before their day ends, and what by then."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sla_engine.domain.incidents.events import Assigned, HandedBack, Unassigned
from sla_engine.domain.incidents.history import Entry, in_order
from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.local_time import local_day, local_hour

ASK_BEFORE_END = timedelta(minutes=45)
"""How long before the end of their day a person is asked."""
USUAL_END_HOUR = 17
"""The local hour at which a weekday ends for somebody whose hours never close."""
LOOK_AHEAD = timedelta(days=15)
"""A fortnight without hours, and what remains of today."""
ONE_DAY = timedelta(days=1)
SATURDAY = 5
_MOMENT = timedelta(microseconds=1)


def next_asking(hours: Calendar, *, after: datetime) -> datetime:
    """The first instant (UTC) after `after` at which somebody with these hours is asked: before their day ends.

    The end of a day is its last closing: a night's shift ends in the morning, a lunch break ends no day.
    """
    ends: dict[object, datetime] = {}
    for span in hours.open_spans(after - ONE_DAY, after + LOOK_AHEAD):
        if span.end < after + LOOK_AHEAD:
            ends[hours.local_date(span.end - _MOMENT)] = max(span.start, span.end - ASK_BEFORE_END)
    ahead = [at for at in ends.values() if at > after]
    return min(ahead) if ahead else _before_usual_end(hours.zone, after=after)


def owner_at(history: Sequence[Entry], at: datetime) -> str | None:
    """The person who had the incident at an instant; None while nobody had it."""
    owner: str | None = None
    for entry in in_order(history):
        if entry.at > at:
            break
        if isinstance(entry.event, Assigned):
            owner = entry.event.to
        elif isinstance(entry.event, HandedBack | Unassigned):
            owner = None
    return owner


def is_asked_about(missed_at: datetime, *, is_resolved: bool, now: datetime, zone: str) -> bool:
    """Whether a miss is asked about in the day of `now`: what was missed today and still burns is asked tomorrow."""
    return is_resolved or local_day(missed_at, zone=zone) < local_day(now, zone=zone)


def _before_usual_end(zone: str, *, after: datetime) -> datetime:
    today = local_day(after, zone=zone)
    days = (today + timedelta(days=ahead) for ahead in range(LOOK_AHEAD.days))
    instants = (local_hour(day, USUAL_END_HOUR, zone=zone) for day in days if day.weekday() < SATURDAY)
    return next(at - ASK_BEFORE_END for at in instants if at - ASK_BEFORE_END > after)
