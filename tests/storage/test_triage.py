"""The one message about what waits for triage, names kept for good, and new customers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from sla_engine.domain.agreements.errors import NotAllowed, UnknownCustomer
from sla_engine.domain.incidents.triage import LiveTriage, TriageRecord, TriageStep, triage_step
from sla_engine.notifications.kinds import from_payload
from sla_engine.notifications.triage import TriageMessage
from sla_engine.services.incidents.undo import Undo
from sla_engine.services.intake.match import ReportOutcome
from sla_engine.services.intake.receive import Intake
from sla_engine.services.intake.triage_list import NAME_ROW, TRIAGE_ROW
from sla_engine.services.intake.triage_messages import TriageMessages
from sla_engine.services.unit_of_work import idempotency
from sla_engine.storage.database import Database
from sla_engine.storage.tables.delivery import Outbox
from tests.intake_desk import NOON, intake_for, tell, ticket
from tests.note_desk import DANA, TOM


@pytest.fixture
def intake(database_url: str) -> Iterator[Intake]:
    database = Database(database_url)
    yield intake_for(database, "acme-dental", "beta-logistics")
    database.close()


def minute(number: float) -> datetime:
    return NOON + timedelta(minutes=number)


def hears(intake: Intake, number: int, at: int = 0, **more: Any) -> list[ReportOutcome]:
    """The intake hears of a ticket of Globex's, so many minutes after noon."""
    told = {"external_id": f"T-{number}", "customer": "Globex", "title": "Server down"} | more
    return tell(intake, ticket("opened", at, **told), now=at)


def keep_up(intake: Intake, at: float) -> TriageStep:
    return TriageMessages(intake.unit_of_work).keep_up(now=minute(at))


def sent(intake: Intake) -> list[tuple[str, str, TriageMessage]]:
    """Every message of triage: its name, what was done, and what it shows."""
    with intake.unit_of_work.database.reading() as session:
        rows = session.scalars(select(Outbox).where(Outbox.kind == "triage").order_by(Outbox.id)).all()
        shown = [(row.message, row.op, from_payload(row.kind, row.payload)) for row in rows]
    return [(name, op, message) for name, op, message in shown if isinstance(message, TriageMessage)]


def last(intake: Intake) -> TriageMessage:
    return sent(intake)[-1][2]


# ---------------------------------------------------------------------- when people are called


def record(number: int, priority: str | None = "P3") -> TriageRecord:
    return TriageRecord(
        id=number,
        source="psa",
        external_id=f"T-{number}",
        customer="Globex",
        title="Server down",
        reason="",
        deliveries=(),
        received_at=NOON,
        came_at=NOON,
        settled_at=None,
        settled_as=None,
        priority=priority,
    )


def live(*called_for: int, urgent: bool = False) -> LiveTriage:
    return LiveTriage(message="triage:1", posted_at=NOON, called_for=frozenset(called_for), is_urgent=urgent)


@pytest.mark.parametrize(
    ("standing", "waiting", "age", "shown", "step"),
    [
        (None, [], 0, True, TriageStep.NONE),
        (None, [record(1)], 0, False, TriageStep.POST),
        (live(1), [], 1, False, TriageStep.DELETE),
        (live(1), [record(1)], 1, True, TriageStep.NONE),
        (live(1, 2), [record(1)], 1, False, TriageStep.EDIT),
        (live(1), [record(1), record(2)], 1, False, TriageStep.EDIT),
        (live(1), [record(1), record(2)], 5, True, TriageStep.POST),
        (live(1), [record(1), record(2, "P1")], 1, False, TriageStep.POST),
        (live(1, urgent=True), [record(1, "P2"), record(2, "P1")], 1, False, TriageStep.EDIT),
        (live(1), [record(1)], 59, True, TriageStep.NONE),
        (live(1), [record(1, None)], 60, True, TriageStep.POST),
        (live(1, urgent=True), [record(1, "P2")], 14, True, TriageStep.NONE),
        (live(1, urgent=True), [record(1, "P2")], 15, True, TriageStep.POST),
    ],
)
def test_people_are_called_for_news_and_for_what_waits_too_long(
    standing: LiveTriage | None, waiting: list[TriageRecord], age: int, shown: bool, step: TriageStep
) -> None:
    assert triage_step(standing, waiting, now=minute(age), is_shown=shown) is step


# ---------------------------------------------------------------------- the message


@pytest.mark.both_databases
def test_all_that_waits_is_one_message_that_is_posted_again_and_goes_when_all_is_decided(intake: Intake) -> None:
    assert keep_up(intake, 0) is TriageStep.NONE
    hears(intake, 1, priority="P3")
    assert keep_up(intake, 0) is TriageStep.POST
    assert (last(intake).mention, [line.title for line in last(intake).lines]) == (DANA, ["Server down"])
    hears(intake, 2, 1, title="Mail down", priority="P3")
    assert keep_up(intake, 1) is TriageStep.EDIT
    assert [line.title for line in last(intake).lines] == ["Server down", "Mail down"]
    assert keep_up(intake, 2) is TriageStep.NONE
    assert keep_up(intake, 5) is TriageStep.POST, "nobody was called for the second one yet"
    assert keep_up(intake, 64) is TriageStep.NONE
    assert keep_up(intake, 65) is TriageStep.POST
    assert [(name, op) for name, op, _ in sent(intake)] == [
        ("triage:1", "post"),
        ("triage:1", "update"),
        ("triage:2", "post"),
        ("triage:1", "delete"),
        ("triage:3", "post"),
        ("triage:2", "delete"),
    ]
    intake.triage.put_aside(1, by=DANA, now=minute(66))
    assert keep_up(intake, 66) is TriageStep.EDIT
    intake.triage.place(2, customer="Acme Dental", by=DANA, now=minute(67))
    assert keep_up(intake, 67) is TriageStep.DELETE
    assert sent(intake)[-1][:2] == ("triage:3", "delete")
    assert keep_up(intake, 68) is TriageStep.NONE


def test_a_new_customer_waits_in_the_list_and_nobody_is_called_until_there_is_an_agreement(intake: Intake) -> None:
    hears(intake, 1)
    keep_up(intake, 0)
    line = intake.triage.wait_for_agreement(1, by=DANA, now=minute(1))
    assert (line.customer, line.number) == ("Globex", 1)
    assert keep_up(intake, 1) is TriageStep.DELETE
    assert keep_up(intake, 200) is TriageStep.NONE
    overview = intake.triage.overview(by=TOM, now=minute(201))
    assert (overview.waiting, [new.number for new in overview.new]) == ((), [1])
    hears(intake, 2, 5, customer="Beta Logistic")
    intake.triage.wait_for_agreement(2, by=DANA, now=minute(6))
    assert intake.triage.overview(by=DANA, now=minute(7)).waiting == ()


def test_the_list_has_the_times_of_the_clocks_and_buttons_for_those_who_may(intake: Intake) -> None:
    hears(intake, 1, 30, priority="P1")
    (line,) = intake.triage.overview(by=TOM, now=minute(31)).waiting
    assert (line.number, line.came_at, line.priority, line.suggestion) == (1, minute(30), "P1", None)
    assert not intake.triage.overview(by=TOM, now=minute(31)).may_place
    assert intake.triage.overview(by=DANA, now=minute(31)).may_place
    with pytest.raises(NotAllowed):
        intake.triage.wait_for_agreement(1, by=TOM, now=minute(32))
    hears(intake, 2, 33, customer="Beta")
    assert intake.triage.overview(by=DANA, now=minute(34)).waiting[1].suggestion == "Beta Logistics"


# ---------------------------------------------------------------------- names for good


@pytest.mark.both_databases
def test_a_name_for_good_opens_what_waits_under_it_and_what_comes(intake: Intake) -> None:
    hears(intake, 1)
    hears(intake, 2, customer="GLOBEX")
    hears(intake, 3, customer="Initech")
    placed = intake.triage.place_for_good(1, customer="Acme Dental", by=DANA, now=minute(5))
    assert (placed.incident.key, placed.others) == ("INC-1001", ("INC-1002",))
    assert [record.customer for record in intake.triage.waiting_for_triage()] == ["Initech"]
    assert hears(intake, 4, 6, customer="globex") == [ReportOutcome.OPENED]
    (name,) = intake.triage.overview(by=TOM, now=minute(7)).names
    assert (name.name, name.customer, name.by) == ("Globex", "Acme Dental", DANA)
    intake.triage.forget_name("globex", by=DANA, now=minute(8))
    assert hears(intake, 5, 9) == [ReportOutcome.TRIAGE]
    with pytest.raises(UnknownCustomer):
        intake.triage.forget_name("globex", by=DANA, now=minute(10))


def test_placing_for_good_is_undone_as_a_whole(intake: Intake) -> None:
    hears(intake, 1)
    hears(intake, 2)
    with idempotency.request("slack:7"):
        intake.triage.place_for_good(1, customer="Acme Dental", by=DANA, now=minute(5))
    rows = {TRIAGE_ROW: intake.triage.take_back, NAME_ROW: intake.triage.take_name_back}
    Undo(intake.unit_of_work, rows=rows).undo("slack:7", by=DANA, now=minute(6))
    assert [record.id for record in intake.triage.waiting_for_triage()] == [1, 2]
    assert intake.triage.overview(by=DANA, now=minute(7)).names == ()
    assert hears(intake, 3, 8) == [ReportOutcome.TRIAGE]


def test_saying_that_a_customer_is_new_can_be_undone(intake: Intake) -> None:
    hears(intake, 1)
    with idempotency.request("slack:8"):
        intake.triage.wait_for_agreement(1, by=DANA, now=minute(5))
    Undo(intake.unit_of_work, rows={TRIAGE_ROW: intake.triage.take_back}).undo("slack:8", by=DANA, now=minute(6))
    assert [line.number for line in intake.triage.overview(by=DANA, now=minute(7)).waiting] == [1]
