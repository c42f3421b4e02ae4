"""Escalation times, counted from nudges that were posted and facts that people recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from sla_engine.domain.agreements.errors import NotAllowed
from sla_engine.domain.reporting.escalation_times import EscalationTimes
from sla_engine.services.incidents.undo import Undo
from sla_engine.services.queries.board import Board
from sla_engine.services.queries.escalation_figures import COUNTED, EscalationFigures
from sla_engine.services.shifts.handovers import Handovers
from sla_engine.services.unit_of_work import idempotency
from tests.note_desk import DANA, MIRA, TESS, TOM, Desk, at

DEV = "U0DEV"
NINE = at("mon 09:00")
LATER = at("tue 11:00")


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    opened = Desk(database_url)
    yield opened
    opened.close()


@pytest.fixture
def figures(desk: Desk) -> EscalationFigures:
    return EscalationFigures(Board(desk.unit_of_work))


def nudged_twice(desk: Desk) -> str:
    """Tom is nudged alone at 09:15, Dana in the channel at 09:22:30; Tom answers at 09:25."""
    key = desk.open(NINE)
    for when in (at("mon 09:15"), at("mon 09:22") + timedelta(seconds=30)):
        desk.look(when)
    desk.incidents.respond(key, text="", by=TOM, now=at("mon 09:25"))
    desk.incidents.resolve(key, text="", by=TOM, now=at("mon 09:40"))
    return key


@pytest.mark.both_databases
def test_an_act_counts_for_whom_the_last_nudge_before_it_called(desk: Desk, figures: EscalationFigures) -> None:
    nudged_twice(desk)
    toms, danas = (figures.own(person, now=LATER).times for person in (TOM, DANA))
    assert (toms.nudges, toms.acted_on) == (1, 0)  # the next rung came first
    assert (danas.nudges, danas.acted_on) == (1, 0)  # Tom was not called by that nudge
    assert figures.own(TESS, now=LATER).times == EscalationTimes()


def test_an_act_before_the_next_rung_has_its_time(desk: Desk, figures: EscalationFigures) -> None:
    key = desk.open(NINE)
    desk.look(at("mon 09:15"))
    desk.incidents.respond(key, text="", by=TOM, now=at("mon 09:21"))
    times = figures.own(TOM, now=at("mon 09:22")).times
    assert (times.nudges, times.acted_on, times.half_within) == (1, 1, timedelta(minutes=6))


def test_what_was_undone_is_no_act(desk: Desk, figures: EscalationFigures) -> None:
    key = desk.open(NINE)
    desk.look(at("mon 09:15"))
    with idempotency.request("click-1"):
        desk.incidents.respond(key, text="", by=TOM, now=at("mon 09:21"))
    assert figures.own(TOM, now=at("mon 09:22")).times.acted_on == 1
    Undo(desk.unit_of_work).undo("click-1", by=TOM, now=at("mon 09:22"))
    assert figures.own(TOM, now=at("mon 09:22")).times.acted_on == 0


def test_promises_are_those_decided_within_the_time(desk: Desk, figures: EscalationFigures) -> None:
    key = desk.open(NINE)
    desk.incidents.update_customer(key, text="soon", next_at=at("mon 10:00"), by=TOM, now=NINE)
    assert figures.own(TOM, now=at("mon 09:30")).promised[0].promise == at("mon 10:00")
    desk.incidents.update_customer(key, text="found it", next_at=at("mon 11:00"), by=TOM, now=at("mon 09:50"))
    desk.incidents.update_customer(key, text="fixed", by=TOM, now=at("mon 11:05"))
    own = figures.own(TOM, now=at("mon 12:00"))
    assert (own.times.promises, own.times.promises_kept, own.open_count) == (2, 1, 1)
    long_after = figures.own(TOM, now=at("mon 12:00") + COUNTED).times
    assert (long_after.nudges, long_after.promises) == (0, 0)


def test_the_team_is_seen_by_managers_and_by_whoever_is_on_duty(desk: Desk, figures: EscalationFigures) -> None:
    for by in (MIRA, DANA):
        assert figures.team(by=by, now=NINE).members == ()
    for by in (TOM, DEV):
        with pytest.raises(NotAllowed):
            figures.team(by=by, now=NINE)
    Handovers(desk.unit_of_work).hand_over(DEV, by=DANA, now=NINE)
    assert figures.team(by=DEV, now=NINE).members == ()
    assert [figures.own(person, now=NINE).sees_team for person in (TOM, DANA, DEV, MIRA)] == [False, False, True, True]


def test_people_are_named_from_ten_nudges_on(desk: Desk, figures: EscalationFigures) -> None:
    for _ in range(9):
        nudged_twice(desk)
    few = figures.team(by=MIRA, now=LATER)
    assert few.members == ()
    assert few.others == 2
    nudged_twice(desk)
    enough = figures.team(by=MIRA, now=LATER)
    assert [(member.name, member.times.nudges) for member in enough.members] == [("Tom Becker", 10)]
    assert enough.others == 1, "Dana read most of them in the message of a storm, which calls once"


def test_a_rung_nobody_acts_on_is_named_to_managers_only(desk: Desk, figures: EscalationFigures) -> None:
    for _ in range(30):
        nudged_twice(desk)
    seldom = figures.team(by=MIRA, now=LATER).seldom
    assert [(rung.metric, rung.rung, rung.nudges, rung.acted_on) for rung in seldom] == [
        ("first_response", "50 %", 30, 0)
    ]
    assert figures.team(by=DANA, now=LATER).seldom == ()
