"""Measures reading and explaining one incident with a long history."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial

from benchmarks.bars import Bar, Limit
from benchmarks.office_hours import CALENDARS, YEAR
from benchmarks.rounds import Contender, take_turns
from sla_engine.domain.agreements.agreement import Agreement, Target
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.ledger import ledger
from sla_engine.domain.clocks.reading import readings
from sla_engine.domain.incidents.events import (
    Acknowledged,
    Assigned,
    CustomerReplied,
    CustomerUpdated,
    Event,
    HandedBack,
    Opened,
    Paused,
    PlanGiven,
    PrioritySet,
    Responded,
    Resumed,
)
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason

ROUNDS = 801
READING_BAR = 1e-3  # seconds
EVENTS = 50
BEGINS = YEAR + timedelta(days=60, hours=15)
PROMISED_HOURS = {
    MetricName.FIRST_RESPONSE: 1,
    MetricName.CUSTOMER_UPDATE: 4,
    MetricName.RESOLUTION_PLAN: 8,
    MetricName.RESOLUTION: 40,
}
# BEGINNING once, then AGAIN in turn; the events are an hour and a half apart.
BEGINNING: Sequence[Event] = (
    Opened(priority=Priority.P3, title="Mail is slow"),
    Assigned(to="U0TIM"),
    Responded(),
    PlanGiven(),
)
AGAIN: Sequence[Event] = (
    CustomerUpdated(how="e-mail"),
    Paused(reason=PauseReason.CUSTOMER),
    Paused(reason=PauseReason.VENDOR),
    CustomerReplied(),
    Resumed(),
    PrioritySet(priority=Priority.P2),
    Acknowledged(),
    HandedBack(reason="end of shift"),
    Assigned(to="U0ANA"),
    PrioritySet(priority=Priority.P3),
)


def bars() -> Iterator[Bar]:
    """All clocks with the ledger of the resolution clock, then the same with the ledgers of all clocks."""
    history, terms = _history(), Terms.of(_agreement())
    now = history[-1].at + timedelta(hours=2)

    def explain(metrics: Sequence[MetricName]) -> None:
        readings(history, terms, now=now)
        for metric in metrics:
            ledger(history, metric, terms, now=now)

    timings = take_turns(
        [
            Contender(name="one ledger", turn=partial(explain, [MetricName.RESOLUTION])),
            Contender(name="all ledgers", turn=partial(explain, list(MetricName))),
        ],
        rounds=ROUNDS,
    )
    for name, what, limit in (
        ("one ledger", f"all readings and the resolution ledger, {EVENTS} events", Limit.AT_MOST),
        ("all ledgers", f"all readings and all ledgers, {EVENTS} events", Limit.NONE),
    ):
        ours = timings.median(name)
        yield Bar(
            what=what,
            against="",
            ours=ours,
            theirs=None,
            figure=ours * 1e3,
            unit="ms",
            limit=limit,
            bar=READING_BAR * 1e3,
        )


def _agreement() -> Agreement:
    calendar = CALENDARS["split shifts, holidays"]
    targets = tuple(
        Target(metric=metric, priority=priority, duration=timedelta(hours=hours), calendar=calendar)
        for metric, hours in PROMISED_HOURS.items()
        for priority in (Priority.P2, Priority.P3)
    )
    return Agreement(customer="Acme Dental", effective=YEAR, calendar=calendar, targets=targets)


def _history() -> Sequence[Entry]:
    events = [*BEGINNING, *(AGAIN[number % len(AGAIN)] for number in range(EVENTS - len(BEGINNING)))]
    instants = [BEGINS + number * timedelta(hours=1, minutes=30) for number in range(EVENTS)]
    return [
        Entry(event=event, at=at, seq=number, recorded_at=at, by="U0TIM")
        for number, (event, at) in enumerate(zip(events, instants, strict=True))
    ]
