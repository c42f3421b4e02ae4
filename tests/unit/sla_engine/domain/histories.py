"""Small histories to read clocks from: one week in UTC, office hours 09:00-17:00, and what was promised."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sla_engine.domain.agreements.agreement import Agreement, Target
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.reading import Reading, readings
from sla_engine.domain.incidents.events import Event, Opened
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.time.calendar import Calendar

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OFFICE = Calendar.weekly("UTC", {day: ["09:00-17:00"] for day in DAYS[:5]})
ALWAYS = Calendar.always_open("UTC")

RESPONSE, UPDATE = MetricName.FIRST_RESPONSE, MetricName.CUSTOMER_UPDATE
PLAN, RESOLUTION = MetricName.RESOLUTION_PLAN, MetricName.RESOLUTION


def at(text: str, *, week: int = 0) -> datetime:
    """`mon 09:05` as an instant of that week."""
    day, clock = text.split()
    hours, minutes = clock.split(":")
    return MONDAY + timedelta(days=DAYS.index(day) + 7 * week, hours=int(hours), minutes=int(minutes))


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def target(
    metric: MetricName,
    duration: timedelta,
    *,
    priority: Priority = Priority.P2,
    calendar: Calendar = OFFICE,
    waiting: timedelta | None = None,
) -> Target:
    return Target(metric=metric, priority=priority, duration=duration, calendar=calendar, waiting=waiting)


def promising(*targets: Target) -> Agreement:
    return Agreement(customer="Acme Dental", effective=MONDAY, calendar=OFFICE, targets=targets)


USUAL = promising(
    target(RESPONSE, minutes(30)),
    target(UPDATE, hours(2), waiting=hours(8)),
    target(PLAN, hours(2)),
    target(RESOLUTION, hours(8)),
)


TERMS = Terms.of(USUAL)


def opened(when: str = "mon 09:00", *, priority: Priority = Priority.P2) -> tuple[str, Event]:
    return when, Opened(priority=priority, title="E-mail is down")


def history(*facts: tuple[str, Event]) -> list[Entry]:
    """Facts in the order they were recorded."""
    return [
        Entry(event=event, at=at(when), seq=number, recorded_at=at(when), by="U0TOM")
        for number, (when, event) in enumerate(facts)
    ]


def measured(
    facts: list[Entry], metric: MetricName, now: str, *, agreement: Agreement = USUAL, week: int = 0
) -> tuple[Reading, ...]:
    """Every measurement of one metric."""
    return readings(facts, Terms.of(agreement), now=at(now, week=week)).get(metric, ())


def read(facts: list[Entry], metric: MetricName, now: str, *, agreement: Agreement = USUAL, week: int = 0) -> Reading:
    """The current measurement of one metric."""
    return measured(facts, metric, now, agreement=agreement, week=week)[-1]
