"""SLA notes as stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sla_engine.domain.incidents.reasons import Attribution, BreachReason
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.storage import incidents, notes
from sla_engine.storage.prompts import IncidentPrompts
from tests.note_desk import MIRA, TESS, TOM, Desk, at


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


@pytest.fixture
def incident_id(desk: Desk) -> int:
    key = desk.open(at("mon 09:00"))
    with desk.database.reading() as session:
        return incidents.find(session, key).id


def test_an_incident_owes_no_note_until_one_is_wanted(desk: Desk, incident_id: int) -> None:
    with desk.database.transaction() as session:
        assert IncidentPrompts(session, incident_id).note is None
        notes.want(session, incident_id, wanted_at=at("mon 10:00"), wanted_from=TOM, manager=MIRA)
        found = IncidentPrompts(session, incident_id).note
    assert found is not None
    assert (found.state, found.wanted_from, found.manager, found.owed) == (NoteState.WANTED, TOM, MIRA, True)


def test_wanting_it_twice_changes_nothing(desk: Desk, incident_id: int) -> None:
    with desk.database.transaction() as session:
        notes.want(session, incident_id, wanted_at=at("mon 10:00"), wanted_from=TOM, manager=MIRA)
        notes.want(session, incident_id, wanted_at=at("mon 11:00"), wanted_from=TESS, manager=None)
        found = IncidentPrompts(session, incident_id).note
    assert found is not None
    assert (found.wanted_at, found.wanted_from) == (at("mon 10:00"), TOM)


def test_a_saved_note_reads_back_as_it_was(desk: Desk, incident_id: int) -> None:
    with desk.database.transaction() as session:
        notes.want(session, incident_id, wanted_at=at("mon 10:00"), wanted_from=TOM, manager=MIRA)
        wanted = notes.lock(session, incident_id)
        assert wanted is not None
        written = replace(
            wanted,
            state=NoteState.WRITTEN,
            reason=BreachReason.VENDOR,
            attribution=Attribution.THIRD_PARTY,
            what_happened="Une histoire 🙂 \u202e\u0642\u0635\u0629",
            impact="all",
            prevention="",
            prefill={"misses": []},
            author=TOM,
            written_at=at("mon 11:00"),
        )
        notes.save(session, written)
    with desk.database.reading() as session:
        assert IncidentPrompts(session, incident_id).note == written


def test_the_last_note_of_an_author_is_about_another_incident(desk: Desk) -> None:
    first = desk.written(at("mon 10:00"))
    with desk.database.reading() as session:
        own = incidents.find(session, first).id
        assert notes.last_by(session, TOM, other_than=own) is None
        found = notes.last_by(session, TOM, other_than=own + 1)
        assert found is not None
        assert found.incident_id == own
        assert notes.last_by(session, TESS, other_than=own + 1) is None
