"""How a clock climbs its ladder: what is announced now, and when to look again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from sla_engine.domain.agreements.ladders import Ladder, Recipient, Repeat, Rung
from sla_engine.domain.clocks.reading import Reading, readings
from sla_engine.domain.escalation.escalation_step import EscalationStep
from sla_engine.domain.escalation.ladder_position import LadderPlace, next_check, step_due
from sla_engine.domain.escalation.rung_instants import GRACE_AFTER_CHANGE, JUST_AFTER, rung_instant
from sla_engine.domain.incidents.events import Paused, PrioritySet, Resolved, Waived
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from tests.unit.sla_engine.domain.histories import (
    RESOLUTION,
    TERMS,
    at,
    history,
    hours,
    minutes,
    opened,
    promising,
    read,
    target,
)

ZONE = ZoneInfo("UTC")
HALF = Rung(percent=50, tell=(Recipient.ASSIGNEE,))
RISK = Rung(percent=75, tell=(Recipient.DISPATCHER,))
BREACH = Rung(percent=100, tell=(Recipient.SERVICE_MANAGER,), repeat=Repeat(every=minutes(30)))
BEYOND = Rung(percent=150, tell=(Recipient.SERVICE_MANAGER,))
LADDER = Ladder((HALF, RISK, BREACH))
BREACHED_AT = at("tue 09:00")
ALL = frozenset({0, 1, 2})
ANNOUNCED = LadderPlace(announced=ALL, repeating=2, last_nudged_at=BREACHED_AT + JUST_AFTER)
FACTS = history(opened())
ON_CHANGE = history(opened(priority=Priority.P2), ("mon 12:00", PrioritySet(priority=Priority.P1)))
CHANGING = promising(target(RESOLUTION, hours(8)), target(RESOLUTION, hours(2), priority=Priority.P1))


def at_instant(now: datetime, facts: list[Entry] = FACTS) -> Reading:
    return readings(facts, TERMS, now=now)[RESOLUTION][-1]


def step(
    now: datetime,
    place: LadderPlace = LadderPlace(),  # noqa: B008 - a frozen value
    *,
    acknowledged: bool = False,
    repeats_from: datetime | None = None,
    ladder: Ladder = LADDER,
    reading_now: Reading | None = None,
) -> EscalationStep | None:
    reading = reading_now or at_instant(now)
    return step_due(reading, ladder, place, acknowledged=acknowledged, repeats_from=repeats_from, zone=ZONE, now=now)


def check(
    now: datetime,
    place: LadderPlace = LadderPlace(),  # noqa: B008 - a frozen value
    *,
    acknowledged: bool = False,
    repeats_from: datetime | None = None,
    ladder: Ladder = LADDER,
    reading_now: Reading | None = None,
) -> datetime | None:
    reading = reading_now or at_instant(now)
    return next_check(reading, ladder, place, acknowledged=acknowledged, repeats_from=repeats_from, zone=ZONE, now=now)


def announced(
    rung: Rung, number: int, reached: str | datetime, now: str | datetime, *folded: tuple[int, str]
) -> EscalationStep:
    """A rung said for the first time, to its own people."""
    return EscalationStep(
        rung=rung,
        number=number,
        reached_at=instant(reached),
        announced_at=instant(now),
        tell=rung.tell,
        folded=tuple((other, at(when)) for other, when in folded),
    )


def again(number: int, due: str, *, now: str | None = None) -> EscalationStep:
    """A repeat of the breach, to its own people."""
    announced_at = at(now or due)
    return EscalationStep(
        rung=BREACH, number=2, repeat=number, reached_at=at(due), announced_at=announced_at, tell=BREACH.tell
    )


def instant(when: str | datetime) -> datetime:
    return at(when) if isinstance(when, str) else when


def test_nothing_is_announced_before_the_first_rung() -> None:
    assert step(at("mon 12:59")) is None
    assert check(at("mon 12:59")) == at("mon 13:00")


def test_a_rung_is_reached_at_its_share() -> None:
    assert step(at("mon 13:00")) == announced(HALF, 0, "mon 13:00", "mon 13:00")


def test_the_highest_rung_reached_speaks_for_those_below_it() -> None:
    assert step(at("mon 16:00")) == announced(RISK, 1, "mon 15:00", "mon 16:00", (0, "mon 13:00"))


def test_a_rung_that_was_announced_is_not_announced_again() -> None:
    assert step(at("mon 14:00"), LadderPlace(announced=frozenset({0}), last_nudged_at=at("mon 13:00"))) is None


def test_the_last_rung_fires_with_the_breach_and_not_while_the_target_is_still_met() -> None:
    before = LadderPlace(announced=frozenset({0, 1}), last_nudged_at=at("mon 15:00"))
    assert check(at("mon 16:00"), before) == BREACHED_AT + JUST_AFTER
    assert step(BREACHED_AT, before) is None
    breached = BREACHED_AT + JUST_AFTER
    assert step(breached, before) == replace(announced(BREACH, 2, breached, breached), is_miss=True)


def test_repeats_count_open_time_from_what_was_said_last() -> None:
    place = LadderPlace(announced=ALL, repeating=2, last_nudged_at=at("tue 16:45"))
    assert check(at("tue 16:50"), place) == at("wed 09:15")
    assert step(at("wed 09:15"), place) == again(1, "wed 09:15")


def test_repeats_on_the_wall_clock_come_at_night_too() -> None:
    loud = Ladder((Rung(percent=100, tell=(Recipient.DISPATCHER,), repeat=Repeat(every=minutes(30), wall=True)),))
    place = LadderPlace(announced=frozenset({0}), repeating=0, last_nudged_at=at("tue 16:45"))
    announcement = step(at("tue 17:15"), place, ladder=loud)
    assert announcement is not None
    assert (announcement.rung, announcement.repeat, announcement.reached_at) == (loud.rungs[0], 1, at("tue 17:15"))


def test_repeats_are_numbered() -> None:
    place = LadderPlace(announced=ALL, repeating=2, repeats_done=4, last_nudged_at=at("tue 10:00"))
    assert step(at("tue 10:30"), place) == again(5, "tue 10:30")


def test_repeats_that_nobody_looked_for_are_said_once() -> None:
    place = LadderPlace(announced=ALL, repeating=2, repeats_done=1, last_nudged_at=at("tue 10:00"))
    assert step(at("thu 16:00"), place) == again(2, "tue 10:30", now="thu 16:00")


def test_an_acknowledged_nudge_is_not_repeated() -> None:
    assert step(at("tue 15:00"), ANNOUNCED, acknowledged=True) is None
    assert check(at("tue 15:00"), ANNOUNCED, acknowledged=True) is None


def test_the_next_rung_is_announced_although_somebody_has_it() -> None:
    place = LadderPlace(announced=frozenset({0}), last_nudged_at=at("mon 13:00"))
    announcement = step(at("mon 15:00"), place, acknowledged=True, repeats_from=at("mon 16:00"))
    assert announcement == announced(RISK, 1, "mon 15:00", "mon 15:00")


def test_a_snooze_moves_the_repeats_and_nothing_else() -> None:
    assert check(at("tue 09:10"), ANNOUNCED, repeats_from=at("tue 12:00")) == at("tue 12:00")
    assert step(at("tue 11:59"), ANNOUNCED, repeats_from=at("tue 12:00")) is None
    assert step(at("tue 12:00"), ANNOUNCED, repeats_from=at("tue 12:00")) == again(1, "tue 12:00")


def test_a_snooze_that_ends_before_the_next_repeat_changes_nothing() -> None:
    assert check(at("tue 09:10"), ANNOUNCED, repeats_from=at("tue 09:20")) == check(at("tue 09:10"), ANNOUNCED)


def test_nothing_more_is_said_of_a_miss_that_was_waived() -> None:
    waived = history(opened(), ("tue 09:10", Waived(metric="resolution", cycle=0, reason="Their power cut")))
    reading = at_instant(at("tue 12:00"), waived)
    assert step(at("tue 12:00"), ANNOUNCED) is not None
    assert step(at("tue 12:00"), ANNOUNCED, reading_now=reading) is None
    assert step(at("tue 12:00"), reading_now=reading) is None
    assert check(at("tue 12:00"), ANNOUNCED, reading_now=reading) is None


def test_a_rung_without_repeat_is_said_once() -> None:
    quiet = Ladder((HALF,))
    place = LadderPlace(announced=frozenset({0}), last_nudged_at=at("mon 13:00"))
    assert step(at("mon 16:00"), place, ladder=quiet) is None
    assert check(at("mon 16:00"), place, ladder=quiet) == BREACHED_AT + JUST_AFTER


def test_a_breach_is_looked_at_even_where_no_rung_names_it() -> None:
    assert check(at("mon 10:00"), ladder=Ladder(())) == BREACHED_AT + JUST_AFTER


def test_a_rung_beyond_the_target_fires_at_its_share_after_the_breach() -> None:
    assert rung_instant(at_instant(at("mon 10:00")), BEYOND) == at("tue 13:00")


def test_a_rung_just_beyond_the_target_waits_for_the_breach() -> None:
    facts = history(opened("mon 09:00"), ("mon 17:00", Paused(reason=PauseReason.VENDOR)))
    assert rung_instant(read(facts, RESOLUTION, "tue 12:00"), BEYOND) is None


@pytest.mark.parametrize("rung", [HALF, RISK, BREACH, BEYOND])
def test_a_clock_that_met_its_target_reaches_no_share(rung: Rung) -> None:
    reading = read(history(opened(), ("mon 10:00", Paused(reason=PauseReason.VENDOR))), RESOLUTION, "mon 11:00")
    assert rung_instant(reading, rung) is None


def test_a_change_that_makes_a_target_overdue_is_announced_after_a_grace() -> None:
    reading = read(ON_CHANGE, RESOLUTION, "mon 12:01", agreement=CHANGING)
    due = at("mon 12:00") + GRACE_AFTER_CHANGE
    assert (reading.breached_on_change, rung_instant(reading, BREACH)) == (True, due)
    assert step(due, ladder=Ladder((BREACH,)), reading_now=reading) is not None
    assert step(due - JUST_AFTER, ladder=Ladder((BREACH,)), reading_now=reading) is None


def test_a_stopped_clock_was_at_its_last_share() -> None:
    assert read(history(opened(), ("mon 13:00", Resolved())), RESOLUTION, "tue 10:00").share == 0.5
