"""Rungs by the time left or over, repeats that come later and go up, and quiet hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sla_engine.domain.agreements.ladders import Ladder, Recipient, Repeat, Rung
from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.escalation.escalation_step import EscalationStep
from sla_engine.domain.escalation.ladder_position import LadderPlace, next_check, step_due
from sla_engine.domain.escalation.rung_instants import JUST_AFTER, rung_instant
from sla_engine.domain.incidents.events import Paused, PrioritySet, Resumed
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.shifts import Shift
from tests.unit.sla_engine.domain.histories import (
    ALWAYS,
    RESOLUTION,
    at,
    history,
    hours,
    minutes,
    opened,
    promising,
    read,
    target,
)

OWNER, DISPATCHER, MANAGER = (Recipient.ASSIGNEE,), (Recipient.DISPATCHER,), (Recipient.SERVICE_MANAGER,)
ZONE = ZoneInfo("Europe/Berlin")
NIGHT = Shift.parse("22:00-07:00")
FACTS = history(opened("mon 12:00"))
DUE = at("tue 12:00")
RESTED = history(
    opened("mon 12:00"),
    ("mon 13:00", Paused(reason=PauseReason.VENDOR)),
    ("mon 15:00", Resumed()),
)
RESTED_LATE = history(
    opened("mon 12:00"),
    ("tue 12:30", Paused(reason=PauseReason.VENDOR)),
    ("tue 14:30", Resumed()),
)


def before(offset: timedelta, *, wall: bool = False) -> Rung:
    return Rung(offset=-offset, wall=wall, tell=OWNER)


def after(offset: timedelta, *, wall: bool = False) -> Rung:
    return Rung(offset=offset, wall=wall, tell=MANAGER)


@pytest.mark.parametrize(
    ("rung", "facts", "reached"),
    [
        (before(minutes(30)), FACTS, at("tue 11:30")),
        (before(hours(5)), FACTS, at("mon 15:00")),
        (before(hours(5), wall=True), FACTS, at("tue 07:00")),
        (before(hours(9)), FACTS, at("mon 12:00")),
        (before(hours(30), wall=True), FACTS, at("mon 12:00")),
        (before(minutes(30)), RESTED, at("tue 13:30")),
        (after(hours(1)), FACTS, at("tue 13:00")),
        (after(hours(6)), FACTS, at("wed 10:00")),
        (after(hours(6), wall=True), FACTS, at("tue 18:00")),
        (after(hours(1)), RESTED_LATE, at("tue 15:00")),
    ],
    ids=[
        "30m before due",
        "open time left lies on the day before",
        "wall time left lies in the night",
        "more time left than there ever was is the beginning",
        "and so for wall time",
        "a pause moves it with the due time",
        "open time after the breach",
        "and it goes on tomorrow",
        "wall time after the breach",
        "open time after the breach rests with the clock",
    ],
)
def test_a_rung_is_reached_at_its_distance_from_due(rung: Rung, facts: list[Entry], reached: datetime) -> None:
    reading = read(facts, RESOLUTION, "tue 15:30" if facts is RESTED_LATE else "mon 16:00")
    assert rung_instant(reading, rung) == pytest.approx(reached, abs=JUST_AFTER)


@pytest.mark.parametrize("rung", [before(minutes(30)), before(minutes(30), wall=True), after(hours(1))])
def test_a_resting_clock_reaches_no_distance(rung: Rung) -> None:
    facts = history(opened("mon 12:00"), ("mon 13:00", Paused(reason=PauseReason.VENDOR)))
    assert rung_instant(read(facts, RESOLUTION, "tue 15:00"), rung) is None


def test_a_clock_that_rests_after_its_breach_reaches_nothing_more() -> None:
    facts = history(opened("mon 09:00"), ("tue 10:00", Paused(reason=PauseReason.VENDOR)))
    reading = read(facts, RESOLUTION, "tue 12:00")
    assert reading.breached
    assert [rung_instant(reading, after(hours(1), wall=wall)) for wall in (False, True)] == [None, None]


def test_after_a_breach_by_an_earlier_target_the_distance_counts_from_that_breach() -> None:
    agreement = promising(target(RESOLUTION, hours(2)), target(RESOLUTION, hours(8), priority=Priority.P3))
    facts = history(opened("mon 09:00"), ("mon 12:00", PrioritySet(priority=Priority.P3)))
    reading = read(facts, RESOLUTION, "mon 12:30", agreement=agreement)
    assert rung_instant(reading, after(hours(3))) == at("mon 14:00")


def test_a_change_that_breaches_holds_every_warning_back_for_its_grace() -> None:
    agreement = promising(target(RESOLUTION, hours(8)), target(RESOLUTION, hours(2), priority=Priority.P1))
    facts = history(opened("mon 09:00"), ("mon 12:00", PrioritySet(priority=Priority.P1)))
    reading = read(facts, RESOLUTION, "mon 12:01", agreement=agreement)
    assert rung_instant(reading, before(minutes(30))) == at("mon 12:05")
    assert rung_instant(reading, after(hours(1))) == at("mon 13:00")


MIXED = Ladder.of(
    [
        Rung(percent=100, tell=MANAGER),
        before(minutes(30)),
        Rung(percent=50, tell=DISPATCHER),
        after(hours(1)),
        before(hours(5)),
    ]
)


def due_step(
    now: datetime | str,
    ladder: Ladder,
    place: LadderPlace = LadderPlace(),  # noqa: B008 - a frozen value
    *,
    reading_now: Reading | None = None,
    acknowledged: bool = False,
) -> EscalationStep | None:
    instant = at(now) if isinstance(now, str) else now
    reading = reading_now or read(FACTS, RESOLUTION, now if isinstance(now, str) else "wed 10:00")
    return step_due(reading, ladder, place, acknowledged=acknowledged, repeats_from=None, zone=ZONE, now=instant)


def test_whatever_their_kind_the_rung_reached_last_speaks_for_the_others() -> None:
    announcement = due_step("tue 11:45", MIXED)
    assert announcement is not None
    assert announcement.rung == before(minutes(30))
    assert [MIXED.rungs[number].label for number, _ in announcement.folded] == ["5h before due", "50 %"]


def test_rungs_reached_in_one_instant_have_all_their_people_told() -> None:
    ladder = Ladder.of([Rung(percent=50, tell=DISPATCHER), before(hours(4))])
    announcement = due_step("mon 16:30", ladder)
    assert announcement is not None
    assert set(announcement.tell) == {*OWNER, *DISPATCHER}


def test_a_warning_that_was_not_said_is_not_said_after_the_breach_was() -> None:
    breach_announced = LadderPlace(announced=frozenset({3}), last_nudged_at=DUE)
    assert MIXED.rungs[3].percent == 100
    reading = read(FACTS, RESOLUTION, "tue 12:30")
    assert due_step("tue 12:30", MIXED, breach_announced, reading_now=reading) is None


def test_a_warning_is_all_there_is_to_say_of_a_breach_where_no_rung_names_it() -> None:
    announcement = due_step("tue 12:30", Ladder((before(minutes(30)),)))
    assert announcement is not None
    assert announcement.reached_at == at("tue 11:30")


LOUDER = Ladder(
    (
        Rung(percent=50, tell=OWNER),
        Rung(percent=100, tell=DISPATCHER, repeat=Repeat(every=minutes(10), wall=True, up_after=2)),
        Rung(percent=150, tell=MANAGER),
        Rung(percent=200, tell=OWNER),
    )
)


@pytest.mark.parametrize(
    ("repeat", "recipients"),
    [
        (1, DISPATCHER),
        (2, DISPATCHER),
        (3, (*DISPATCHER, *MANAGER)),
        (4, (*DISPATCHER, *MANAGER)),
        (5, (*DISPATCHER, *MANAGER, *OWNER)),
        (99, (*DISPATCHER, *MANAGER, *OWNER)),
    ],
)
def test_repeats_go_a_rung_up_and_stay_at_the_top(repeat: int, recipients: tuple[Recipient, ...]) -> None:
    place = LadderPlace(
        announced=frozenset({0, 1}), repeating=1, repeats_done=repeat - 1, last_nudged_at=at("tue 12:10")
    )
    announcement = due_step("tue 12:20", LOUDER, place)
    assert announcement is not None
    assert (announcement.repeat, announcement.tell) == (repeat, recipients)


def test_a_higher_rung_that_is_said_once_does_not_end_the_repeats_below_it() -> None:
    place = LadderPlace(announced=frozenset({0, 1}), repeating=1, repeats_done=3, last_nudged_at=at("tue 15:50"))
    higher = due_step("tue 16:01", LOUDER, place)
    assert higher is not None
    assert higher.rung.percent == 150
    goes_on = due_step("tue 16:11", LOUDER, place.after(higher, LOUDER))
    assert goes_on is not None
    assert (goes_on.rung.percent, goes_on.repeat) == (100, 4)


def test_nothing_repeats_that_was_never_said() -> None:
    assert due_step("tue 12:20", LOUDER, LadderPlace(announced=frozenset({0, 1}), repeating=1)) is None


def test_each_repeat_waits_longer_up_to_the_longest() -> None:
    slower = Repeat(every=minutes(15), backoff=2, longest=hours(1))
    assert [slower.wait(number) for number in (1, 2, 3, 4, 500)] == [minutes(15), minutes(30), *[hours(1)] * 3]
    assert Repeat(every=minutes(15)).wait(7) == minutes(15)
    assert Repeat(every=hours(48), backoff=3).wait(2) == hours(48)


def test_without_a_limit_a_repeat_that_slows_down_still_comes_every_day() -> None:
    assert Repeat(every=minutes(1), backoff=10).wait(50) == hours(24)


NIGHTLY = Ladder(
    (
        Rung(percent=50, tell=OWNER),
        Rung(percent=100, tell=MANAGER, repeat=Repeat(every=hours(1), wall=True), quiet=NIGHT),
        Rung(percent=150, tell=DISPATCHER),
    )
)
AROUND_THE_CLOCK = promising(target(RESOLUTION, hours(8), calendar=ALWAYS))
MORNING = at("tue 06:00")  # 07:00 in Berlin


def nightly(now: str) -> Reading:
    """Breached on Monday at 22:30 in Berlin, which is 21:30 UTC."""
    return read(history(opened("mon 13:30")), RESOLUTION, now, agreement=AROUND_THE_CLOCK)


def test_what_falls_into_quiet_hours_is_said_when_they_end() -> None:
    place = LadderPlace(announced=frozenset({0}), last_nudged_at=at("mon 17:30"))
    reading = nightly("mon 22:00")
    assert due_step("mon 22:00", NIGHTLY, place, reading_now=reading) is None
    next_at = next_check(reading, NIGHTLY, place, acknowledged=True, repeats_from=None, zone=ZONE, now=at("mon 22:00"))
    assert next_at == at("tue 01:30")  # the rung above knows no quiet hours
    announcement = due_step(MORNING, NIGHTLY, place, reading_now=nightly("tue 06:00"))
    assert announcement is not None
    assert announcement.rung.percent == 150  # in one look: what was held back folds into it


def test_a_rung_without_quiet_hours_does_not_speak_for_one_that_is_held_back() -> None:
    place = LadderPlace(announced=frozenset({0}), last_nudged_at=at("mon 17:30"))
    dispatcher = due_step("tue 01:30", NIGHTLY, place, reading_now=nightly("tue 01:30"))
    assert dispatcher is not None
    assert (dispatcher.rung.percent, dispatcher.folded) == (150, ())
    manager = due_step(MORNING, NIGHTLY, place.after(dispatcher, NIGHTLY), reading_now=nightly("tue 06:00"))
    assert manager is not None
    assert (manager.rung.percent, manager.announced_at) == (100, MORNING)


def test_repeats_are_silent_in_quiet_hours_and_one_is_said_when_they_end() -> None:
    place = LadderPlace(announced=frozenset({0, 1, 2}), repeating=1, repeats_done=2, last_nudged_at=at("mon 20:30"))
    assert due_step("tue 01:00", NIGHTLY, place, reading_now=nightly("tue 01:00")) is None
    again = due_step(MORNING, NIGHTLY, place, reading_now=nightly("tue 06:00"))
    assert again is not None
    assert again.repeat == 3


def test_what_is_overdue_in_later_quiet_hours_waits_for_their_end_too() -> None:
    place = LadderPlace(announced=frozenset({0, 2}), last_nudged_at=at("mon 17:30"))
    reading = nightly("wed 01:00")
    assert due_step("wed 01:00", NIGHTLY, place, reading_now=reading) is None
    next_at = next_check(reading, NIGHTLY, place, acknowledged=False, repeats_from=None, zone=ZONE, now=at("wed 01:00"))
    assert next_at == at("wed 06:00")


@pytest.mark.parametrize(
    ("reached", "announced_at"),
    [
        (datetime(2026, 3, 28, 22, 30, tzinfo=UTC), datetime(2026, 3, 29, 5, tzinfo=UTC)),
        (datetime(2026, 10, 24, 21, 30, tzinfo=UTC), datetime(2026, 10, 25, 6, tzinfo=UTC)),
        (datetime(2026, 3, 2, 5, 59, tzinfo=UTC), datetime(2026, 3, 2, 6, tzinfo=UTC)),
        (datetime(2026, 3, 2, 6, tzinfo=UTC), datetime(2026, 3, 2, 6, tzinfo=UTC)),
        (datetime(2026, 3, 2, 12, tzinfo=UTC), datetime(2026, 3, 2, 12, tzinfo=UTC)),
    ],
    ids=["the night an hour is lost", "the night an hour is won", "before seven", "at seven", "at noon"],
)
def test_quiet_hours_end_when_the_wall_clock_says_so(reached: datetime, announced_at: datetime) -> None:
    assert Rung(percent=100, tell=MANAGER, quiet=NIGHT).after_quiet_hours(reached, ZONE) == announced_at
