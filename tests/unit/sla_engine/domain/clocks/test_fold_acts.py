"""Which acts stop a clock is the agreement's to say; resolving ends every clock whatever it says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.incidents.events import Assigned, CustomerUpdated, Event, PlanGiven, Resolved, Responded
from tests.unit.sla_engine.domain.histories import RESPONSE, UPDATE, USUAL, at, history, measured, opened, read


def counting(metric: MetricName, *acts: str) -> Agreement:
    return replace(USUAL, acts={metric: acts})


ASSIGNED = counting(RESPONSE, "assigned")
PLANNED = counting(RESPONSE, "responded", "plan_given")


@pytest.mark.parametrize(
    ("agreement", "event", "stops"),
    [
        (USUAL, Responded(), True),
        (USUAL, CustomerUpdated(), True),
        (USUAL, Assigned(to="U0TOM"), False),
        (USUAL, PlanGiven(), False),
        (ASSIGNED, Assigned(to="U0TOM"), True),
        (ASSIGNED, Responded(), False),
        (ASSIGNED, Resolved(), True),
        (PLANNED, PlanGiven(), True),
        (PLANNED, CustomerUpdated(), False),
        (PLANNED, Resolved(), True),
    ],
)
def test_a_first_response_is_what_the_agreement_calls_one(agreement: Agreement, event: Event, *, stops: bool) -> None:
    facts = history(opened("mon 09:00"), ("mon 09:10", event))
    reading = read(facts, RESPONSE, "mon 09:20", agreement=agreement)
    assert (reading.state is ClockState.STOPPED) == stops


def test_what_starts_the_next_period_of_updates_is_the_agreement_s_too() -> None:
    facts = history(opened("mon 09:00"), ("mon 10:00", Responded()), ("mon 11:00", PlanGiven()))
    started = [reading.started_at for reading in measured(facts, UPDATE, "mon 12:00")]
    assert started == [at("mon 09:00"), at("mon 10:00")]
    planned = counting(UPDATE, "plan_given")
    started = [reading.started_at for reading in measured(facts, UPDATE, "mon 12:00", agreement=planned)]
    assert started == [at("mon 09:00"), at("mon 11:00")]


@pytest.mark.parametrize("metric", MetricName)
def test_an_agreement_that_names_no_acts_keeps_the_usual_ones(metric: MetricName) -> None:
    assert METRICS[metric].counting(None) is METRICS[metric]


@pytest.mark.parametrize("metric", MetricName)
def test_resolving_ends_every_clock_whatever_else_counts(metric: MetricName) -> None:
    facts = history(opened("mon 09:00"), ("mon 09:10", Resolved()))
    agreement = counting(metric, "customer_updated")
    assert measured(facts, metric, "mon 12:00", agreement=agreement)[-1].state is ClockState.STOPPED
