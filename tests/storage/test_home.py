"""What each role finds on the Home tab, and that much of it costs as many statements as little."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sla_engine.domain.agreements.msp import Role
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.services.queries.board import Board
from sla_engine.services.queries.home import Home
from tests.note_desk import DANA, MIRA, TESS, TOM, Desk, at
from tests.statements import counted

DEV, SOMEBODY = "U0DEV", "U0NOBODY"


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


def home(desk: Desk) -> Home:
    return Home(Board(desk.unit_of_work))


def test_a_technician_finds_their_incidents_and_promises_and_no_board(desk: Desk) -> None:
    mine = desk.open(at("mon 09:00"))
    desk.open(at("mon 09:00"), owner=TESS)
    desk.incidents.update_customer(mine, text="On it", how="", next_at=at("mon 11:00"), by=TOM, now=at("mon 09:10"))
    page = home(desk).page(TOM, now=at("mon 09:20"))
    assert (page.board, page.decisions) == (None, None)
    assert page.shift is not None
    assert [incident.key for incident in page.shift.mine.incidents] == [mine]
    assert [incident.key for incident in page.shift.promised] == [mine]


@pytest.mark.parametrize(("person", "dispatches"), [(DANA, True), (DEV, True), (MIRA, False)])
def test_whoever_dispatches_and_a_manager_find_the_board(desk: Desk, person: str, dispatches: bool) -> None:
    key = desk.open(at("mon 09:00"), priority=Priority.P1, owner=None)
    page = home(desk).page(person, now=at("mon 09:05"))
    assert page.dispatches is dispatches
    assert page.board is not None
    assert page.board.next_up is not None
    assert page.board.next_up.incident_key == key


def test_a_manager_finds_what_waits_for_a_decision_and_late_notes(desk: Desk) -> None:
    written = desk.written(at("mon 10:00"))
    late = desk.missed(at("mon 11:00"), title="Scanner offline")
    desk.incidents.resolve(late, text="", by=TOM, now=at("mon 11:10"))
    desk.ask_daily()
    desk.look(at("mon 11:15"))
    page = home(desk).page(MIRA, now=at("thu 09:00"))
    assert page.decisions is not None
    assert [item.incident_key for item in page.decisions.waiting] == [written]
    assert [note.incident_key for note in page.decisions.late_notes] == [late]
    owed = home(desk).page(TOM, now=at("thu 09:00")).shift
    assert owed is not None
    assert [note.incident_key for note in owed.notes] == [late]


def test_somebody_without_a_role_finds_none_of_it(desk: Desk) -> None:
    page = home(desk).page(SOMEBODY, now=at("mon 09:00"))
    assert (page.role, page.board, page.shift, page.decisions) == (Role.EVERYONE, None, None, None)


@pytest.mark.parametrize(
    ("person", "limit"), [(TOM, 20), (DANA, 31), (MIRA, 35)]
)  # one for what they said they will do
def test_a_full_tab_costs_as_many_statements_as_one_with_a_line(desk: Desk, person: str, limit: int) -> None:
    for owner in (TOM, DANA, MIRA):
        desk.open(at("mon 09:00"), owner=owner)
    page = home(desk)
    page.page(person, now=at("mon 09:05"))
    with counted(desk.database) as few:
        page.page(person, now=at("mon 09:05"))
    for holder in (TOM, DANA, MIRA, None) * 5:
        desk.open(at("mon 09:01"), owner=holder)
    with counted(desk.database) as many:
        page.page(person, now=at("mon 09:05"))
    many.must_be_at_most(len(few))
    few.must_be_at_most(limit)
