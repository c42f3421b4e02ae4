"""What a clock reads: elapsed, left, due, grace and breach."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.clocks.reading import ClockState, current, readings, share_instant
from sla_engine.domain.incidents.events import (
    CustomerUpdated,
    Event,
    Paused,
    PrioritySet,
    Reopened,
    Resolved,
    Responded,
    Resumed,
)
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from tests.unit.sla_engine.domain.histories import (
    ALWAYS,
    PLAN,
    RESOLUTION,
    RESPONSE,
    TERMS,
    UPDATE,
    at,
    history,
    hours,
    minutes,
    opened,
    promising,
    read,
    target,
)

SECOND = timedelta(seconds=1)
VENDOR = PauseReason.VENDOR
BY_PRIORITY = promising(
    target(RESOLUTION, hours(2), priority=Priority.P1),
    target(RESOLUTION, hours(8), priority=Priority.P2),
    target(RESOLUTION, hours(24), priority=Priority.P3),
)


def p(number: int) -> Event:
    return PrioritySet(priority=Priority(f"P{number}"))


def test_only_open_time_counts() -> None:
    assert read(history(opened("mon 16:00")), RESOLUTION, "tue 10:00").elapsed == hours(2)


def test_a_start_outside_hours_counts_from_the_next_opening_and_stays_recorded() -> None:
    reading = read(history(opened("mon 20:00")), RESPONSE, "tue 09:10")
    assert (reading.started_at, reading.elapsed, reading.due_at) == (at("mon 20:00"), minutes(10), at("tue 09:30"))


def test_what_is_left_goes_below_zero_after_the_target_is_used_up() -> None:
    reading = read(history(opened()), RESPONSE, "mon 09:45")
    assert (reading.remaining, reading.share, reading.met) == (minutes(-15), 1.5, False)


def test_due_is_the_earliest_instant_and_grace_the_next_opening() -> None:
    reading = read(history(opened("mon 16:30")), RESPONSE, "mon 16:40")
    assert (reading.due_at, reading.grace_until) == (at("mon 17:00"), at("tue 09:00"))


@pytest.mark.parametrize("when", ["mon 17:00", "mon 22:00", "tue 09:00"])
def test_a_stop_up_to_the_grace_instant_meets_the_target(when: str) -> None:
    reading = read(history(opened("mon 16:30"), (when, Responded())), RESPONSE, "wed 12:00")
    assert (reading.met, reading.breached_at) == (True, None)


def test_the_first_open_second_after_the_target_is_a_breach() -> None:
    facts = history(opened("mon 16:30"), ("tue 09:01", Responded()))
    reading = read(facts, RESPONSE, "wed 12:00")
    assert (reading.met, reading.breached_at) == (False, at("tue 09:00"))


def test_equal_is_met_and_a_second_more_is_not() -> None:
    facts = history(opened())
    for later, breached in ((timedelta(0), False), (SECOND, True)):
        reading = readings(facts, TERMS, now=at("mon 09:30") + later)[RESPONSE][-1]
        assert reading.breached is breached


def test_a_paused_clock_has_no_due_time_and_shows_what_is_left() -> None:
    facts = history(opened(), ("mon 10:00", Paused(reason=VENDOR)))
    reading = read(facts, RESOLUTION, "wed 12:00")
    assert (reading.due_at, reading.grace_until, reading.remaining) == (None, None, hours(7))
    assert (reading.state, reading.paused_for, reading.paused_open) == (ClockState.PAUSED, (VENDOR,), hours(18))


def test_a_pause_over_night_moves_the_due_time_by_its_open_part_alone() -> None:
    facts = history(opened(), ("mon 16:00", Paused(reason=VENDOR)), ("tue 10:00", Resumed()))
    assert read(facts, RESOLUTION, "tue 10:30").due_at == at("tue 11:00")


def test_a_pause_outside_hours_moves_nothing() -> None:
    facts = history(opened(), ("mon 18:00", Paused(reason=VENDOR)), ("tue 08:00", Resumed()))
    assert read(facts, RESOLUTION, "tue 08:30").due_at == read(history(opened()), RESOLUTION, "tue 08:30").due_at


def test_a_pause_neither_clears_a_breach_nor_lets_it_grow() -> None:
    facts = history(opened("mon 09:00"), ("tue 10:00", Paused(reason=VENDOR)))
    reading = read(facts, RESOLUTION, "thu 12:00")
    assert (reading.breached_at, reading.remaining) == (at("tue 09:00"), hours(-1))


def test_a_clock_paused_with_its_target_exactly_used_is_breached_only_when_it_runs_again() -> None:
    facts = history(opened(), ("mon 17:00", Paused(reason=VENDOR)), ("wed 10:00", Resumed()))
    assert read(facts, RESOLUTION, "wed 09:59").breached is False
    resumed = read(facts, RESOLUTION, "wed 10:01")
    assert (resumed.due_at, resumed.grace_until, resumed.breached_at) == (
        at("mon 17:00"),
        at("wed 10:00"),
        at("wed 10:00"),
    )


def test_a_stopped_clock_says_when_it_would_have_been_due() -> None:
    reading = read(history(opened(), ("mon 10:00", Resolved())), RESOLUTION, "fri 12:00")
    assert (reading.due_at, reading.elapsed, reading.state) == (at("mon 17:00"), hours(1), ClockState.STOPPED)
    assert reading.outcome_at == at("mon 10:00")


def test_the_outcome_of_a_miss_is_certain_at_the_breach() -> None:
    reading = read(history(opened(), ("wed 10:00", Resolved())), RESOLUTION, "fri 12:00")
    assert (reading.outcome_at, reading.stopped_at) == (at("tue 09:00"), at("wed 10:00"))


def test_an_open_clock_is_neither_met_nor_missed() -> None:
    reading = read(history(opened()), RESOLUTION, "mon 10:00")
    assert (reading.met, reading.outcome_at) == (None, None)


def test_a_new_priority_is_measured_from_the_original_start_with_its_pauses() -> None:
    facts = history(
        opened(priority=Priority.P3),
        ("mon 10:00", Paused(reason=VENDOR)),
        ("mon 11:00", Resumed()),
        ("mon 12:00", p(2)),
    )
    reading = read(facts, RESOLUTION, "mon 13:00", agreement=BY_PRIORITY)
    assert (reading.elapsed, reading.due_at) == (hours(3), at("tue 10:00"))


def test_a_priority_that_is_overdue_at_once_is_breached_by_the_change_and_once() -> None:
    facts = history(opened(), ("mon 12:00", p(1)), ("mon 13:00", p(2)), ("mon 14:00", p(1)))
    reading = read(facts, RESOLUTION, "mon 15:00", agreement=BY_PRIORITY)
    assert (reading.breached_at, reading.breached_on_change) == (at("mon 12:00"), True)


def test_a_priority_changed_with_its_target_exactly_used_is_breached_by_the_clock() -> None:
    facts = history(opened(), ("mon 11:00", p(1)))
    assert read(facts, RESOLUTION, "mon 11:00", agreement=BY_PRIORITY).breached is False
    reading = read(facts, RESOLUTION, "mon 12:00", agreement=BY_PRIORITY)
    assert (reading.breached_at, reading.breached_on_change) == (at("mon 11:00"), False)


def test_lowering_the_priority_after_a_breach_keeps_it() -> None:
    facts = history(opened(priority=Priority.P1), ("mon 12:00", p(3)))
    reading = read(facts, RESOLUTION, "mon 13:00", agreement=BY_PRIORITY)
    assert (reading.breached_at, reading.breached_on_change, reading.target.duration) == (
        at("mon 11:00"),
        False,
        hours(24),
    )


def test_raising_the_priority_before_it_is_overdue_moves_the_due_time_only() -> None:
    facts = history(opened(priority=Priority.P3), ("mon 10:00", p(1)))
    reading = read(facts, RESOLUTION, "mon 10:30", agreement=BY_PRIORITY)
    assert (reading.due_at, reading.breached) == (at("mon 11:00"), False)


def test_a_target_may_count_on_another_calendar_at_another_priority() -> None:
    agreement = promising(
        target(RESOLUTION, hours(8)), target(RESOLUTION, hours(4), priority=Priority.P1, calendar=ALWAYS)
    )
    facts = history(opened("mon 16:00"), ("mon 19:00", p(1)))
    reading = read(facts, RESOLUTION, "mon 19:30", agreement=agreement)
    assert (reading.elapsed, reading.due_at) == (hours(3.5), at("mon 20:00"))


def test_a_breach_survives_the_reopening() -> None:
    facts = history(opened(), ("tue 10:00", Resolved()), ("wed 10:00", Reopened()))
    assert read(facts, RESOLUTION, "wed 11:00").breached_at == at("tue 09:00")


def test_a_missed_update_is_a_measurement_of_its_own() -> None:
    facts = history(opened(), ("mon 12:00", CustomerUpdated(text="Still working")))
    first, second = readings(facts, TERMS, now=at("mon 12:30"))[UPDATE]
    assert (first.met, first.breached_at, second.met) == (False, at("mon 11:00"), None)


def test_the_current_clocks_are_the_latest_of_each_metric_in_their_order() -> None:
    facts = history(opened(), ("mon 12:00", CustomerUpdated(text="Still working")))
    clocks = current(readings(facts, TERMS, now=at("mon 12:30")))
    assert [(one.metric, one.cycle) for one in clocks] == [(RESPONSE, 0), (UPDATE, 1), (PLAN, 0), (RESOLUTION, 0)]


@pytest.mark.parametrize(
    ("percent", "instant"), [(50, "mon 13:00"), (75, "mon 15:00"), (100, "mon 17:00"), (150, "tue 13:00")]
)
def test_a_share_of_the_target_is_reached_in_open_time(percent: int, instant: str) -> None:
    assert share_instant(read(history(opened()), RESOLUTION, "mon 10:00"), percent) == at(instant)


def test_a_share_that_was_reached_before_the_pause_is_reached_when_it_ends() -> None:
    facts = history(opened(), ("mon 14:00", Paused(reason=VENDOR)), ("mon 16:00", Resumed()))
    reading = read(facts, RESOLUTION, "mon 16:30")
    assert (share_instant(reading, 50), share_instant(reading, 75)) == (at("mon 16:00"), at("mon 17:00"))
    assert reading.elapsed_before_run == hours(5)


@pytest.mark.parametrize("event", [Paused(reason=VENDOR), Resolved()])
def test_a_clock_that_does_not_run_reaches_nothing(event: Event) -> None:
    reading = read(history(opened(), ("mon 10:00", event)), RESOLUTION, "mon 12:00")
    assert share_instant(reading, 50) is None
    assert reading.elapsed_before_run == reading.elapsed


def test_every_metric_has_words_to_be_shown_with() -> None:
    assert all(metric.label and metric.short for metric in METRICS.values())
    assert [metric.name for metric in METRICS.values() if metric.periodic] == [UPDATE]


def test_a_reading_of_the_past_does_not_change_with_what_came_later() -> None:
    facts = history(opened(), ("mon 10:00", Paused(reason=VENDOR)), ("mon 11:00", Resumed()), ("mon 16:00", Resolved()))
    for number in range(1, len(facts) + 1):
        now: datetime = facts[number - 1].at
        assert readings(facts, TERMS, now=now) == readings(facts[:number], TERMS, now=now)
