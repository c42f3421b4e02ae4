"""What ends an incident for good: another customer's has no outcome, a deleted one keeps what was decided."""

from __future__ import annotations

import pytest

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.incidents.endings import deleted_at, ending, moved
from sla_engine.domain.incidents.events import (
    Deleted,
    Event,
    Merged,
    Moved,
    Paused,
    PrioritySet,
    Reopened,
    Resolved,
    Responded,
    Waived,
)
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from tests.unit.sla_engine.domain.histories import RESOLUTION, RESPONSE, at, history, hours, measured, opened, read

DELETED = ("mon 11:00", Deleted())
MOVED = ("mon 11:00", Moved(key="INC-9", customer="Beta Logistics"))


def test_what_was_undecided_when_it_was_deleted_has_no_outcome() -> None:
    facts = history(opened("mon 09:00"), ("mon 09:10", Responded()), DELETED)
    reading = read(facts, RESOLUTION, "wed 09:00")
    assert (reading.state, reading.met, reading.elapsed) == (ClockState.CANCELLED, None, hours(2))


def test_what_was_met_before_the_deletion_stays_met() -> None:
    facts = history(opened("mon 09:00"), ("mon 09:10", Responded()), DELETED)
    assert read(facts, RESPONSE, "wed 09:00").met is True


def test_a_miss_from_before_the_deletion_stays() -> None:
    facts = history(opened("mon 09:00"), DELETED)
    reading = read(facts, RESPONSE, "wed 09:00")
    assert (reading.state, reading.met, reading.breached_at) == (ClockState.STOPPED, False, at("mon 09:30"))
    assert reading.stopped_at == at("mon 11:00")


def test_a_miss_from_before_the_deletion_counts_until_it_is_waived() -> None:
    waived = ("mon 12:00", Waived(metric=RESPONSE.value, cycle=0, reason="It was a test"))
    reading = read(history(opened("mon 09:00"), DELETED, waived), RESPONSE, "wed 09:00")
    assert reading.waived_at == at("mon 12:00")


@pytest.mark.parametrize("metric", MetricName)
def test_another_customers_has_no_outcome_whatever_was_decided(metric: MetricName) -> None:
    facts = history(opened("mon 09:00"), ("mon 10:10", Responded()), MOVED)
    for reading in measured(facts, metric, "wed 09:00"):
        assert (reading.state, reading.met) == (ClockState.CANCELLED, None)


@pytest.mark.parametrize(
    "later",
    [Resolved(), Responded(), Reopened(), Paused(reason=PauseReason.VENDOR), PrioritySet(priority=Priority.P2)],
    ids=lambda event: type(event).__name__,
)
@pytest.mark.parametrize("last", [DELETED, MOVED], ids=["deleted", "moved"])
@pytest.mark.parametrize("before", [[], [("mon 10:00", Resolved())]], ids=["open", "resolved"])
def test_what_is_told_afterwards_moves_nothing(
    before: list[tuple[str, Event]], last: tuple[str, Event], later: Event
) -> None:
    facts = history(opened("mon 09:00"), *before, last)
    more = history(opened("mon 09:00"), *before, last, ("mon 12:00", later), ("mon 13:00", Reopened()))
    for metric in MetricName:
        assert measured(more, metric, "tue 09:00") == measured(facts, metric, "tue 09:00")


def test_it_is_still_read_as_it_was_before_it_was_deleted() -> None:
    assert read(history(opened("mon 09:00"), DELETED), RESOLUTION, "mon 10:00").state is ClockState.RUNNING


@pytest.mark.parametrize(
    ("facts", "key", "at_"),
    [
        ([opened()], None, None),
        ([opened(), DELETED], None, "mon 11:00"),
        ([opened(), MOVED], "INC-9", None),
        ([opened(), ("mon 12:00", Deleted()), MOVED], "INC-9", None),
        ([opened(), ("mon 10:00", Merged(into="INC-2")), MOVED, DELETED], None, None),
    ],
    ids=["open", "deleted", "moved", "moved before it was deleted", "merged before either"],
)
def test_the_first_of_them_is_how_it_ended(facts: list[tuple[str, Event]], key: str | None, at_: str | None) -> None:
    entries = history(*facts)
    move = moved(entries)
    assert (move.key if move else None) == key
    assert deleted_at(entries) == (at(at_) if at_ else None)
    assert (ending(entries) is None) == (len(facts) == 1)
