"""Undoing what was decided about the triage list: the item waits again, and can be placed anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sla_engine.domain.incidents.errors import OpeningTakenBack, TriagedSince
from sla_engine.domain.incidents.incident import Incident, IncidentState
from sla_engine.services.incidents.commands import Incidents
from sla_engine.services.incidents.undo import Undo
from sla_engine.services.intake.receive import Intake
from sla_engine.services.intake.triage_list import TRIAGE_ROW
from sla_engine.services.unit_of_work.idempotency import request
from sla_engine.storage import events, incidents
from tests.intake_desk import NOON, copied, prepared, tell, ticket
from tests.note_desk import DANA, MIRA

LATER = NOON + timedelta(minutes=30)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(tmp_path_factory.mktemp("intake") / "intake.db", "acme-dental", "beta-logistics")


@pytest.fixture
def intake(file: Path, tmp_path: Path) -> Iterator[Intake]:
    with copied(file, tmp_path) as made:
        yield made


def by_key(intake: Intake, key: str) -> Incident:
    with intake.unit_of_work.database.reading() as session:
        return incidents.find(session, key)


def facts_of(intake: Intake, key: str) -> list[str]:
    with intake.unit_of_work.database.reading() as session:
        entries = events.history(session, incidents.find(session, key).id)
    return [type(entry.event).__name__ for entry in entries]


def waiting(intake: Intake) -> list[int]:
    return [item.id for item in intake.triage.waiting_for_triage()]


def place(intake: Intake, name: str, *, customer: str) -> Incident:
    (number,) = waiting(intake)
    with request(name):
        return intake.triage.place(number, customer=customer, by=DANA, now=LATER)


def undo(intake: Intake, name: str) -> None:
    undoing = Undo(intake.unit_of_work, rows={TRIAGE_ROW: intake.triage.take_back})
    undoing.undo(name, by=DANA, now=LATER + timedelta(minutes=1))


def test_what_was_placed_with_the_wrong_customer_waits_again_and_goes_to_the_right_one(intake: Intake) -> None:
    tell(intake, ticket("opened", customer="Akme"), ticket("agent_replied", 5))
    wrong = place(intake, "slack:1", customer="Beta Logistics")

    undo(intake, "slack:1")

    assert by_key(intake, wrong.key).state is IncidentState.TAKEN_BACK
    right = place(intake, "slack:2", customer="Acme Dental")
    assert (right.customer, right.opened_at, right.is_open) == ("Acme Dental", NOON, True)
    assert "Responded" in facts_of(intake, right.key)
    assert waiting(intake) == []


def test_it_can_be_placed_and_taken_back_as_often_as_it_takes(intake: Intake) -> None:
    tell(intake, ticket("opened", customer="Akme"))
    for number in range(3):
        place(intake, f"slack:{number}", customer="Acme Dental")
        undo(intake, f"slack:{number}")

    placed = place(intake, "slack:last", customer="Acme Dental")

    assert placed.is_open
    assert tell(intake, ticket("agent_replied", 40)) != []
    assert "Responded" in facts_of(intake, placed.key)


def test_what_the_ticket_says_while_it_waits_again_is_on_record_when_it_is_placed(intake: Intake) -> None:
    tell(intake, ticket("opened", customer="Akme"))
    place(intake, "slack:1", customer="Beta Logistics")
    undo(intake, "slack:1")
    tell(intake, ticket("agent_replied", 20))

    placed = place(intake, "slack:2", customer="Acme Dental")

    assert facts_of(intake, placed.key).count("Responded") == 1


def test_what_was_put_aside_is_on_the_list_again(intake: Intake) -> None:
    tell(intake, ticket("opened", customer="Akme"))
    (number,) = waiting(intake)
    with request("slack:1"):
        intake.triage.put_aside(number, by=DANA, now=LATER)

    undo(intake, "slack:1")

    assert waiting(intake) == [number]


def test_nothing_is_done_to_an_incident_whose_opening_was_undone(intake: Intake) -> None:
    tell(intake, ticket("opened", customer="Akme"))
    placed = place(intake, "slack:1", customer="Acme Dental")
    undo(intake, "slack:1")

    with pytest.raises(OpeningTakenBack) as refusal:
        Incidents(intake.unit_of_work).take(placed.key, by=DANA, now=LATER + timedelta(minutes=2))

    assert (refusal.value.key, refusal.value.by) == (placed.key, DANA)


def test_what_somebody_placed_since_is_not_put_on_the_list_again(intake: Intake) -> None:
    tell(intake, ticket("opened", customer="Akme"))
    (number,) = waiting(intake)
    with request("slack:1"):
        intake.triage.put_aside(number, by=DANA, now=LATER)
    placed = intake.triage.place(number, customer="Acme Dental", by=MIRA, now=LATER)

    with pytest.raises(TriagedSince) as refusal:
        undo(intake, "slack:1")

    assert (refusal.value.settled_as, waiting(intake)) == (placed.key, [])
