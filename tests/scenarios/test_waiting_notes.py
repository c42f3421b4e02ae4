"""`/sla notes`: which notes wait, for whom, and who may see them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sla_engine.domain.agreements.errors import NotNamed
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.services.notes.waiting_notes import NoteFilter, NoteLists, WaitingNotes
from tests.note_desk import DANA, GOOD, MIRA, TESS, TOM, Desk, at
from tests.scenarios.test_action_items import WATCH

NOW = at("mon 15:00")
WANTED, RETURNED, WRITTEN = NoteState.WANTED, NoteState.RETURNED, NoteState.WRITTEN


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """One note to be written by Tess, one returned to Tom, one of his that waits for review, and one accepted."""
    made = Desk(database_url)
    accepted, returned, written = (made.missed(at(now)) for now in ("mon 10:00", "mon 11:00", "mon 12:00"))
    stories = ("The router had failed today", "Nobody saw that alert today", "We took it late today")
    for key, story in zip((accepted, returned, written), stories, strict=True):
        words = GOOD | WATCH | {"what_happened": story}
        made.notes.write(key, by=TOM, reason="late-triage", now=at("mon 13:00"), **words)
    made.notes.accept(accepted, by=MIRA, now=at("mon 13:10"))
    made.notes.return_to_author(returned, because="Which alert?", by=MIRA, now=at("mon 13:20"))
    made.open(at("mon 13:20"), owner=TESS)
    made.look(at("mon 14:00"))
    yield made
    made.close()


def listed(desk: Desk, by: str, wanted: NoteFilter | None = None, customer: str | None = None) -> WaitingNotes:
    return NoteLists(desk.unit_of_work).waiting(by=by, now=NOW, wanted=wanted, customer=customer)


def rows(waiting: WaitingNotes) -> list[tuple[str, NoteState, str | None]]:
    return [(note.incident_key, note.state, note.person) for note in waiting.notes]


ALL = [("INC-1003", WRITTEN, TOM), ("INC-1002", RETURNED, TOM), ("INC-1004", WANTED, TESS)]


@pytest.mark.both_databases
def test_a_service_manager_sees_all_that_waits_the_longest_wait_first(desk: Desk) -> None:
    waiting = listed(desk, MIRA)
    assert rows(waiting) == ALL
    assert [note.since for note in waiting.notes] == sorted(note.since for note in waiting.notes)
    assert waiting.may_review
    assert not waiting.own_only
    assert [note.returned_because for note in waiting.notes] == ["", "Which alert?", ""]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [(NoteFilter.UNEXPLAINED, ALL[1:]), (NoteFilter.RETURNED, ALL[1:2]), (NoteFilter.MINE, [])],
)
def test_a_kind_of_notes_is_listed_alone(
    desk: Desk, wanted: NoteFilter, expected: list[tuple[str, NoteState, str | None]]
) -> None:
    assert rows(listed(desk, MIRA, wanted)) == expected


def test_a_customer_without_notes_that_wait_has_none(desk: Desk) -> None:
    assert rows(listed(desk, MIRA, customer="Acme Dental")) == ALL
    assert rows(listed(desk, MIRA, customer="Beta Logistics")) == []


def test_dispatchers_see_all_and_accept_none(desk: Desk) -> None:
    waiting = listed(desk, DANA)
    assert rows(waiting) == ALL
    assert not waiting.may_review


def test_technicians_see_what_they_wrote_or_are_to_write_and_what_they_will_do(desk: Desk) -> None:
    assert rows(listed(desk, TESS)) == ALL[2:]
    assert listed(desk, TESS).own_only
    mine = listed(desk, TOM, NoteFilter.MINE)
    assert rows(mine) == ALL[:2]
    assert [item.number for item in mine.actions] == ["ACT-1", "ACT-2", "ACT-3"]
    assert listed(desk, TOM).actions == ()


def test_whoever_has_no_role_sees_none(desk: Desk) -> None:
    with pytest.raises(NotNamed):
        listed(desk, "U0STRANGER")
