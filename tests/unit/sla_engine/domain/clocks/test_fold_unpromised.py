"""Where nothing is promised any more a clock ends without an outcome; what is promised again counts from the start."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sla_engine.domain.agreements.agreement import ReopenMode, ReopenRule
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.attribution import attributed_time
from sla_engine.domain.clocks.ledger import ledger
from sla_engine.domain.clocks.ledger_rows import Stretch
from sla_engine.domain.clocks.reading import ClockState, Reading
from sla_engine.domain.clocks.target_history import Cause
from sla_engine.domain.incidents.events import (
    Absorbed,
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
    PLAN,
    RESOLUTION,
    RESPONSE,
    UPDATE,
    USUAL,
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

P5, P2 = PrioritySet(priority=Priority.P5), PrioritySet(priority=Priority.P2)
WITH_P1 = promising(*USUAL.targets, target(RESPONSE, minutes(15), priority=Priority.P1))


def outcome(reading: Reading) -> tuple[ClockState, bool | None, bool]:
    return reading.state, reading.met, reading.promised


ENDED = (ClockState.CANCELLED, None, False)


@pytest.mark.parametrize("metric", [RESPONSE, UPDATE, PLAN, RESOLUTION])
def test_a_priority_that_promises_nothing_ends_every_clock_there_and_then(metric: MetricName) -> None:
    facts = history(opened("mon 09:00"), ("mon 09:20", P5))
    (reading,) = measured(facts, metric, "fri 12:00")
    assert outcome(reading) == ENDED
    assert (reading.stopped_at, reading.elapsed) == (at("mon 09:20"), minutes(20))
    assert (reading.due_at, reading.grace_until, reading.breached_at, reading.running_since) == (None,) * 4


def test_what_is_used_up_to_the_minute_is_not_missed_by_the_change() -> None:
    facts = history(opened("mon 09:00"), ("mon 09:30", P5))
    assert outcome(read(facts, RESPONSE, "tue 09:00")) == ENDED


def test_a_miss_from_before_stays_and_nothing_is_added_to_it() -> None:
    facts = history(opened("mon 09:00"), ("mon 10:00", P5))
    reading = read(facts, RESPONSE, "fri 12:00")
    assert outcome(reading) == (ClockState.STOPPED, False, False)
    assert (reading.breached_at, reading.stopped_at, reading.elapsed) == (at("mon 09:30"), at("mon 10:00"), hours(1))
    assert reading.due_at == at("mon 09:30")


def test_the_way_back_is_measured_from_the_original_start() -> None:
    facts = history(opened("mon 09:00"), ("mon 10:00", P5), ("mon 12:00", P2))
    reading = read(facts, RESOLUTION, "mon 13:00")
    assert outcome(reading) == (ClockState.RUNNING, None, True)
    assert (reading.elapsed, reading.due_at) == (hours(4), at("mon 17:00"))


def test_what_the_way_back_makes_overdue_is_missed_by_the_change() -> None:
    facts = history(opened("mon 09:00"), ("mon 10:00", P5), ("wed 10:00", P2))
    reading = read(facts, RESOLUTION, "wed 11:00")
    assert (reading.breached_at, reading.breached_on_change) == (at("wed 10:00"), True)


def test_a_pause_before_between_and_after_is_kept_on_the_way_back() -> None:
    facts = history(
        opened("mon 09:00"),
        ("mon 10:00", P5),
        ("mon 11:00", Paused(reason=PauseReason.VENDOR)),
        ("mon 12:00", Resumed()),
        ("mon 13:00", P2),
    )
    reading = read(facts, RESOLUTION, "mon 14:00")
    assert (reading.elapsed, reading.paused_open, reading.due_at) == (hours(4), hours(1), at("tue 10:00"))


def test_what_ran_and_rested_before_it_ended_is_all_counted_and_nothing_after() -> None:
    facts = history(
        opened("mon 09:00"),
        ("mon 09:30", Paused(reason=PauseReason.VENDOR)),
        ("mon 10:00", Resumed()),
        ("mon 11:00", P5),
        ("mon 12:00", Paused(reason=PauseReason.VENDOR)),
        ("mon 13:00", Resumed()),
    )
    reading = read(facts, RESOLUTION, "mon 15:00")
    assert (reading.elapsed, reading.paused_open, reading.stopped_at) == (hours(1.5), hours(0.5), at("mon 11:00"))


def test_what_stopped_while_nothing_was_promised_has_no_outcome_and_does_not_come_back() -> None:
    facts = history(opened("mon 09:00"), ("mon 09:10", P5), ("mon 09:20", Responded()), ("mon 11:00", P2))
    reading = read(facts, RESPONSE, "mon 12:00")
    assert outcome(reading) == ENDED
    assert reading.stopped_at == at("mon 09:10")


def test_an_outcome_from_before_stays() -> None:
    facts = history(opened("mon 09:00"), ("mon 09:10", Responded()), ("mon 10:00", P5))
    assert read(facts, RESPONSE, "tue 12:00").met is True


def test_a_period_that_began_before_ends_and_the_next_is_measured_from_its_own_start() -> None:
    facts = history(
        opened("mon 09:00"),
        ("mon 10:00", P5),
        ("mon 10:30", CustomerUpdated()),
        ("mon 11:00", P2),
    )
    first, second = measured(facts, UPDATE, "mon 12:00")
    assert outcome(first) == ENDED
    assert (second.started_at, second.due_at) == (at("mon 10:30"), at("mon 12:30"))


def test_an_incident_reopened_at_a_priority_that_promises_nothing_is_undecided_again() -> None:
    facts = history(opened("mon 09:00"), ("mon 10:00", Resolved()), ("mon 11:00", P5), ("mon 12:00", Reopened()))
    assert read(facts, RESOLUTION, "mon 11:30").met is True
    reading = read(facts, RESOLUTION, "mon 13:00")
    assert outcome(reading) == ENDED
    assert (reading.first_elapsed, reading.stopped_at) == (hours(1), at("mon 12:00"))


def test_one_reopened_after_the_way_back_goes_on() -> None:
    facts = history(
        opened("mon 09:00"),
        ("mon 10:00", P5),
        ("mon 11:00", Resolved()),
        ("mon 12:00", P2),
        ("mon 13:00", Reopened()),
    )
    assert outcome(read(facts, RESOLUTION, "mon 12:30")) == ENDED
    assert read(facts, RESOLUTION, "mon 12:30").first_elapsed is None
    reading = read(facts, RESOLUTION, "mon 14:00")
    assert (reading.elapsed, reading.due_at, reading.first_elapsed) == (hours(3), at("tue 11:00"), hours(2))


def test_first_only_keeps_what_the_first_resolution_decided() -> None:
    first_only = replace(USUAL, reopen=ReopenRule(mode=ReopenMode.FIRST_ONLY))
    facts = history(opened("mon 09:00"), ("mon 10:00", Resolved()), ("mon 11:00", P5), ("mon 12:00", Reopened()))
    assert read(facts, RESOLUTION, "mon 13:00", agreement=first_only).met is True


def test_an_earlier_opening_that_becomes_known_afterwards_misses_nothing() -> None:
    facts = history(
        opened("tue 09:00"),
        ("tue 09:10", P5),
        ("tue 10:00", Absorbed(key="INC-7", opened_at=at("mon 09:00"))),
    )
    reading = read(facts, RESPONSE, "tue 12:00")
    assert outcome(reading) == ENDED
    assert reading.started_at == at("mon 09:00")


def test_a_second_priority_without_a_promise_changes_nothing_more() -> None:
    once = history(opened("mon 09:00", priority=Priority.P1), ("mon 09:02", PrioritySet(priority=Priority.P4)))
    twice = [*once, *history(("mon 09:30", P5))]
    early = read(once, RESPONSE, "mon 12:00", agreement=WITH_P1)
    assert outcome(early) == ENDED
    assert read(twice, RESPONSE, "mon 12:00", agreement=WITH_P1) == early


@pytest.mark.parametrize(
    ("facts", "rows"),
    [
        pytest.param([("mon 10:00", P5)], [("mon 09:00", "mon 10:00", "P2")], id="it ends with the change"),
        pytest.param(
            [("mon 10:00", P5), ("mon 12:00", P2)],
            [("mon 09:00", "mon 10:00", "P2"), ("mon 10:00", "mon 12:00", ""), ("mon 12:00", "mon 13:00", "P2")],
            id="between nothing holds",
        ),
    ],
)
def test_the_ledger_names_no_rule_where_nothing_is_promised(
    facts: list[tuple[str, Event]], rows: list[tuple[str, str, str]]
) -> None:
    explained = ledger(history(opened("mon 09:00"), *facts), RESOLUTION, Terms.of(USUAL), now=at("mon 13:00"))
    assert explained is not None
    assert [(row.start, row.end, row.rule) for row in explained.rows] == [(at(a), at(b), rule) for a, b, rule in rows]
    assert {row.what for row in explained.rows} == {Stretch.RUNNING}
    assert [(row.at, row.promises, row.because) for row in explained.targets][:2] == [
        (at("mon 09:00"), True, Cause.OPENED),
        (at("mon 10:00"), False, Cause.PRIORITY),
    ]


def test_who_held_the_ball_is_counted_until_nothing_was_promised() -> None:
    facts = history(opened("mon 09:00"), ("mon 10:00", Paused(reason=PauseReason.VENDOR)), ("mon 12:00", P5))
    held = attributed_time(facts, Terms.of(USUAL), now=at("mon 15:00"))
    assert held is not None
    assert (held.us, held.third_party) == (hours(1), hours(2))
