"""What cannot be done is one private sentence, and nothing is changed by it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from sla_engine.services.incidents.commands import Incidents
from sla_engine.storage.tables.incidents import Act, EventRow
from sla_engine.storage.tables.shifts import RosterChangeRow
from tests.slack.test_storms import opens_many
from tests.slack.workplace import Workplace

pytestmark = pytest.mark.sqlite_only


def recorded(desk: Workplace) -> tuple[int, int]:
    """How many facts are on record, and how many changes of the roster."""
    with desk.bot.database.reading() as session:
        facts = session.scalar(select(func.count()).select_from(EventRow)) or 0
        return facts, session.scalar(select(func.count()).select_from(RosterChangeRow)) or 0


@pytest.mark.parametrize(
    ("who", "line", "sentence"),
    [
        ("tom", "take T-99999", "There is no incident “T-99999”"),
        ("tom", "resume INC-4711", "There is no incident “INC-4711”"),
        ("tom", "update {key} called next yesterday 10:00", "has to lie ahead"),
        ("tom", "away until yesterday", "has to lie ahead"),
        ("dana", "handover @tom", "Tom Becker is a technician and cannot dispatch"),
        ("tom", "status be", "Which person or customer do you mean by “be”"),
        ("tom", "assign {key} @tess", "Only a dispatcher or somebody above may assign an incident"),
    ],
)
def test_what_cannot_be_done_changes_nothing(desk: Workplace, who: str, line: str, sentence: str) -> None:
    key = desk.opens("Beta Logistics P4 Printer smears")
    before = recorded(desk)
    assert sentence in desk.tells(who, line.format(key=key)).text
    assert recorded(desk) == before


def test_after_six_minutes_undoing_is_refused_in_one_sentence(desk: Workplace) -> None:
    key = desk.opens("Beta Logistics P4 Printer smears")
    tom = desk.as_user("tom").says(f"/sla take {key}")
    tom.expects("is yours")
    with desk.bot.database.transaction() as session:
        for act in session.scalars(select(Act)):
            session.execute(update(Act).where(Act.id == act.id).values(done_at=act.done_at - timedelta(minutes=6)))
    before = recorded(desk)
    tom.clicks("Undo").expects("It is too late to undo that")
    assert recorded(desk) == before
    assert "owner @tom" in desk.tells("tom", f"show {key}").text


def test_a_button_of_a_storm_whose_incidents_were_all_resolved_does_nothing(desk: Workplace) -> None:
    opens_many(desk, 5)
    dana = desk.dispatch().expects("5 open")
    for number in range(1001, 1006):
        Incidents(desk.bot.unit_of_work).resolve(f"INC-{number}", text="", by="U0TOM", now=desk.time.now())
    before = recorded(desk)
    dana.clicks("I'm on all of these, 30 min").expects("No incident of these is open any more.")
    assert recorded(desk) == before


def test_two_that_fit_are_both_buttons_and_nothing_is_done_before_one_is_pressed(desk: Workplace) -> None:
    first, second = desk.opens("Acme Dental P4 Lamp is dim"), desk.opens("Acme Dental P4 Lamp is dark")
    before = recorded(desk)
    asked = desk.tells("tom", "take")
    assert {f"Take {first}", f"Take {second}"} <= set(asked.buttons)
    assert recorded(desk) == before


def test_a_list_of_the_board_follows_its_own_buttons(desk: Workplace) -> None:
    first, second = desk.opens("Acme Dental P4 Lamp is dim"), desk.opens("Beta Logistics P4 Scanner is slow")
    desk.tells("dana", "board")
    dana = desk.as_user("dana").clicks("Unassigned: 2").expects("Open incidents · unassigned")
    dana.clicks("Take").expects("is yours")
    (taken,) = [key for key in (first, second) if f"*{key}* is yours" in dana.sees()]
    dana.expects("Undo")
    listed = dana.sees().rpartition("Open incidents · unassigned")[2]
    assert taken not in listed
