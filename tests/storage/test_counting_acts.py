"""A first response where the agreement counts replies alone: an update before it does not take its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.incidents.errors import AlreadyDone
from sla_engine.domain.incidents.events import CustomerUpdated, Responded
from sla_engine.intake.registry import PARSERS
from sla_engine.services.agreements import agreement_files
from sla_engine.services.intake.receive import Intake
from sla_engine.services.queries.board import Board
from sla_engine.storage import clocks
from sla_engine.storage.tables.incidents import Clock
from tests.intake_desk import NOON, tell, the_incident, ticket
from tests.note_desk import EXAMPLES, TOM, Desk, at
from tests.outcome_desk import RESPONSE, clock

REPLIES_ALONE = "counts_as: {first_response: [responded]}\n"


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(database_url)
    file = tmp_path / "acme.yaml"
    file.write_text((EXAMPLES / "agreements" / "acme-dental.yaml").read_text(encoding="utf-8") + REPLIES_ALONE)
    agreement_files.apply(made.database, [file], by="test", now=at("mon 00:00"))
    yield made
    made.close()


def test_a_reply_after_an_update_that_does_not_count_is_the_first_response(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    desk.incidents.update_customer(key, text="We have it", by=TOM, now=at("mon 09:05"))
    assert clock(desk, key, RESPONSE).state is ClockState.RUNNING
    desk.incidents.respond(key, text="On it", by=TOM, now=at("mon 09:10"))
    assert clock(desk, key, RESPONSE).stopped_at == at("mon 09:10")
    with pytest.raises(AlreadyDone):
        desk.incidents.respond(key, text="On it", by=TOM, now=at("mon 09:15"))


def test_so_it_is_when_a_ticket_system_tells_of_the_reply(desk: Desk) -> None:
    intake = Intake(desk.unit_of_work, parsers=PARSERS)
    tell(intake, ticket("opened"))
    record = the_incident(intake)
    desk.incidents.update_customer(record.key, text="We have it", by=TOM, now=NOON.replace(hour=21))
    tell(intake, ticket("agent_replied", 10), now=250)
    with desk.database.reading() as session:
        found = clocks.of_incident(session, record.id)[RESPONSE, 0]
        periods = select(Clock.started_at).where(Clock.metric == "customer_update").order_by(Clock.cycle)
        begins = session.scalars(periods).all()
    assert found.stopped_at == NOON.replace(minute=10)
    assert begins[1] == NOON.replace(minute=10), "a period begins with the reply, also when that is told late"


@pytest.mark.sqlite_only
@pytest.mark.parametrize("minutes", [(10, 50), (50, 10)], ids=["in order", "the later one first"])
def test_which_reply_is_the_first_does_not_depend_on_which_was_heard_first(
    desk: Desk, minutes: tuple[int, ...]
) -> None:
    intake = Intake(desk.unit_of_work, parsers=PARSERS)
    tell(intake, ticket("opened"), *(ticket("agent_replied", minute) for minute in minutes))
    record = the_incident(intake)
    with desk.database.reading() as session:
        response = clocks.of_incident(session, record.id)[RESPONSE, 0]
    assert (response.stopped_at, response.breached_at) == (NOON.replace(minute=10), None)
    shown = Board(desk.unit_of_work).show(record.key, now=NOON.replace(hour=22)).history
    replies = {(entry.at.minute, type(entry.event)) for entry in shown}
    assert replies >= {(10, Responded), (50, CustomerUpdated)}


@pytest.mark.sqlite_only
def test_a_reply_told_late_makes_an_update_of_what_was_the_first_response_in_slack(desk: Desk) -> None:
    intake = Intake(desk.unit_of_work, parsers=PARSERS)
    tell(intake, ticket("opened"))
    record = the_incident(intake)
    desk.incidents.respond(record.key, text="On it", by=TOM, now=NOON.replace(hour=21))
    tell(intake, ticket("agent_replied", 10), now=250)
    with desk.database.reading() as session:
        response = clocks.of_incident(session, record.id)[RESPONSE, 0]
    assert (response.stopped_at, response.breached_at) == (NOON.replace(minute=10), None)
