"""Absences as people say them: who may, what is kept, and whom nudges and reminders reach meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from sla_engine.domain.agreements.errors import NotAbsent, NotAllowed, SaidSince, UnknownPerson
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.time.errors import InThePast
from sla_engine.domain.upkeep.errors import AlreadyCarriedOut
from sla_engine.notifications.nudges import NudgeMessage
from sla_engine.services.incidents.undo import Undo
from sla_engine.services.shifts.absences import UNDO_KIND, Absences, undo_change
from sla_engine.services.unit_of_work import idempotency
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage.database import Database
from sla_engine.storage.tables.shifts import RosterChangeRow
from tests.note_desk import DANA, EXAMPLES, MIRA, TESS, TOM, Desk, at

CHANNEL, DEV = "C0DISPATCH", "U0DEV"
NINE = at("mon 09:00")
FRIDAY = at("fri 18:00")


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    opened = Desk(database_url)
    yield opened
    opened.close()


@pytest.fixture
def absences(desk: Desk) -> Absences:
    return Absences(desk.unit_of_work)


def is_absent(desk: Desk, person: str, when: datetime) -> bool:
    with desk.database.reading() as session:
        return desk.unit_of_work.msp(session).is_absent(person, when)


def on_duty(desk: Desk, when: datetime) -> str | None:
    with desk.database.reading() as session:
        return desk.unit_of_work.msp(session).dispatcher(when)


@pytest.mark.both_databases
def test_every_process_knows_of_an_absence_at_once(absences: Absences, database_url: str) -> None:
    other = Database(database_url)
    elsewhere = UnitOfWork(other)
    with other.reading() as session:
        assert not elsewhere.msp(session).is_absent(TOM, NINE)
    absences.away(TOM, until=FRIDAY, by=TOM, now=NINE)
    with other.reading() as session:
        assert elsewhere.msp(session).is_absent(TOM, NINE)
    absences.back(TOM, by=TOM, now=NINE + timedelta(hours=1))
    with other.reading() as session:
        assert not elsewhere.msp(session).is_absent(TOM, NINE + timedelta(hours=1))
    other.close()


@pytest.mark.both_databases
def test_what_many_say_at_once_is_numbered_in_the_order_of_their_transactions(desk: Desk, database_url: str) -> None:
    def say(minute: int) -> None:
        database = Database(database_url)
        Absences(UnitOfWork(database)).away(TOM, until=FRIDAY, by=DANA, now=NINE + timedelta(minutes=minute))
        database.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(say, range(8)))
    with desk.database.reading() as session:
        numbers = list(session.scalars(select(RosterChangeRow.id).order_by(RosterChangeRow.id)))
    assert numbers == list(range(1, 9))


def test_a_transaction_that_fails_leaves_nothing_in_memory(desk: Desk, absences: Absences) -> None:
    with pytest.raises(InThePast):
        absences.away(TOM, until=NINE - timedelta(hours=1), by=TOM, now=NINE)
    assert not is_absent(desk, TOM, NINE)
    with desk.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(RosterChangeRow)) == 0


def test_without_an_end_the_working_day_s_end_is_taken_and_said(absences: Absences) -> None:
    stated = absences.away(TOM, until=None, by=TOM, now=NINE)  # 15:00 in Berlin
    assert (stated.until, stated.is_end_of_day) == (at("mon 12:00"), True)


def test_a_technician_says_it_of_themselves_and_a_dispatcher_of_others(desk: Desk, absences: Absences) -> None:
    with pytest.raises(NotAllowed):
        absences.away(TESS, until=FRIDAY, by=TOM, now=NINE)
    assert not is_absent(desk, TESS, NINE)
    for who in (DANA, MIRA):
        assert absences.away(TESS, until=FRIDAY, by=who, now=NINE).until == FRIDAY
    with pytest.raises(UnknownPerson):
        absences.away("U0GONE", until=FRIDAY, by=DANA, now=NINE)


def test_nobody_is_back_who_was_not_away(absences: Absences) -> None:
    with pytest.raises(NotAbsent, match="Tom Becker"):
        absences.back(TOM, by=TOM, now=NINE)


def test_a_request_carried_out_twice_says_it_once(absences: Absences) -> None:
    with idempotency.request("click-1"):
        absences.away(TOM, until=FRIDAY, by=TOM, now=NINE)
        with pytest.raises(AlreadyCarriedOut):
            absences.away(TOM, until=FRIDAY, by=TOM, now=NINE)


def test_an_absence_in_the_file_counts_and_ends_when_the_person_is_back(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "msp.yaml"
    listed = "absent: [{person: U0TOM, from: 2026-02-02, until: 2026-02-06}]\n"
    file.write_text((EXAMPLES / "msp.yaml").read_text(encoding="utf-8") + listed, encoding="utf-8")
    desk = Desk(database_url, people_file=file)
    assert is_absent(desk, TOM, NINE)
    Absences(desk.unit_of_work).back(TOM, by=TOM, now=NINE)
    assert not is_absent(desk, TOM, NINE)
    desk.close()


def test_nudges_for_somebody_absent_go_to_the_channel_and_call_who_is_on_duty(desk: Desk, absences: Absences) -> None:
    desk.open(NINE, priority=Priority.P1)
    absences.away(TOM, until=FRIDAY, by=TOM, now=NINE)
    desk.look(NINE + timedelta(minutes=10))
    assert desk.sent(to=TOM) == []
    nudges = [sent.shown for sent in desk.sent(to=CHANNEL) if isinstance(sent.shown, NudgeMessage)]
    assert nudges
    assert {person for nudge in nudges for person in nudge.mention} == {DANA}


def test_whoever_is_given_an_incident_while_absent_is_not_written_to(desk: Desk, absences: Absences) -> None:
    key = desk.open(NINE, owner=None)
    absences.away(TOM, until=FRIDAY, by=TOM, now=NINE)
    assert desk.incidents.assign(key, to=TOM, by=DANA, now=NINE).assignee == TOM
    assert desk.sent(to=TOM) == []


def test_an_absent_dispatcher_is_passed_over_by_the_rota(desk: Desk, absences: Absences) -> None:
    assert on_duty(desk, NINE) == DANA
    assert absences.away(DANA, until=at("mon 12:00"), by=DANA, now=NINE).dispatcher == DEV
    assert (on_duty(desk, NINE), on_duty(desk, at("mon 12:00"))) == (DEV, DANA)


def test_an_sla_note_is_asked_for_once_its_writer_is_back(desk: Desk, absences: Absences) -> None:
    absences.away(TOM, until=at("wed 09:00"), by=TOM, now=NINE - timedelta(minutes=30))
    key = desk.missed(NINE)
    desk.incidents.resolve(key, text="new disk", by=TOM, now=NINE + timedelta(minutes=1))
    desk.ask_daily()
    for day in ("mon 11:15", "tue 11:15"):
        desk.look(at(day))
        assert desk.asked(TOM) == []
    desk.look(at("wed 11:15"))
    assert [line.subject for asked in desk.asked(TOM) for line in asked.sections[0].lines] == [key]


def test_an_absence_can_be_undone_unless_more_was_said_since(desk: Desk, absences: Absences) -> None:
    undo = Undo(desk.unit_of_work, rows={UNDO_KIND: undo_change})
    with idempotency.request("click-1"):
        absences.away(TOM, until=FRIDAY, by=TOM, now=NINE)
    undo.undo("click-1", by=TOM, now=NINE)
    assert not is_absent(desk, TOM, NINE)
    with idempotency.request("click-2"):
        absences.away(TOM, until=FRIDAY, by=TOM, now=NINE)
    absences.back(TOM, by=DANA, now=NINE + timedelta(minutes=1))
    with pytest.raises(SaidSince):
        undo.undo("click-2", by=TOM, now=NINE + timedelta(minutes=2))
    assert not is_absent(desk, TOM, NINE + timedelta(minutes=2))
