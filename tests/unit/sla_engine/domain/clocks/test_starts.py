"""Two incidents that are one: what is undecided of the duplicate ends, the other keeps the earlier start."""

from __future__ import annotations

import pytest

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.incidents.events import (
    Absorbed,
    Event,
    Merged,
    Opened,
    Paused,
    PrioritySet,
    Reopened,
    Resolved,
    Responded,
)
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from tests.unit.sla_engine.domain.histories import (
    PLAN,
    RESOLUTION,
    RESPONSE,
    UPDATE,
    at,
    history,
    hours,
    measured,
    minutes,
    opened,
    read,
)

MERGED = ("mon 11:00", Merged(into="INC-1"))


@pytest.mark.parametrize("metric", MetricName)
def test_every_clock_of_a_duplicate_that_is_undecided_ends_without_an_outcome(metric: MetricName) -> None:
    facts = history(opened("mon 09:00"), ("mon 09:10", Merged(into="INC-1")))
    (reading,) = measured(facts, metric, "wed 09:00")
    assert (reading.state, reading.met, reading.is_over) == (ClockState.CANCELLED, None, True)
    assert (reading.elapsed, reading.stopped_at) == (minutes(10), at("mon 09:10"))


def test_what_a_duplicate_met_or_missed_before_stays() -> None:
    facts = history(opened("mon 09:00"), ("mon 09:10", Responded()), ("mon 11:20", Merged(into="INC-1")))
    outcomes = [
        (reading.metric, reading.cycle, reading.state, reading.met)
        for metric in MetricName
        for reading in measured(facts, metric, "wed 09:00")
    ]
    assert outcomes == [
        (RESPONSE, 0, ClockState.STOPPED, True),
        (UPDATE, 0, ClockState.STOPPED, True),
        (UPDATE, 1, ClockState.STOPPED, False),
        (PLAN, 0, ClockState.STOPPED, False),
        (RESOLUTION, 0, ClockState.CANCELLED, None),
    ]


def test_a_miss_of_a_duplicate_keeps_its_instant_and_does_not_grow() -> None:
    reading = read(history(opened("mon 09:00"), MERGED), RESPONSE, "tue 09:00")
    assert (reading.breached_at, reading.stopped_at, reading.elapsed) == (at("mon 09:30"), at("mon 11:00"), hours(2))


def test_what_is_used_up_at_the_very_merging_is_not_missed() -> None:
    reading = read(history(opened("mon 10:30"), MERGED), RESPONSE, "tue 09:00")
    assert (reading.state, reading.met) == (ClockState.CANCELLED, None)


def test_a_resolution_before_the_merging_counts() -> None:
    facts = history(opened("mon 09:00"), ("mon 10:00", Resolved()), MERGED)
    assert read(facts, RESOLUTION, "tue 09:00").met is True


@pytest.mark.parametrize(
    "later",
    [Resolved(), Responded(), Reopened(), Paused(reason=PauseReason.VENDOR), PrioritySet(priority=Priority.P2)],
    ids=lambda event: type(event).__name__,
)
@pytest.mark.parametrize("before", [[], [("mon 10:00", Resolved())]], ids=["open", "resolved"])
def test_what_is_told_of_a_duplicate_afterwards_moves_nothing(before: list[tuple[str, Event]], later: Event) -> None:
    facts = history(opened("mon 09:00"), *before, MERGED)
    more = history(opened("mon 09:00"), *before, MERGED, ("mon 12:00", later), ("mon 13:00", Reopened()))
    for metric in MetricName:
        assert measured(more, metric, "tue 09:00") == measured(facts, metric, "tue 09:00")


def test_a_duplicate_is_still_read_as_it_was_before_it_was_known_as_one() -> None:
    facts = history(opened("mon 09:00"), MERGED)
    assert read(facts, RESOLUTION, "mon 10:00").state is ClockState.RUNNING


def absorbed(begun: str) -> Event:
    return Absorbed(key="INC-7", opened_at=at(begun))


def test_the_one_that_goes_on_counts_from_the_earlier_opening() -> None:
    facts = history(opened("mon 12:00"), ("mon 13:00", absorbed("mon 10:00")))
    reading = read(facts, RESOLUTION, "mon 14:00")
    assert (reading.started_at, reading.elapsed, reading.due_at) == (at("mon 10:00"), hours(4), at("tue 10:00"))


def test_a_later_opening_of_the_duplicate_changes_nothing() -> None:
    facts = history(opened("mon 12:00"), ("mon 13:00", absorbed("mon 12:30")))
    assert read(facts, RESOLUTION, "mon 14:00").started_at == at("mon 12:00")


def test_of_several_duplicates_the_earliest_opening_counts() -> None:
    facts = history(opened("mon 12:00"), ("mon 13:00", absorbed("mon 11:00")), ("mon 13:30", absorbed("mon 10:00")))
    assert read(facts, RESOLUTION, "mon 14:00").started_at == at("mon 10:00")


def test_what_the_earlier_start_makes_late_is_missed_when_it_becomes_known_and_not_before() -> None:
    facts = history(opened("tue 12:00"), ("tue 15:00", absorbed("mon 09:00")))
    reading = read(facts, RESOLUTION, "tue 16:00")
    assert (reading.breached_at, reading.breached_on_change) == (at("tue 15:00"), True)
    assert not read(facts, RESOLUTION, "tue 14:59").breached


def test_a_miss_before_the_merging_stays_where_it_was() -> None:
    facts = history(opened("mon 12:00"), ("mon 15:00", absorbed("mon 09:00")))
    reading = read(facts, RESPONSE, "mon 16:00")
    assert (reading.breached_at, reading.breached_on_change) == (at("mon 12:30"), False)


def test_what_was_done_in_time_after_the_later_start_may_be_late_after_the_earlier_one() -> None:
    facts = history(
        ("mon 12:00", Opened(priority=Priority.P2, title="Down")),
        ("mon 12:10", Responded()),
        ("mon 13:00", absorbed("mon 09:00")),
    )
    reading = read(facts, RESPONSE, "mon 14:00")
    assert (reading.state, reading.elapsed) == (ClockState.STOPPED, hours(3) + (at("mon 12:10") - at("mon 12:00")))
    assert reading.breached_at == at("mon 13:00")
