"""What happened at one instant, as a ticket system and people in Slack tell it: the last word of each holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.incidents.events import Opened
from sla_engine.domain.incidents.history import SLACK, Entry
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.services.incidents.commands import Incidents
from sla_engine.services.intake.receive import Intake
from sla_engine.storage import events, inbox
from sla_engine.storage.database import Database
from tests.intake_desk import NOON, intake_for, resolution, tell, the_incident, ticket
from tests.tampering import behind_the_triggers, rehash

pytestmark = pytest.mark.both_databases

TESS = "U0TESS"
HALF_PAST = NOON + timedelta(minutes=30)


@pytest.fixture
def intake(database_url: str) -> Iterator[Intake]:
    database = Database(database_url, wait_seconds=20)
    yield intake_for(database, "acme-dental")
    database.close()


def history(intake: Intake, record: Incident) -> list[Entry]:
    with intake.unit_of_work.database.reading() as session:
        return events.history(session, record.id)


def status(word: str, minute: int = 30) -> dict[str, Any]:
    return ticket("status_changed", minute, status=word)


def kept(intake: Intake, *payloads: dict[str, Any]) -> None:
    """Deliveries that came in one after another and wait for their work, as when the database was busy."""
    with intake.unit_of_work.database.transaction() as session:
        for number, payload in enumerate(payloads):
            came = NOON + timedelta(seconds=number)
            name = f"webhook:{payload['id']}"
            inbox.take(session, inbox_id=name, source="webhook", payload=payload, received_at=came, arrived_at=came)


def worked_on(intake: Intake, *payloads: dict[str, Any]) -> None:
    for payload in payloads:
        intake.finish(f"webhook:{payload['id']}", now=NOON + timedelta(hours=4))


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (("pending", "open"), ClockState.RUNNING),
        (("open", "pending"), ClockState.PAUSED),
        (("pending", "waiting for vendor", "open"), ClockState.RUNNING),
        (("resolved", "open"), ClockState.RUNNING),
        (("resolved", "open", "closed"), ClockState.STOPPED),
        (("open", "pending", "resolved"), ClockState.STOPPED),
    ],
)
def test_of_the_statuses_of_one_instant_the_last_one_told_holds(
    intake: Intake, words: tuple[str, ...], state: ClockState
) -> None:
    tell(intake, ticket("opened"), *(status(word) for word in words), now=60)
    assert resolution(intake, the_incident(intake)).state is state


@pytest.mark.sqlite_only
def test_of_a_resolution_and_a_reopening_of_one_instant_the_last_one_told_holds(intake: Intake) -> None:
    tell(intake, ticket("opened"), ticket("reopened", 30), ticket("resolved", 30))
    assert the_incident(intake).state == "resolved"
    tell(intake, ticket("reopened", 30))
    assert the_incident(intake).is_open


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in time", "the first one late"])
def test_a_status_that_is_worked_on_late_holds_where_it_was_told_last(intake: Intake, order: tuple[int, int]) -> None:
    tell(intake, ticket("opened"))
    waiting = [status("pending"), status("open")]
    kept(intake, *waiting)
    worked_on(intake, *(waiting[number] for number in order))
    assert the_incident(intake).paused_for == ()


def test_pausing_and_resuming_in_slack_at_one_instant_leaves_it_running(intake: Intake) -> None:
    tell(intake, ticket("opened"), now=30)
    people, key = Incidents(intake.unit_of_work), the_incident(intake).key
    assert people.pause(key, reason=PauseReason.CUSTOMER, by=TESS, now=HALF_PAST).paused_for == (PauseReason.CUSTOMER,)
    assert people.resume(key, by=TESS, now=HALF_PAST).paused_for == ()
    assert resolution(intake, the_incident(intake)).state is ClockState.RUNNING
    assert people.pause(key, reason=PauseReason.VENDOR, by=TESS, now=HALF_PAST).paused_for == (PauseReason.VENDOR,)


@pytest.mark.sqlite_only
def test_resolving_and_reopening_in_slack_at_one_instant_goes_on_as_often_as_it_is_done(intake: Intake) -> None:
    tell(intake, ticket("opened"), now=30)
    people, key = Incidents(intake.unit_of_work), the_incident(intake).key
    for _ in range(3):
        assert people.resolve(key, text="", by=TESS, now=HALF_PAST).state == "resolved"
        assert people.reopen(key, text="", by=TESS, now=HALF_PAST).incident.is_open


@pytest.mark.sqlite_only
def test_what_a_ticket_system_and_somebody_in_slack_say_at_one_instant_is_put_in_order_by_the_rules(
    intake: Intake,
) -> None:
    tell(intake, ticket("opened"), status("pending"), now=30)
    people, key = Incidents(intake.unit_of_work), the_incident(intake).key
    assert people.resume(key, by=TESS, now=HALF_PAST).paused_for == (PauseReason.CUSTOMER,)


def test_every_fact_knows_who_told_it_and_what_follows_from_others_nobody(intake: Intake) -> None:
    tell(intake, ticket("opened"), ticket("agent_replied", 10, by="tess"), now=300)
    record = the_incident(intake)
    Incidents(intake.unit_of_work).take(record.key, by=TESS, now=NOON + timedelta(hours=5))
    sources = {type(entry.event).__name__: entry.source for entry in history(intake, record)}
    assert (sources["Opened"], sources["Responded"], sources["Assigned"]) == ("webhook", "webhook", SLACK)
    told = {entry.source: entry.received_at for entry in history(intake, record)}
    assert (told["webhook"], told[SLACK]) == (NOON, None)


@pytest.mark.sqlite_only
def test_facts_from_before_their_source_was_stored_have_it_in_their_names(intake: Intake) -> None:
    tell(intake, ticket("opened"), status("pending"), status("open"), now=30)
    record = the_incident(intake)
    people = Incidents(intake.unit_of_work)
    people.pause(record.key, reason=PauseReason.VENDOR, by=TESS, now=NOON + timedelta(minutes=50))
    people.resume(record.key, by=TESS, now=NOON + timedelta(minutes=50))
    before = [(entry.event, entry.source) for entry in history(intake, record)]
    with behind_the_triggers(intake.unit_of_work.database.url) as connection:
        rehash(connection, record.id, sources=False)
        assert connection.scalar(text("SELECT count(*) FROM event WHERE source IS NOT NULL")) == 0
    assert [(entry.event, entry.source) for entry in history(intake, record)] == before
    tell(intake, ticket("agent_replied", 55), now=60)
    assert the_incident(intake).paused_for == ()
    assert isinstance(history(intake, record)[0].event, Opened)
