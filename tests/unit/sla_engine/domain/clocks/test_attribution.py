"""Who held the ball, in open time: we, the customer, or a third party."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sla_engine.domain.agreements.agreement import Agreement, ReopenMode, ReopenRule
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.attribution import AttributedTime, attributed_time
from sla_engine.domain.incidents.events import (
    CustomerReplied,
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
from tests.unit.sla_engine.domain.histories import ALWAYS, RESOLUTION, USUAL, at, history, hours, opened, target

REPLIES_DO_NOT_END_PAUSES = replace(USUAL, reply_ends_pause=False)


def paused(when: str, reason: PauseReason = PauseReason.CUSTOMER, *, until: str | None = None) -> tuple[str, Event]:
    return when, Paused(reason=reason, until=None if until is None else at(until))


def held(*facts: tuple[str, Event], now: str, agreement: Agreement = USUAL) -> AttributedTime:
    attributed = attributed_time(history(opened(), *facts), Terms.of(agreement), now=at(now))
    assert attributed is not None
    return attributed


def test_while_a_clock_runs_the_ball_is_ours_and_closed_hours_are_nobodys() -> None:
    assert held(now="tue 10:00") == AttributedTime(us=hours(9))


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (PauseReason.CUSTOMER, AttributedTime(us=hours(2), customer=hours(3))),
        (PauseReason.SCHEDULED, AttributedTime(us=hours(2), customer=hours(3))),
        (PauseReason.VENDOR, AttributedTime(us=hours(2), third_party=hours(3))),
        (PauseReason.PARTS, AttributedTime(us=hours(2), third_party=hours(3))),
        (PauseReason.MAINTENANCE, AttributedTime(us=hours(5))),
        (PauseReason.OTHER, AttributedTime(us=hours(5))),
    ],
)
def test_a_pause_is_attributed_by_its_reason(reason: PauseReason, expected: AttributedTime) -> None:
    attributed = held(paused("mon 10:00", reason), ("mon 13:00", Resumed()), now="mon 14:00")
    assert attributed == expected
    assert attributed.total == hours(5)


def test_of_several_reasons_the_first_that_holds_has_the_ball() -> None:
    facts = (
        paused("mon 10:00", PauseReason.CUSTOMER),
        paused("mon 11:00", PauseReason.VENDOR),
        ("mon 13:00", Resumed(reason=PauseReason.CUSTOMER)),
        ("mon 14:00", Resumed()),
    )
    assert held(*facts, now="mon 15:00") == AttributedTime(us=hours(2), customer=hours(3), third_party=hours(1))


def test_what_a_pause_lasts_beyond_its_expected_end_is_ours_and_told_apart() -> None:
    attributed = held(paused("mon 10:00", until="mon 12:00"), ("tue 10:00", Resumed()), now="tue 11:00")
    assert attributed == AttributedTime(us=hours(8), customer=hours(2), outlived=hours(6), pauses_outlived=1)


def test_a_pause_that_ends_before_hours_begin_again_has_outlived_nothing() -> None:
    attributed = held(paused("mon 10:00", until="mon 17:00"), ("tue 08:59", Resumed()), now="tue 09:00")
    assert attributed == AttributedTime(us=hours(1), customer=hours(7))


def test_a_new_expected_end_counts_from_when_it_was_told() -> None:
    told_late = held(
        paused("mon 10:00", until="mon 11:00"), paused("mon 12:00", until="mon 14:00"), ("mon 15:00", Resumed()),
        now="mon 15:00",
    )  # fmt: skip
    assert told_late == AttributedTime(us=hours(3), customer=hours(3), outlived=hours(2), pauses_outlived=1)
    told_in_time = held(paused("mon 10:00", until="mon 11:00"), paused("mon 10:30"), now="mon 15:00")
    assert told_in_time == AttributedTime(us=hours(1), customer=hours(5))


def test_a_reply_ends_the_pause_for_the_customer() -> None:
    assert held(paused("mon 10:00"), ("mon 12:00", CustomerReplied()), now="mon 14:00") == AttributedTime(
        us=hours(3), customer=hours(2)
    )


def test_where_a_reply_does_not_end_the_pause_the_time_after_it_is_ours_and_told_apart() -> None:
    attributed = held(
        paused("mon 10:00"), ("mon 12:00", CustomerReplied()), now="mon 15:00", agreement=REPLIES_DO_NOT_END_PAUSES
    )
    assert attributed == AttributedTime(us=hours(4), customer=hours(2), answered=hours(3))


@pytest.mark.parametrize("answer", [Responded(), CustomerUpdated(text="Could you try once more?")])
def test_our_answer_hands_the_ball_back_to_the_customer(answer: Event) -> None:
    facts = (paused("mon 10:00"), ("mon 11:00", CustomerReplied()), ("mon 12:00", answer))
    attributed = held(*facts, now="mon 15:00", agreement=REPLIES_DO_NOT_END_PAUSES)
    assert attributed == AttributedTime(us=hours(2), customer=hours(4), answered=hours(1))


def test_a_reply_while_we_wait_for_somebody_else_moves_no_ball() -> None:
    facts = (paused("mon 10:00", PauseReason.VENDOR), ("mon 12:00", CustomerReplied()))
    attributed = held(*facts, now="mon 15:00", agreement=REPLIES_DO_NOT_END_PAUSES)
    assert attributed == AttributedTime(us=hours(1), third_party=hours(5))


def test_time_that_outlived_its_end_after_a_reply_is_counted_once() -> None:
    facts = (paused("mon 10:00", until="mon 13:00"), ("mon 12:00", CustomerReplied()))
    attributed = held(*facts, now="mon 15:00", agreement=REPLIES_DO_NOT_END_PAUSES)
    assert attributed == AttributedTime(us=hours(4), customer=hours(2), answered=hours(3), pauses_outlived=1)
    assert attributed.total == hours(6)


def test_between_a_resolution_and_a_reopening_nobody_holds_the_ball() -> None:
    facts = (("mon 10:00", Resolved()), ("mon 12:00", Reopened()), paused("mon 13:00"))
    assert held(*facts, now="mon 14:00") == AttributedTime(us=hours(2), customer=hours(1))


def test_every_cycle_of_a_reopened_incident_counts() -> None:
    cycles = replace(USUAL, reopen=ReopenRule(mode=ReopenMode.NEW_CYCLE))
    facts = (paused("mon 10:00"), ("mon 11:00", Resolved()), ("mon 12:00", Reopened()))
    assert held(*facts, now="mon 14:00", agreement=cycles) == AttributedTime(us=hours(3), customer=hours(1))


def test_a_pause_that_was_forgotten_at_the_resolution_ended_with_it() -> None:
    facts = (paused("mon 10:00"), ("mon 12:00", Resolved()))
    assert held(*facts, now="fri 12:00") == AttributedTime(us=hours(1), customer=hours(2))


def test_the_open_time_is_that_of_the_resolutions_calendar() -> None:
    always = replace(
        USUAL, targets=(*USUAL.targets, target(RESOLUTION, hours(4), priority=Priority.P1, calendar=ALWAYS))
    )
    facts = (paused("mon 16:00"), ("mon 20:00", PrioritySet(priority=Priority.P1)))
    assert held(*facts, now="tue 09:00", agreement=always) == AttributedTime(us=hours(7), customer=hours(17))


def test_an_incident_that_was_promised_no_resolution_has_no_figures() -> None:
    assert attributed_time(history(opened(priority=Priority.P5)), Terms.of(USUAL), now=at("mon 12:00")) is None


def test_figures_of_several_incidents_add_up_and_say_whether_anything_rested() -> None:
    one = AttributedTime(us=hours(2), customer=hours(1), pauses_outlived=1, outlived=hours(1))
    total = one + AttributedTime(third_party=hours(3), answered=hours(0))
    assert (total.total, total.pauses_outlived, total.rested) == (hours(6), 1, True)
    assert not AttributedTime(us=hours(5)).rested
    assert AttributedTime(us=hours(5), answered=timedelta(minutes=1)).rested
