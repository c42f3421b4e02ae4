"""A ladder climbed from check to check, and how far a clock got by what was recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.ladders import DEFAULT_LADDER, Ladder, Recipient, Repeat, Rung
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.reading import readings
from sla_engine.domain.escalation.escalation_step import EscalationStep
from sla_engine.domain.escalation.ladder_position import LadderPlace, next_check, place_of, step_due
from sla_engine.domain.incidents.events import Acknowledged, Corrected, Event, RungReached
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.time.shifts import Shift
from tests.unit.sla_engine.domain.histories import (
    ALWAYS,
    RESOLUTION,
    USUAL,
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


def walked(
    facts: list[Entry],
    ladder: Ladder = DEFAULT_LADDER,
    place: LadderPlace = NOBODY,
    *,
    agreement: Agreement = USUAL,
    start: datetime | str,
    until: str = "fri 17:00",
    repeats: int = 2,
    repeats_from: datetime | None = None,
) -> list[EscalationStep]:
    """The steps announced when every check is made in time and somebody acknowledges after so many repeats."""
    now, announced = at(start) if isinstance(start, str) else start, []
    while now <= at(until):
        reading = readings(facts, Terms.of(agreement), now=now)[RESOLUTION][-1]
        silent = place.repeats_done >= repeats
        step = step_due(reading, ladder, place, acknowledged=silent, repeats_from=repeats_from, zone=ZONE, now=now)
        if step is not None:
            announced.append(step)
            place = place.after(step, ladder)
            continue
        next_at = next_check(reading, ladder, place, acknowledged=silent, repeats_from=repeats_from, zone=ZONE, now=now)
        if next_at is None:
            break
        assert next_at > now, "with nothing more to say, the next check lies ahead"
        now = next_at
    return announced


def short(steps: list[EscalationStep]) -> list[str]:
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return [
        f"{step.rung.label}{f' again {step.repeat}' if step.repeat else ''} "
        f"{days[step.announced_at.weekday()]} {step.announced_at:%H:%M}"
        for step in steps
    ]


OPENED = history(opened("mon 12:00"))


def test_every_rung_is_said_in_its_time_and_repeated_to_its_people() -> None:
    steps = walked(OPENED, start="mon 12:30")
    assert short(steps) == [
        "50 % mon 16:00",
        "75 % tue 10:00",
        "100 % tue 12:00",
        "100 % again 1 tue 12:30",
        "100 % again 2 tue 13:00",
    ]
    assert steps[0].tell == (Recipient.ASSIGNEE,)
    assert steps[-1].tell == (Recipient.DISPATCHER, Recipient.SERVICE_MANAGER)


def test_what_is_overdue_is_said_now_in_one_word() -> None:
    steps = walked(OPENED, start="tue 10:30", until="tue 12:00")
    assert short(steps) == ["75 % tue 10:30"]
    assert steps[0].folded == ((0, at("mon 16:00")),)


def test_what_somebody_has_is_not_repeated() -> None:
    assert short(walked(OPENED, start="mon 12:30", repeats=0))[-1] == "100 % tue 12:00"


def test_a_snooze_moves_the_repeats() -> None:
    place = LadderPlace(announced=frozenset({0, 1, 2}), repeating=2, last_nudged_at=at("tue 12:01"))
    steps = walked(OPENED, place=place, start="tue 12:10", repeats_from=at("tue 15:00"))
    assert short(steps) == ["100 % again 1 tue 15:00", "100 % again 2 tue 15:30"]


QUIET_BREACH = Ladder(
    (
        Rung(percent=75, tell=DISPATCHER, quiet=Shift.parse("20:00-06:00")),
        Rung(percent=100, tell=MANAGER, repeat=Repeat(every=minutes(20), wall=True, backoff=2)),
    )
)


def test_a_warning_that_quiet_hours_held_back_is_not_said_after_the_breach() -> None:
    agreement = promising(target(RESOLUTION, hours(12), calendar=ALWAYS))
    assert short(walked(OPENED, QUIET_BREACH, agreement=agreement, start="mon 12:30", repeats=3)) == [
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


@given(st.integers(0, 50), st.integers(5, 600), st.integers(0, 3000))
def test_whenever_somebody_begins_to_look_every_rung_is_said_or_folded_once(
    opening: int, length: int, outage: int
) -> None:
    agreement = promising(target(RESOLUTION, minutes(length)))
    start = at("mon 08:30") + minutes(10 * opening)
    facts = [Entry(event=event, at=start, seq=0, recorded_at=start) for _, event in [opened()]]
    steps = walked(facts, EVERYTHING, agreement=agreement, start=start + minutes(outage), until="sun 12:00", repeats=4)
    assert all(earlier.announced_at <= later.announced_at for earlier, later in pairwise(steps))
    assert all(step.reached_at <= step.announced_at for step in steps)
    firsts = [number for step in steps if not step.repeat for number in (step.number, *(n for n, _ in step.folded))]
    assert len(firsts) == len(set(firsts))
    breach, after = 3, 4
    assert {breach, after} <= set(firsts), "what comes with the breach and after it is always said"
    assert [step.repeat for step in steps if step.repeat and step.number == breach] == [1, 2, 3, 4]


# ---------------------------------------------------------------------- the place by the facts


def reached(rung: int, repeat: int = 0, *, cycle: int = 0, metric: str = "resolution") -> Event:
    return RungReached(metric=metric, cycle=cycle, rung=rung, repeat=repeat, reached_at=at("mon 12:00"))


def place(*facts: Event, ladder: Ladder = DEFAULT_LADDER) -> LadderPlace:
    entries = history(opened("mon 09:00"), *(("mon 12:00", fact) for fact in facts))
    reading = read(OPENED, RESOLUTION, "mon 12:30")
    return place_of(entries, reading, ladder, last_nudged_at=at("mon 12:00"))


def test_a_clock_nobody_spoke_of_stands_below_its_ladder() -> None:
    assert place(Acknowledged()) == LadderPlace(last_nudged_at=at("mon 12:00"))


def test_only_facts_of_this_clock_and_of_rungs_its_ladder_has_count() -> None:
    reached_place = place(reached(1, cycle=1), reached(1, metric="first_response"), reached(7), reached(0))
    assert reached_place.announced == {0}


def test_an_older_history_names_only_the_highest_rung_and_means_those_below_it_too() -> None:
    assert place(reached(2)).announced == {0, 1, 2}


def test_a_rung_held_back_by_quiet_hours_is_not_meant_by_a_higher_one() -> None:
    assert place(reached(1), ladder=QUIET_BREACH).announced == {1}


@pytest.mark.parametrize(
    ("facts", "repeating", "done"),
    [
        ([reached(0), reached(1)], None, 0),
        ([reached(2)], 2, 0),
        ([reached(2), reached(2, 1), reached(2, 2)], 2, 2),
        ([reached(2), reached(2, 2), reached(2, 1)], 2, 2),
        ([reached(1, 3), reached(2)], 2, 0),
        ([reached(2), reached(2, 1), reached(1, 3)], 2, 1),
    ],
    ids=[
        "none repeats", "not yet", "twice", "told in another order", "a repeat of a rung that does not repeat",
        "beside one that does",
    ],
)  # fmt: skip
def test_repeats_are_those_of_the_highest_rung_that_repeats(
    facts: list[Event], repeating: int | None, done: int
) -> None:
    reached_place = place(*facts)
    assert (reached_place.repeating, reached_place.repeats_done) == (repeating, done)


def corrected(after: datetime | None) -> Event:
    return Corrected(
        metric="resolution", cycle=0, cause="resumed", breached_before=at("mon 11:00"), breached_after=after
    )


def test_a_breach_that_turned_out_to_be_none_can_be_said_anew() -> None:
    reached_place = place(reached(1), reached(2), reached(2, 1), corrected(None))
    assert (reached_place.announced, reached_place.repeating, reached_place.repeats_done, reached_place.round) == (
        frozenset({0, 1}),
        None,
        0,
        1,
    )
    moved = place(reached(2), corrected(at("mon 14:00")))
    assert (moved.announced, moved.round) == (frozenset(), 1)


def test_a_breach_that_only_moved_into_the_past_stays_said() -> None:
    assert place(reached(2), corrected(at("mon 10:00"))).announced == {0, 1, 2}


def test_a_correction_before_anything_was_said_of_the_breach_changes_nothing() -> None:
    assert place(reached(1), corrected(None)) == place(reached(1))


def test_a_warning_goes_on_repeating_when_the_breach_turned_out_to_be_none() -> None:
    ladder = Ladder(
        (
            Rung(percent=75, tell=DISPATCHER, repeat=Repeat(every=minutes(10))),
            Rung(percent=100, tell=MANAGER),
        )
    )
    reached_place = place(reached(0), reached(0, 1), reached(1), corrected(None), ladder=ladder)
    assert (reached_place.announced, reached_place.repeating, reached_place.repeats_done) == (frozenset({0}), 0, 1)


def test_a_breach_that_quiet_hours_held_back_does_not_take_the_repeats_of_what_came_after_it() -> None:
    again = Repeat(every=minutes(10))
    ladder = Ladder(
        (
            Rung(percent=100, tell=MANAGER, repeat=again, quiet=Shift.parse("12:00-13:00")),
            Rung(offset=minutes(30), tell=DISPATCHER, repeat=again),
        )
    )
    reached_place = place(reached(1), reached(1, 1), reached(0), ladder=ladder)
    assert (reached_place.announced, reached_place.repeating, reached_place.repeats_done) == (frozenset({0, 1}), 1, 1)


def test_saying_a_rung_moves_the_place_as_recording_it_does() -> None:
    steps = walked(OPENED, start="tue 11:00", repeats=1)
    by_saying = NOBODY
    facts: list[Event] = []
    for step in steps:
        by_saying = by_saying.after(step, DEFAULT_LADDER)
        facts += [reached(number) for number, _ in step.folded]
        facts.append(reached(step.number, step.repeat))
    by_facts = place(*facts)
    assert by_facts == replace(by_saying, last_nudged_at=at("mon 12:00"))
    assert by_saying.last_nudged_at == steps[-1].announced_at
