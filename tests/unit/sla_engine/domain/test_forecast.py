"""What a clock will have said if nobody acts, and how far it got by what was recorded."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.clocks import Reading
from sla_engine.domain.escalation import Climb, LadderPlace, climb, forecast, next_look, place_of
from sla_engine.domain.events import Acknowledged, Corrected, Entry, Event, Paused, RungReached
from sla_engine.domain.ladders import DEFAULT_LADDER, Ladder, Recipient, Repeat, Rung
from sla_engine.domain.reasons import PauseReason
from sla_engine.domain.wall_hours import Shift
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

ZONE = ZoneInfo("UTC")
NOBODY = LadderPlace()
DISPATCHER, MANAGER = (Recipient.DISPATCHER,), (Recipient.SERVICE_MANAGER,)


def foretold(
    found: Reading,
    ladder: Ladder = DEFAULT_LADDER,
    place: LadderPlace = NOBODY,
    *,
    now: str,
    until: str = "fri 17:00",
    repeats: int = 2,
    acknowledged: bool = False,
    snoozed_until: datetime | None = None,
) -> list[Climb]:
    return forecast(
        found,
        ladder,
        place,
        acknowledged=acknowledged,
        snoozed_until=snoozed_until,
        zone=ZONE,
        now=at(now),
        until=at(until),
        repeats=repeats,
    )


def short(steps: list[Climb]) -> list[str]:
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return [
        f"{step.rung.label}{f' again {step.repeat}' if step.repeat else ''} "
        f"{days[step.said_at.weekday()]} {step.said_at:%H:%M}"
        for step in steps
    ]


OPENED = history(opened("mon 12:00"))


def test_every_rung_and_the_first_repeats_are_foretold_with_whom_they_tell() -> None:
    steps = foretold(read(OPENED, RESOLUTION, "mon 12:30"), now="mon 12:30")
    assert short(steps) == [
        "50 % mon 16:00",
        "75 % tue 10:00",
        "100 % tue 12:00",
        "100 % again 1 tue 12:30",
        "100 % again 2 tue 13:00",
    ]
    assert steps[0].tell == (Recipient.ASSIGNEE,)
    assert steps[-1].tell == (Recipient.DISPATCHER, Recipient.SERVICE_MANAGER)


def test_what_is_overdue_is_foretold_as_said_now_and_nothing_beyond_the_end() -> None:
    steps = foretold(read(OPENED, RESOLUTION, "tue 10:30"), now="tue 10:30", until="tue 12:00", repeats=9)
    assert short(steps) == ["75 % tue 10:30"]
    assert steps[0].folded == ((0, at("mon 16:00")),)


def test_what_somebody_has_is_not_repeated_in_the_forecast() -> None:
    found = read(OPENED, RESOLUTION, "mon 12:30")
    assert short(foretold(found, now="mon 12:30", acknowledged=True))[-1] == "100 % tue 12:00"
    assert short(foretold(found, now="mon 12:30", repeats=0))[-1] == "100 % tue 12:00"


def test_a_snooze_moves_the_repeats_of_the_forecast() -> None:
    found = read(OPENED, RESOLUTION, "tue 12:10")
    place = LadderPlace(said=frozenset({0, 1, 2}), repeating=2, last_nudged_at=at("tue 12:01"))
    steps = foretold(found, place=place, now="tue 12:10", snoozed_until=at("tue 15:00"))
    assert short(steps) == ["100 % again 1 tue 15:00", "100 % again 2 tue 15:30"]


def test_a_resting_clock_will_say_nothing() -> None:
    facts = history(opened("mon 12:00"), ("mon 13:00", Paused(reason=PauseReason.VENDOR)))
    assert foretold(read(facts, RESOLUTION, "mon 14:00"), now="mon 14:00") == []


QUIET_BREACH = Ladder(
    (
        Rung(percent=75, tell=DISPATCHER, quiet=Shift.parse("20:00-06:00")),
        Rung(percent=100, tell=MANAGER, repeat=Repeat(every=minutes(20), wall=True, backoff=2)),
    )
)


def test_the_forecast_knows_quiet_hours_and_back_off() -> None:
    agreement = promising(target(RESOLUTION, hours(12), calendar=ALWAYS))
    found = read(history(opened("mon 12:00")), RESOLUTION, "mon 12:30", agreement=agreement)
    assert short(foretold(found, QUIET_BREACH, now="mon 12:30", repeats=3)) == [
        "100 % tue 00:00",
        "100 % again 1 tue 00:20",
        "100 % again 2 tue 01:00",
        "100 % again 3 tue 02:20",
    ]


EVERYTHING = Ladder.of(
    [
        Rung(percent=50, tell=(Recipient.ASSIGNEE,), repeat=Repeat(every=minutes(40), backoff=1.5)),
        Rung(offset=-minutes(50), tell=DISPATCHER, quiet=Shift.parse("10:00-11:00")),
        Rung(offset=-hours(20), wall=True, tell=DISPATCHER),
        Rung(percent=100, tell=MANAGER, repeat=Repeat(every=minutes(25), wall=True, up_after=2, longest=hours(2))),
        Rung(offset=hours(2), tell=MANAGER, quiet=Shift.parse("16:00-08:30")),
    ]
)


@given(st.integers(0, 50), st.integers(5, 600))
def test_whoever_looks_at_every_instant_foretold_says_what_was_foretold(opening: int, length: int) -> None:
    agreement = promising(target(RESOLUTION, minutes(length)))
    start = at("mon 08:30") + minutes(10 * opening)
    entries = [Entry(event=event, at=start, seq=0, recorded_at=start) for _, event in [opened()]]
    found = read(entries, RESOLUTION, "mon 17:30", agreement=agreement)
    steps = foretold(found, EVERYTHING, now="mon 17:30", until="thu 17:00", repeats=4)
    place = NOBODY
    for step in steps:
        silent = place.repeats_done >= 4
        said = climb(found, EVERYTHING, place, acknowledged=silent, snoozed_until=None, zone=ZONE, now=step.said_at)
        assert said == step
        place = place.after(step)
    assert all(earlier.said_at <= later.said_at for earlier, later in pairwise(steps))
    firsts = [number for step in steps if not step.repeat for number in (step.number, *(n for n, _ in step.folded))]
    assert len(firsts) == len(set(firsts))


@given(st.integers(0, 4000))
def test_after_what_is_due_was_said_the_next_look_lies_ahead(offset: int) -> None:
    now = at("mon 12:00") + minutes(offset)
    week = offset // (7 * 24 * 60)
    found = read(OPENED, RESOLUTION, _words(now), week=week)
    place, limit = NOBODY, 10
    while limit:
        step = climb(found, EVERYTHING, place, acknowledged=False, snoozed_until=None, zone=ZONE, now=now)
        if step is None:
            break
        place, limit = place.after(step), limit - 1
    look = next_look(found, EVERYTHING, place, acknowledged=False, snoozed_until=None, zone=ZONE, now=now)
    assert limit
    assert look is None or look > now


def _words(now: datetime) -> str:
    return f"{('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')[now.weekday()]} {now:%H:%M}"


# ---------------------------------------------------------------------- the place by the facts


def reached(rung: int, repeat: int = 0, *, cycle: int = 0, metric: str = "resolution") -> Event:
    return RungReached(metric=metric, cycle=cycle, rung=rung, repeat=repeat, reached_at=at("mon 12:00"))


def place(*facts: Event, ladder: Ladder = DEFAULT_LADDER) -> LadderPlace:
    entries = history(opened("mon 09:00"), *(("mon 12:00", fact) for fact in facts))
    found = read(OPENED, RESOLUTION, "mon 12:30")
    return place_of(entries, found, ladder, last_nudged_at=at("mon 12:00"))


def test_a_clock_nobody_spoke_of_stands_below_its_ladder() -> None:
    assert place(Acknowledged()) == LadderPlace(last_nudged_at=at("mon 12:00"))


def test_only_facts_of_this_clock_and_of_rungs_its_ladder_has_count() -> None:
    found = place(reached(1, cycle=1), reached(1, metric="first_response"), reached(7), reached(0))
    assert found.said == {0}


def test_an_older_history_names_only_the_highest_rung_and_means_those_below_it_too() -> None:
    assert place(reached(2)).said == {0, 1, 2}


def test_a_rung_held_back_by_quiet_hours_is_not_meant_by_a_higher_one() -> None:
    assert place(reached(1), ladder=QUIET_BREACH).said == {1}


@pytest.mark.parametrize(
    ("facts", "repeating", "done"),
    [
        ([reached(0), reached(1)], None, 0),
        ([reached(2)], 2, 0),
        ([reached(2), reached(2, 1), reached(2, 2)], 2, 2),
        ([reached(2), reached(2, 2), reached(2, 1)], 2, 2),
        ([reached(1, 3), reached(2)], 2, 0),
    ],
    ids=["none repeats", "not yet", "twice", "told in another order", "a repeat of a rung that does not repeat"],
)
def test_repeats_are_those_of_the_highest_rung_that_repeats(
    facts: list[Event], repeating: int | None, done: int
) -> None:
    found = place(*facts)
    assert (found.repeating, found.repeats_done) == (repeating, done)


def corrected(after: datetime | None) -> Event:
    return Corrected(
        metric="resolution", cycle=0, cause="resumed", breached_before=at("mon 11:00"), breached_after=after
    )


def test_a_breach_that_turned_out_to_be_none_can_be_said_anew() -> None:
    found = place(reached(1), reached(2), reached(2, 1), corrected(None))
    assert (found.said, found.repeating, found.repeats_done, found.round) == (frozenset({0, 1}), None, 0, 1)
    moved = place(reached(2), corrected(at("mon 14:00")))
    assert (moved.said, moved.round) == (frozenset(), 1)


def test_a_breach_that_only_moved_into_the_past_stays_said() -> None:
    assert place(reached(2), corrected(at("mon 10:00"))).said == {0, 1, 2}


def test_a_correction_before_anything_was_said_of_the_breach_changes_nothing() -> None:
    assert place(reached(1), corrected(None)) == place(reached(1))


def test_a_warning_goes_on_repeating_when_the_breach_turned_out_to_be_none() -> None:
    ladder = Ladder(
        (
            Rung(percent=75, tell=DISPATCHER, repeat=Repeat(every=minutes(10))),
            Rung(percent=100, tell=MANAGER),
        )
    )
    found = place(reached(0), reached(0, 1), reached(1), corrected(None), ladder=ladder)
    assert (found.said, found.repeating, found.repeats_done) == (frozenset({0}), 0, 1)


def test_saying_a_rung_moves_the_place_as_recording_it_does() -> None:
    steps = foretold(read(OPENED, RESOLUTION, "tue 11:00"), now="tue 11:00", repeats=1)
    by_saying = NOBODY
    facts: list[Event] = []
    for step in steps:
        by_saying = by_saying.after(step)
        facts += [reached(number) for number, _ in step.folded]
        facts.append(reached(step.number, step.repeat))
    by_facts = place(*facts)
    assert (by_facts.said, by_facts.repeating, by_facts.repeats_done) == (
        by_saying.said,
        by_saying.repeating,
        by_saying.repeats_done,
    )
    assert by_saying.last_nudged_at == steps[-1].said_at
    assert timedelta(0) < steps[-1].said_at - steps[-2].said_at
