"""Taking up again what was resolved: on the same clock, on a new one, or on none, as the agreement says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sla_engine.domain.agreements.agreement import Agreement, ReopenMode, ReopenRule
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.incidents.events import (
    CustomerReplied,
    CustomerUpdated,
    Event,
    Paused,
    PlanGiven,
    Reopened,
    Resolved,
)
from sla_engine.domain.incidents.reasons import PauseReason
from tests.unit.sla_engine.domain.histories import (
    PLAN,
    RESOLUTION,
    UPDATE,
    USUAL,
    at,
    history,
    hours,
    measured,
    minutes,
    opened,
    read,
)


def reopening(mode: ReopenMode) -> Agreement:
    return replace(USUAL, reopen=ReopenRule(mode=mode))


TWICE = history(
    opened("mon 09:00"), ("mon 12:00", Resolved()), ("mon 14:00", Reopened()), ("mon 16:00", Resolved())
)  # fmt: skip
RESUME, NEW_CYCLE, FIRST_ONLY = (
    reopening(mode) for mode in (ReopenMode.RESUME, ReopenMode.NEW_CYCLE, ReopenMode.FIRST_ONLY)
)


def test_resumed_the_clock_goes_on_and_reports_its_first_resolution_and_all_of_it() -> None:
    (reading,) = measured(TWICE, RESOLUTION, "mon 16:30", agreement=RESUME)
    assert (reading.elapsed, reading.stopped_at) == (hours(5), at("mon 16:00"))
    assert (reading.first_elapsed, reading.first_stopped_at) == (hours(3), at("mon 12:00"))


def test_in_a_new_cycle_each_resolution_is_a_clock_of_its_own() -> None:
    first, second = measured(TWICE, RESOLUTION, "mon 16:30", agreement=NEW_CYCLE)
    assert (first.cycle, first.elapsed, first.started_at) == (0, hours(3), at("mon 09:00"))
    assert (second.cycle, second.elapsed, second.started_at) == (1, hours(2), at("mon 14:00"))
    assert (first.first_elapsed, second.first_elapsed) == (None, None)


def test_where_only_the_first_counts_a_reopening_starts_no_clock_again() -> None:
    (reading,) = measured(TWICE, RESOLUTION, "mon 15:00", agreement=FIRST_ONLY)
    assert (reading.state, reading.elapsed, reading.stopped_at) == (ClockState.STOPPED, hours(3), at("mon 12:00"))


def test_a_new_cycle_can_be_missed_when_the_first_was_met_and_the_other_way_round() -> None:
    facts = history(opened("mon 09:00"), ("mon 12:00", Resolved()), ("mon 14:00", Reopened()))
    first, second = measured(facts, RESOLUTION, "wed 09:00", agreement=NEW_CYCLE)
    assert (first.met, second.breached_at) == (True, at("tue 14:00"))
    late = history(opened("mon 09:00"), ("tue 10:00", Resolved()), ("tue 11:00", Reopened()), ("tue 12:00", Resolved()))
    first, second = measured(late, RESOLUTION, "wed 09:00", agreement=NEW_CYCLE)
    assert (first.breached_at, second.met) == (at("tue 09:00"), True)


def test_resumed_time_before_the_first_resolution_uses_up_the_target() -> None:
    facts = history(opened("mon 09:00"), ("mon 12:00", Resolved()), ("mon 16:00", Reopened()))
    assert read(facts, RESOLUTION, "mon 16:30", agreement=RESUME).due_at == at("tue 13:00")
    assert measured(facts, RESOLUTION, "mon 16:30", agreement=NEW_CYCLE)[-1].due_at == at("tue 16:00")


@pytest.mark.parametrize("agreement", [RESUME, NEW_CYCLE, FIRST_ONLY], ids=["resume", "new cycle", "first only"])
def test_updates_to_the_customer_are_owed_again_whatever_the_resolution_does(agreement: Agreement) -> None:
    facts = history(opened("mon 09:00"), ("mon 10:00", Resolved()), ("mon 14:00", Reopened()))
    current = measured(facts, UPDATE, "mon 15:00", agreement=agreement)[-1]
    assert (current.state, current.elapsed) == (ClockState.RUNNING, hours(1))


@pytest.mark.parametrize("agreement", [RESUME, NEW_CYCLE, FIRST_ONLY], ids=["resume", "new cycle", "first only"])
def test_a_plan_that_was_given_is_given_for_good(agreement: Agreement) -> None:
    facts = history(
        opened("mon 09:00"), ("mon 09:30", PlanGiven()), ("mon 10:00", Resolved()), ("mon 14:00", Reopened())
    )
    (plan,) = measured(facts, PLAN, "mon 16:00", agreement=agreement)
    assert (plan.state, plan.elapsed) == (ClockState.STOPPED, minutes(30))


@pytest.mark.parametrize(
    "event", [CustomerReplied(text="Thanks!"), CustomerUpdated(text="Gladly")], ids=["thanks", "us"]
)
@pytest.mark.parametrize("agreement", [RESUME, NEW_CYCLE], ids=["resume", "new cycle"])
def test_a_courtesy_after_the_resolution_reopens_nothing(agreement: Agreement, event: Event) -> None:
    facts = history(opened("mon 09:00"), ("mon 12:00", Resolved()), ("mon 12:05", event))
    for metric in (RESOLUTION, UPDATE):
        assert measured(facts, metric, "tue 12:00", agreement=agreement)[-1].state is ClockState.STOPPED


def test_the_first_of_several_resolutions_is_the_one_reported() -> None:
    third = history(
        opened("mon 09:00"), ("mon 10:00", Resolved()), ("mon 11:00", Reopened()), ("mon 12:00", Resolved()),
        ("mon 13:00", Reopened()), ("mon 14:00", Resolved()),
    )  # fmt: skip
    reading = read(third, RESOLUTION, "mon 16:30", agreement=RESUME)
    assert (reading.first_elapsed, reading.elapsed) == (hours(1), hours(3))


def test_a_pause_that_begins_while_it_is_resolved_rests_the_new_cycle_too() -> None:
    facts = history(
        opened("mon 09:00"),
        ("mon 10:00", Resolved()),
        ("mon 11:00", Paused(reason=PauseReason.VENDOR)),
        ("mon 12:00", Reopened()),
    )
    current = measured(facts, RESOLUTION, "mon 15:00", agreement=NEW_CYCLE)[-1]
    assert (current.state, current.elapsed) == (ClockState.PAUSED, hours(0))
