"""Clocks on a calendar that ends before their target is used up."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.ladders import Ladder, Recipient, Repeat, Rung
from sla_engine.domain.clocks.reading import ClockState, Reading, share_instant
from sla_engine.domain.escalation.ladder_position import LadderPlace, next_check
from sla_engine.domain.incidents.events import Event, Paused, Resolved, Resumed
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.calendar import Calendar, Shift
from sla_engine.domain.time.reach import due_after, next_opening
from tests.unit.sla_engine.domain.histories import RESOLUTION, at, history, hours, opened, promising, read, target

ENDS = Calendar(
    "UTC",
    overrides={date(2026, 3, 2): (Shift.parse("09:00-17:00"),), date(2026, 3, 3): (Shift.parse("09:00-10:00"),)},
)
"""Nine hours are open: Monday 09:00-17:00 and Tuesday 09:00-10:00."""


def agreement(length: float) -> Agreement:
    return promising(target(RESOLUTION, hours(length), calendar=ENDS))


def late(*facts: tuple[str, Event], now: str, length: float = 8) -> Reading:
    """Opened on Monday at 15:00, when three open hours are left."""
    return read(history(opened("mon 15:00"), *facts), RESOLUTION, now, agreement=agreement(length))


@pytest.mark.parametrize(("now", "elapsed"), [("mon 15:00", 0), ("mon 16:00", 1), ("tue 12:00", 3), ("fri 12:00", 3)])
def test_a_target_that_cannot_be_reached_runs_without_a_due_time_and_is_never_missed(now: str, elapsed: int) -> None:
    reading = late(now=now)
    assert (reading.state, reading.elapsed) == (ClockState.RUNNING, hours(elapsed))
    assert (reading.due_at, reading.grace_until, reading.breached_at) == (None, None, None)


def test_what_is_resolved_on_such_a_calendar_has_met_its_target() -> None:
    assert late(("wed 09:00", Resolved()), now="wed 10:00").met


def test_a_pause_leaves_it_without_a_due_time_too() -> None:
    paused = ("mon 15:30", Paused(reason=PauseReason.PARTS)), ("mon 16:00", Resumed())
    assert late(*paused, now="mon 16:30").due_at is None


def test_a_target_used_up_with_the_last_open_minute_is_due_then_and_cannot_be_missed() -> None:
    reading = late(now="tue 12:00", length=3)
    assert (reading.due_at, reading.grace_until, reading.breached_at) == (at("tue 10:00"), None, None)


def test_a_target_that_was_missed_before_the_calendar_ended_stays_missed() -> None:
    assert late(now="fri 12:00", length=1).breached_at == at("mon 16:00")


@pytest.mark.parametrize(("percent", "when"), [(10, "mon 15:48"), (30, "tue 09:24"), (50, None)])
def test_shares_that_are_reached_are_told_and_others_are_not_waited_for(percent: int, when: str | None) -> None:
    assert share_instant(late(now="mon 15:10"), percent) == (when and at(when))


@pytest.mark.parametrize(
    "rung",
    [
        Rung(percent=50, tell=(Recipient.DISPATCHER,)),
        Rung(percent=100, tell=(Recipient.DISPATCHER,)),
        Rung(percent=150, tell=(Recipient.DISPATCHER,)),
    ],
    ids=["a share before", "the breach", "a share after"],
)
def test_the_sweep_is_not_asked_to_look_at_what_never_comes(rung: Rung) -> None:
    looks = next_check(
        late(now="mon 15:10"), Ladder(rungs=(rung,)), LadderPlace(),
        acknowledged=False, repeats_from=None, zone=ZoneInfo("UTC"), now=at("mon 15:10"),
    )  # fmt: skip
    assert looks is None


def test_a_repeat_that_would_come_after_the_calendar_ended_is_not_waited_for() -> None:
    rung = Rung(percent=10, tell=(Recipient.DISPATCHER,), repeat=Repeat(every=hours(8)))
    place = LadderPlace(announced=frozenset({0}), repeating=0, last_nudged_at=at("mon 15:48"))
    looks = next_check(
        late(now="mon 16:00"), Ladder(rungs=(rung,)), place,
        acknowledged=False, repeats_from=None, zone=ZoneInfo("UTC"), now=at("mon 16:00"),
    )  # fmt: skip
    assert looks is None


def test_where_a_calendar_goes_on_its_own_answers_are_given() -> None:
    assert due_after(ENDS, at("mon 15:00"), hours(3)) == ENDS.add(at("mon 15:00"), hours(3))
    assert next_opening(ENDS, at("mon 18:00")) == at("tue 09:00")
    assert next_opening(ENDS, at("tue 10:00")) is None
