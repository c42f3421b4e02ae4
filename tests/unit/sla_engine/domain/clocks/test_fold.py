"""What starts, rests, stops and starts over a clock."""

from __future__ import annotations

import pytest

from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.clocks.fold import tracks
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.clocks.track import RestSpan, RunSpan, Track
from sla_engine.domain.incidents.events import (
    Complained,
    CustomerReplied,
    CustomerUpdated,
    Event,
    HelpAsked,
    Paused,
    PlanGiven,
    PrioritySet,
    Reopened,
    Resolved,
    Responded,
    Resumed,
)
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.incidents.stored_names import stored_name
from tests.unit.sla_engine.domain.histories import (
    PLAN,
    RESOLUTION,
    RESPONSE,
    TERMS,
    UPDATE,
    at,
    history,
    hours,
    measured,
    minutes,
    opened,
    promising,
    read,
    target,
)

CUSTOMER, VENDOR = PauseReason.CUSTOMER, PauseReason.VENDOR


def track(metric: MetricName, *facts: tuple[str, Event], now: str = "fri 12:00") -> Track:
    return tracks(history(*facts), METRICS[metric], TERMS, until=at(now))[-1]


@pytest.mark.parametrize(
    ("metric", "event"),
    [
        (RESPONSE, Responded()),
        (RESPONSE, CustomerUpdated(text="We are on it")),
        (RESPONSE, Resolved()),
        (PLAN, PlanGiven()),
        (PLAN, Resolved()),
        (RESOLUTION, Resolved()),
        (UPDATE, Resolved()),
    ],
)
def test_a_clock_stops_on_what_it_waits_for(metric: MetricName, event: Event) -> None:
    measurement = track(metric, opened(), ("mon 09:20", event))
    assert (measurement.stopped_at, measurement.stopped_by, measurement.stopped_on) == (
        at("mon 09:20"),
        "U0TOM",
        stored_name(event),
    )


@pytest.mark.parametrize(
    "event", [HelpAsked(), Complained(), PlanGiven(), CustomerReplied(), PrioritySet(priority=Priority.P2)]
)
def test_nothing_else_stops_the_first_response(event: Event) -> None:
    assert track(RESPONSE, opened(), ("mon 09:20", event)).stopped_at is None


def test_what_happens_after_the_instant_read_is_ignored() -> None:
    measurement = track(RESOLUTION, opened(), ("mon 10:00", Resolved()), now="mon 09:59")
    assert measurement.runs == [RunSpan(at("mon 09:00"), None)]


def test_a_second_opening_changes_nothing() -> None:
    assert len(measured(history(opened(), opened("mon 10:00")), RESOLUTION, "mon 11:00")) == 1


def test_facts_before_an_opening_start_no_clock() -> None:
    facts = history(("mon 08:00", Paused(reason=VENDOR)), ("mon 08:10", PrioritySet(priority=Priority.P1)), opened())
    assert read(facts, RESOLUTION, "mon 10:00").elapsed == hours(1)


def test_pauses_rest_the_resolution_and_never_the_first_response() -> None:
    facts = history(opened(), ("mon 09:10", Paused(reason=CUSTOMER)))
    assert read(facts, RESOLUTION, "mon 10:00").state is ClockState.PAUSED
    assert read(facts, RESPONSE, "mon 10:00").state is ClockState.RUNNING


def test_the_clock_runs_again_only_when_no_reason_holds() -> None:
    measurement = track(
        RESOLUTION,
        opened(),
        ("mon 10:00", Paused(reason=CUSTOMER)),
        ("mon 11:00", Paused(reason=VENDOR)),
        ("mon 12:00", Resumed(reason=CUSTOMER)),
        ("mon 13:00", Resumed(reason=VENDOR)),
    )
    assert measurement.runs == [RunSpan(at("mon 09:00"), at("mon 10:00")), RunSpan(at("mon 13:00"), None)]
    assert [rest.reasons for rest in measurement.rests] == [(CUSTOMER,), (CUSTOMER, VENDOR), (VENDOR,)]


def test_a_resume_without_a_reason_ends_them_all() -> None:
    facts = [opened(), ("mon 10:00", Paused(reason=CUSTOMER)), ("mon 11:00", Paused(reason=VENDOR))]
    measurement = track(RESOLUTION, *facts, ("mon 12:00", Resumed()))
    assert measurement.runs[-1] == RunSpan(at("mon 12:00"), None)


def test_duplicates_of_pauses_and_resumes_change_nothing() -> None:
    once = [opened(), ("mon 10:00", Paused(reason=CUSTOMER)), ("mon 11:00", Resumed(reason=CUSTOMER))]
    twice = [once[0], once[1], ("mon 10:30", Paused(reason=CUSTOMER)), once[2], ("mon 11:30", Resumed())]
    assert track(RESOLUTION, *twice) == track(RESOLUTION, *once)


def test_a_reply_ends_a_pause_for_the_customer_and_no_other() -> None:
    facts = [opened(), ("mon 10:00", Paused(reason=CUSTOMER)), ("mon 10:00", Paused(reason=VENDOR))]
    measurement = track(RESOLUTION, *facts, ("mon 11:00", CustomerReplied()))
    assert measurement.rests[-1] == RestSpan(at("mon 11:00"), None, (VENDOR,), "U0TOM")


def test_each_update_to_the_customer_starts_a_new_period() -> None:
    facts = history(opened(), ("mon 10:00", Responded()), ("mon 11:30", CustomerUpdated(text="Still working")))
    periods = measured(facts, UPDATE, "mon 12:00")
    assert [(one.cycle, one.started_at, one.due_at) for one in periods] == [
        (0, at("mon 09:00"), at("mon 11:00")),
        (1, at("mon 10:00"), at("mon 12:00")),
        (2, at("mon 11:30"), at("mon 13:30")),
    ]


def test_updates_come_less_often_while_the_customer_is_waited_for() -> None:
    facts = history(opened(), ("mon 10:00", Paused(reason=CUSTOMER)))
    assert read(facts, UPDATE, "mon 10:30").due_at == at("mon 17:00")


def test_after_a_wait_the_short_period_counts_from_its_end() -> None:
    facts = history(opened(), ("mon 10:00", Paused(reason=CUSTOMER)), ("mon 12:00", CustomerReplied()))
    assert read(facts, UPDATE, "mon 12:30").due_at == at("mon 14:00")


def test_the_end_of_a_wait_never_puts_an_update_off_beyond_the_long_period() -> None:
    facts = history(opened(), ("mon 10:00", Paused(reason=CUSTOMER)), ("mon 16:00", Resumed()))
    assert read(facts, UPDATE, "mon 16:30").due_at == at("mon 17:00")


def test_an_update_during_a_wait_starts_a_long_period() -> None:
    facts = history(opened(), ("mon 10:00", Paused(reason=VENDOR)), ("mon 11:00", CustomerUpdated(text="Parts come")))
    assert read(facts, UPDATE, "mon 12:00").due_at == at("tue 11:00")


def test_a_wait_that_begins_before_its_longer_period_was_promised_still_ends() -> None:
    agreement = promising(
        target(UPDATE, hours(6), priority=Priority.P3),
        target(UPDATE, hours(2), priority=Priority.P2, waiting=hours(8)),
    )
    facts = history(
        opened(priority=Priority.P3),
        ("mon 10:00", Paused(reason=CUSTOMER)),
        ("mon 10:30", PrioritySet(priority=Priority.P2)),
        ("mon 11:00", Resumed()),
    )
    assert read(facts, UPDATE, "mon 10:45", agreement=agreement).due_at == at("mon 17:00")
    assert read(facts, UPDATE, "mon 11:30", agreement=agreement).due_at == at("mon 12:00")


def test_a_reopened_resolution_goes_on_and_the_resolved_time_does_not_count() -> None:
    facts = history(opened(), ("mon 10:00", Resolved()), ("mon 15:00", Reopened()))
    reading = read(facts, RESOLUTION, "mon 16:00")
    assert (reading.state, reading.elapsed, reading.cycle) == (ClockState.RUNNING, hours(2), 0)


def test_a_reopening_starts_a_new_period_of_updates_and_no_new_first_response() -> None:
    facts = history(opened(), ("mon 10:00", Resolved()), ("mon 15:00", Reopened()))
    assert read(facts, UPDATE, "mon 16:00").started_at == at("mon 15:00")
    assert read(facts, RESPONSE, "mon 16:00").state is ClockState.STOPPED


def test_a_plan_that_was_given_stays_given_after_a_reopening() -> None:
    facts = history(opened(), ("mon 09:30", PlanGiven()), ("mon 10:00", Resolved()), ("mon 15:00", Reopened()))
    assert read(facts, PLAN, "mon 16:00").stopped_at == at("mon 09:30")


def test_a_reopening_takes_over_the_priority_set_meanwhile() -> None:
    agreement = promising(target(RESOLUTION, hours(8)), target(RESOLUTION, hours(4), priority=Priority.P1))
    facts = history(
        opened(), ("mon 10:00", Resolved()), ("mon 11:00", PrioritySet(priority=Priority.P1)), ("mon 15:00", Reopened())
    )
    assert read(facts, RESOLUTION, "mon 16:00", agreement=agreement).target.duration == hours(4)


def test_what_is_paused_while_resolved_rests_from_its_reopening() -> None:
    facts = history(
        opened(), ("mon 10:00", Resolved()), ("mon 11:00", Paused(reason=VENDOR)), ("mon 15:00", Reopened())
    )
    reading = read(facts, RESOLUTION, "mon 16:00")
    assert (reading.state, reading.elapsed) == (ClockState.PAUSED, hours(1))


@pytest.mark.parametrize("event", [CustomerReplied(), Responded(), Resolved(), CustomerUpdated(text="Thanks")])
def test_a_courtesy_after_the_resolution_moves_nothing(event: Event) -> None:
    before = history(opened(), ("mon 10:00", Resolved()))
    after = history(opened(), ("mon 10:00", Resolved()), ("mon 11:00", event))
    for metric in (RESPONSE, UPDATE, RESOLUTION):
        assert measured(after, metric, "mon 12:00") == measured(before, metric, "mon 12:00")


def test_a_reopening_of_what_is_open_changes_nothing() -> None:
    assert track(RESOLUTION, opened(), ("mon 10:00", Reopened())) == track(RESOLUTION, opened())


LATE_PROMISE = promising(
    target(RESPONSE, minutes(30)), target(UPDATE, hours(2)), target(PLAN, hours(2)), target(RESOLUTION, hours(8))
)


def test_a_target_promised_later_is_measured_from_the_start_with_its_pauses() -> None:
    facts = history(
        opened(priority=Priority.P5),
        ("mon 10:00", Paused(reason=VENDOR)),
        ("mon 11:00", Resumed()),
        ("mon 12:00", PrioritySet(priority=Priority.P2)),
    )
    assert measured(facts, RESOLUTION, "mon 11:59", agreement=LATE_PROMISE) == ()
    assert read(facts, RESOLUTION, "mon 13:00", agreement=LATE_PROMISE).elapsed == hours(3)


def test_what_was_done_before_it_was_promised_is_not_asked_for_again() -> None:
    facts = history(
        opened(priority=Priority.P5), ("mon 09:10", Responded()), ("mon 12:00", PrioritySet(priority=Priority.P2))
    )
    assert measured(facts, RESPONSE, "mon 13:00", agreement=LATE_PROMISE) == ()
    assert read(facts, UPDATE, "mon 13:00", agreement=LATE_PROMISE).started_at == at("mon 09:10")


def test_a_target_promised_too_late_to_be_met_is_missed_when_it_is_promised() -> None:
    facts = history(opened(priority=Priority.P5), ("mon 12:00", PrioritySet(priority=Priority.P2)))
    reading = read(facts, RESPONSE, "mon 13:00", agreement=LATE_PROMISE)
    assert (reading.breached_at, reading.breached_on_change) == (at("mon 12:00"), True)


def test_a_reopening_may_be_what_a_target_is_promised_with() -> None:
    facts = history(
        opened(priority=Priority.P5),
        ("mon 10:00", Resolved()),
        ("mon 11:00", PrioritySet(priority=Priority.P2)),
        ("mon 12:00", Reopened()),
    )
    assert read(facts, RESOLUTION, "mon 13:00", agreement=LATE_PROMISE).elapsed == hours(2)


def test_a_priority_without_a_promise_leaves_the_old_one_standing() -> None:
    facts = history(opened(), ("mon 10:00", PrioritySet(priority=Priority.P5)))
    assert read(facts, RESOLUTION, "mon 11:00").target.duration == hours(8)


def test_an_incident_without_any_promise_has_no_clock() -> None:
    assert measured(history(opened(priority=Priority.P5)), RESOLUTION, "mon 12:00") == ()
