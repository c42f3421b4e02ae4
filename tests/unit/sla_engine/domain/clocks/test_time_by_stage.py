"""Where the time of a miss went, and which reason that speaks for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sla_engine.domain.agreements.agreement import Agreement, Target
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.reading import Reading, readings
from sla_engine.domain.clocks.time_by_stage import Stage, last_update_at, stage_times, suggested_reason
from sla_engine.domain.incidents.events import (
    Assigned,
    CustomerReplied,
    CustomerUpdated,
    Event,
    HandedBack,
    Opened,
    Paused,
    PrioritySet,
    Reopened,
    Resolved,
    Responded,
    Resumed,
)
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import BreachReason, PauseReason
from sla_engine.domain.time.calendar import Calendar

START = datetime(2026, 2, 2, 9, tzinfo=UTC)
ALWAYS = Calendar.always_open("UTC")
AGREEMENT = Agreement(
    customer="Acme Dental",
    effective=START - timedelta(days=1),
    calendar=ALWAYS,
    targets=tuple(
        Target(metric=metric, priority=priority, duration=timedelta(minutes=minutes), calendar=ALWAYS)
        for metric, minutes in ((MetricName.FIRST_RESPONSE, 15), (MetricName.RESOLUTION, 60))
        for priority in (Priority.P1, Priority.P2)
    ),
)


def minute(number: int) -> datetime:
    return START + timedelta(minutes=number)


def facts_of(*facts: tuple[int, Event]) -> list[Entry]:
    opened: tuple[int, Event] = (0, Opened(priority=Priority.P1, title="x"))
    return [
        Entry(event=event, at=minute(when), seq=seq, recorded_at=minute(when))
        for seq, (when, event) in enumerate((opened, *facts))
    ]


def spent(history: list[Entry], metric: MetricName, now: int) -> dict[Stage, int]:
    reading = read(history, metric, now)
    return {
        time.stage: int(time.spent.total_seconds()) // 60
        for time in stage_times(history, reading, Terms.of(AGREEMENT), now=minute(now))
    }


def read(history: list[Entry], metric: MetricName, now: int) -> Reading:
    return readings(history, Terms.of(AGREEMENT), now=minute(now))[metric][-1]


def test_the_time_of_a_miss_is_told_by_who_had_it_and_what_the_customer_knew() -> None:
    history = facts_of(
        (20, Assigned(to="U1")), (30, Responded()), (90, HandedBack(reason="ill")), (100, Assigned(to="U2"))
    )
    assert spent(history, MetricName.RESOLUTION, 120) == {
        Stage.IN_WORK: 80,
        Stage.UNASSIGNED: 20,
        Stage.UNANSWERED: 10,
        Stage.HANDED_BACK: 10,
    }


def test_a_clock_that_stopped_is_told_up_to_its_stop() -> None:
    history = facts_of((20, Assigned(to="U1")), (30, Responded()))
    assert spent(history, MetricName.FIRST_RESPONSE, 500) == {Stage.UNASSIGNED: 20, Stage.UNANSWERED: 10}


def test_rests_and_resolved_time_are_left_out_so_that_stages_add_up_to_what_counted() -> None:
    history = facts_of(
        (0, Assigned(to="U1")),
        (5, Responded()),
        (10, Paused(reason=PauseReason.CUSTOMER)),
        (20, CustomerReplied()),
        (30, Paused(reason=PauseReason.VENDOR)),
        (40, Resumed(reason=PauseReason.VENDOR)),
        (45, Paused(reason=PauseReason.PARTS)),
        (50, Resumed()),
        (60, Resolved()),
        (100, Reopened()),
    )
    by_stage = spent(history, MetricName.RESOLUTION, 140)
    assert sum(by_stage.values()) == read(history, MetricName.RESOLUTION, 140).elapsed / timedelta(minutes=1) == 75


def test_at_its_opening_no_time_has_gone_anywhere() -> None:
    assert spent(facts_of(), MetricName.RESOLUTION, 0) == {}


def test_handed_back_before_any_answer_is_not_the_same_as_never_taken() -> None:
    history = facts_of((2, Assigned(to="U1")), (4, HandedBack(reason="wrong team")))
    assert spent(history, MetricName.FIRST_RESPONSE, 30)[Stage.HANDED_BACK] == 26


def test_the_longest_stage_speaks_for_a_reason_and_hard_work_for_none() -> None:
    never_taken = facts_of()
    reading = read(never_taken, MetricName.FIRST_RESPONSE, 30)
    times = stage_times(never_taken, reading, Terms.of(AGREEMENT), now=minute(30))
    assert suggested_reason(times, reading) is BreachReason.LATE_ASSIGNMENT
    worked = facts_of((1, Assigned(to="U1")), (2, Responded()))
    reading = read(worked, MetricName.RESOLUTION, 90)
    assert suggested_reason(stage_times(worked, reading, Terms.of(AGREEMENT), now=minute(90)), reading) is None
    assert suggested_reason((), reading) is None


def test_a_breach_caused_by_a_change_speaks_for_the_wrong_priority() -> None:
    shorter = tuple(
        Target(metric=t.metric, priority=t.priority, duration=t.duration / (4 if t.priority is Priority.P2 else 1),
               calendar=ALWAYS)
        for t in AGREEMENT.targets
    )  # fmt: skip
    agreement = Agreement(customer="Acme Dental", effective=AGREEMENT.effective, calendar=ALWAYS, targets=shorter)
    history = facts_of((10, PrioritySet(priority=Priority.P2)))
    reading = readings(history, Terms.of(agreement), now=minute(11))[MetricName.FIRST_RESPONSE][-1]
    assert (
        suggested_reason(stage_times(history, reading, Terms.of(agreement), now=minute(11)), reading)
        is BreachReason.WRONG_PRIORITY
    )


def test_the_customer_was_told_by_the_last_answer_or_update() -> None:
    assert last_update_at(facts_of()) is None
    assert last_update_at(facts_of((5, Responded()), (9, CustomerUpdated()))) == minute(9)
