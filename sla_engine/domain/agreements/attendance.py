"""Finds promised hours in which nobody is on call, by the weekly hours of both sides.

A nudge is posted at any hour, but it notifies nobody outside the MSP's own hours, and in a ladder's quiet hours it
waits. Holidays and exceptions are left out: only the usual week counts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain

from sla_engine.domain.agreements.agreement import Agreement, Target
from sla_engine.domain.agreements.ladders import Ladder, Recipient
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.local_time import Zone, local_hour, zone_named
from sla_engine.domain.time.shifts import DAY_SECONDS, WEEKDAYS, Shift, spans_on
from sla_engine.domain.time.spans import Span, intersect, subtract, union
from sla_engine.domain.time.weeks import Week

USUAL_WEEK = 3
"""The ISO week taken as the usual one: in January hardly any zone changes its clocks."""

DAYS = len(WEEKDAYS)
ONE_DAY = timedelta(days=1)
ON_DUTY = frozenset({Recipient.DISPATCHER, Recipient.SERVICE_MANAGER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Unattended:
    """The hours in which one customer is promised something and nobody is on call.

    `days` are Monday to Sunday in the MSP's zone, each with those hours; `at_any_hour` says that the promise holds
    round the clock.
    """

    customer: str
    priorities: tuple[Priority, ...]
    at_any_hour: bool
    days: tuple[tuple[Shift, ...], ...]
    zone: str


def unattended(agreement: Agreement, msp: Msp, *, now: datetime) -> tuple[Unattended, ...]:
    """The promised hours of an agreement in which nobody is on call, in a usual week of the year.

    Priorities that are promised something round the clock come first, apart from those with hours.
    """
    zone = msp.calendar.zone
    week = Span(*Week(now.year, USUAL_WEEK).span(zone=zone))
    round_the_clock: dict[Priority, list[Span]] = {}
    within_hours: dict[Priority, list[Span]] = {}
    for priority in Priority:
        promised, uncovered = _of_priority(agreement, msp, priority, week)
        if uncovered:
            by_priority = round_the_clock if union(promised) == [week] else within_hours
            by_priority[priority] = uncovered
    return tuple(
        Unattended(
            customer=agreement.customer,
            priorities=tuple(by_priority),
            at_any_hour=by_priority is round_the_clock,
            days=tuple(_stretches(chain.from_iterable(by_priority.values()), week, day, zone) for day in range(DAYS)),
            zone=zone,
        )
        for by_priority in (round_the_clock, within_hours)
        if by_priority
    )


def _of_priority(agreement: Agreement, msp: Msp, priority: Priority, week: Span) -> tuple[list[Span], list[Span]]:
    """The time in which something is promised at a priority, and the part of it in which nobody is on call."""
    at_work = _usual(msp.calendar, week)
    promised: list[Span] = []
    uncovered: list[Span] = []
    for target in agreement.targets:
        if target.priority is priority:
            on_call = subtract(at_work, _quiet(agreement.ladder(target.metric), msp.zone, week))
            counted = [span for calendar in _calendars(agreement, target) for span in _usual(calendar, week)]
            promised += counted
            uncovered += subtract(counted, on_call)
    return promised, uncovered


def _usual(calendar: Calendar, week: Span) -> list[Span]:
    usual = replace(calendar, closures=(), overrides={})
    return list(usual.open_spans(week.start, week.end))


def _calendars(agreement: Agreement, target: Target) -> Iterator[Calendar]:
    """The calendars a target counts on: its own, or the agreement's and those of the sites where it holds."""
    if isinstance(target.calendar, Calendar):
        yield target.calendar
    if not target.own_calendar:
        yield from (hours for site, hours in agreement.sites.items() if target.site in ("", site))


def _quiet(ladder: Ladder, zone: str, week: Span) -> list[Span]:
    """The time in which every rung for somebody on duty waits."""
    rungs = [rung for rung in ladder.rungs if ON_DUTY & set(rung.tell)]
    quiet: list[Span] = [week] if rungs else []
    for rung in rungs:
        quiet = intersect(quiet, _every_day(rung.quiet, zone, week) if rung.quiet is not None else ())
    return quiet


def _every_day(shift: Shift, zone: str, week: Span) -> Iterable[Span]:
    there = zone_named(zone)
    first = week.start.astimezone(there).date() - ONE_DAY
    return [span for day in range(DAYS + 2) for span in spans_on(first + day * ONE_DAY, [shift], there)]


def _stretches(spans: Iterable[Span], week: Span, day: int, zone: str) -> tuple[Shift, ...]:
    there = zone_named(zone)
    date = week.start.astimezone(there).date() + day * ONE_DAY
    whole = Span(local_hour(date, zone=zone), local_hour(date + ONE_DAY, zone=zone))
    return tuple(
        Shift(_seconds(span.start, there), _seconds(span.end, there) or DAY_SECONDS)
        for span in intersect(spans, [whole])
    )


def _seconds(at: datetime, zone: Zone) -> int:
    local = at.astimezone(zone)
    return local.hour * 3600 + local.minute * 60 + local.second
