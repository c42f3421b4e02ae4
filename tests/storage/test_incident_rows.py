"""What an incident has beside its history is read once, changed in memory, and written once, where it changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.storage import clocks, incidents, nudges, timers
from sla_engine.storage.clocks import IncidentClocks
from sla_engine.storage.prompts import IncidentPrompts
from sla_engine.storage.timers import IncidentTimers
from tests.note_desk import MIRA, TOM, Desk, at
from tests.statements import counted

NINE, TEN = at("mon 09:00"), at("mon 10:00")


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


@pytest.fixture
def key(desk: Desk) -> str:
    return desk.open(NINE)


def id_of(desk: Desk, key: str) -> int:
    with desk.database.reading() as session:
        return incidents.find(session, key).id


def test_a_timer_set_to_what_it_is_already_is_not_written(desk: Desk, key: str) -> None:
    number = id_of(desk, key)
    with desk.database.transaction() as session:
        IncidentTimers(session, number).write()
        its_timers = IncidentTimers(session, number)
        its_timers.set(Duty.PROMISE, key, TEN)
        its_timers.write()
    with desk.database.transaction() as session, counted(desk.database) as statements:
        again = IncidentTimers(session, number)
        again.set(Duty.PROMISE, key, TEN)
        again.set(Duty.SOP, "SOP-7", None)  # one that was never armed
        again.write()
    statements.must_be_at_most(1)
    with desk.database.reading() as session:
        assert timers.due_for(session, Duty.PROMISE, key) == TEN


def test_a_timer_that_somebody_armed_since_it_was_read_is_set_and_not_doubled(desk: Desk, key: str) -> None:
    number = id_of(desk, key)
    with desk.database.transaction() as session:
        its_timers = IncidentTimers(session, number)
        timers.arm(session, Duty.NOTE, key, NINE, incident_id=number)
        its_timers.set(Duty.NOTE, key, TEN)
        its_timers.write()
        assert timers.due_for(session, Duty.NOTE, key) == TEN


def test_clocks_measured_as_they_are_stored_are_not_written(desk: Desk, key: str) -> None:
    with desk.database.transaction() as session:
        work = desk.unit_of_work.work_on(session, incidents.lock(session, key), now=NINE)
        measured = work.readings()
        its_clocks = IncidentClocks(session, work.incident.id)
        with counted(desk.database) as statements:
            its_clocks.measure(measured, now=NINE)
            its_clocks.write()
    assert statements == []


def test_what_was_announced_of_a_clock_stays_when_it_is_measured_anew(desk: Desk, key: str) -> None:
    response = (MetricName.FIRST_RESPONSE, 0)
    with desk.database.transaction() as session:
        work = desk.unit_of_work.work_on(session, incidents.lock(session, key), now=TEN)
        its_clocks = IncidentClocks(session, work.incident.id)
        its_clocks.measure(work.readings(), now=TEN)
        its_clocks.mark_nudged(*response, at=TEN)
        its_clocks.measure(work.readings(), now=at("mon 11:00"))
        with counted(desk.database) as statements:
            its_clocks.write()
    statements.must_be_at_most(1)
    with desk.database.reading() as session:
        stored = clocks.of_incident(session, id_of(desk, key))[response]
    assert (stored.last_nudged_at, stored.noticed_at) == (TEN, TEN)


def test_a_clock_that_is_measured_no_more_is_not_kept(desk: Desk, key: str) -> None:
    number = id_of(desk, key)
    with desk.database.transaction() as session:
        work = desk.unit_of_work.work_on(session, incidents.lock(session, key), now=NINE)
        its_clocks = IncidentClocks(session, number)
        left = dict(work.readings())
        del left[MetricName.RESOLUTION]
        assert its_clocks.measure_moved(left, now=NINE) == 1
        its_clocks.write()
        assert {metric for metric, _ in clocks.of_incident(session, number)} == set(left)


def test_the_note_and_the_live_nudge_are_read_together_and_kept_as_they_are_written(desk: Desk) -> None:
    key = desk.missed(TEN)
    number = id_of(desk, key)
    with desk.database.transaction() as session, counted(desk.database) as statements:
        prompts = IncidentPrompts(session, number)
        note, nudge = prompts.note, prompts.nudge
        assert note is not None
        assert nudge is not None
        prompts.save_note(replace(note, state=NoteState.WITHDRAWN))
        prompts.save_nudges([replace(nudge, live=False, edits=nudge.edits + 1)])
        assert (prompts.note, prompts.nudge) == (replace(note, state=NoteState.WITHDRAWN), None)
    statements.must_be_at_most(3)
    with desk.database.reading() as session:
        assert nudges.live(session, number) == ()
        again = IncidentPrompts(session, number)
        assert again.note is not None
        assert (again.note.state, again.nudge) == (NoteState.WITHDRAWN, None)


def test_a_note_that_exists_is_not_wanted_over(desk: Desk) -> None:
    key = desk.written(TEN)
    with desk.database.transaction() as session:
        IncidentPrompts(session, id_of(desk, key)).want_note(wanted_at=TEN, wanted_from=TOM, manager=MIRA)
        note = IncidentPrompts(session, id_of(desk, key)).note
    assert note is not None
    assert note.state is NoteState.WRITTEN


def test_an_act_writes_the_incident_once_however_many_facts_it_records(desk: Desk, key: str) -> None:
    with counted(desk.database) as statements:
        desk.incidents.pause(key, reason=PauseReason.CUSTOMER, by=TOM, now=at("mon 09:40"))  # after a miss
    for row in ("INSERT INTO clock ", "INSERT INTO timer ", "INSERT INTO sla_note ", "UPDATE incident "):
        assert sum(text.startswith(row) for text in statements) == 1, "\n".join(statements)
