"""What was settled is emptied after its time, and nothing is taken, worked on or sent twice because of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update

from sla_engine.delivery.records import ITS_MESSAGE_IS_GONE, DeliveryState
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.upkeep.inbox_state import InboxState
from sla_engine.domain.upkeep.retries import Queue, RetryPace
from sla_engine.notifications.notices import LineMessage
from sla_engine.services.upkeep import retention as service
from sla_engine.services.upkeep.retention import ACTS_KEPT, REFUSALS_KEPT, Retention
from sla_engine.storage import acts, failures, inbox, nudge_recipients, outbox, refusals, triage
from sla_engine.storage.database import Database
from sla_engine.storage.nudge_recipients import NudgeCall
from sla_engine.storage.retention import EMPTIED
from sla_engine.storage.tables.delivery import Outbox
from sla_engine.storage.tables.incidents import Act
from sla_engine.storage.tables.intake import Inbox
from sla_engine.storage.tables.shifts import NudgeRecipient
from sla_engine.storage.tables.upkeep import Failure, Refusal
from tests.faults.carrying import incidents

pytestmark = pytest.mark.both_databases

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
KEPT = timedelta(days=90)
OLD, YOUNG = NOW - KEPT - timedelta(hours=1), NOW - KEPT + timedelta(hours=1)
PAYLOAD = {"user": {"id": "U0TOM"}, "response_url": "https://hooks.example/1"}


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.close()


def delivery(database: Database, name: str, *, at: datetime, state: InboxState = InboxState.DONE) -> None:
    with database.transaction() as session:
        assert inbox.take(session, inbox_id=name, source="psa", payload=PAYLOAD, received_at=at)
        session.execute(update(Inbox).where(Inbox.id == name).values(state=state.value, done_at=at))


def message(
    database: Database, name: str, *, at: datetime, state: DeliveryState = DeliveryState.SENT, error: str | None = None
) -> None:
    with database.transaction() as session:
        words = LineMessage(incident_key=None, text_key="happened", facts={"says": name})
        assert outbox.enqueue(session, outbox.NewMessage(key=name, destination="C0DISPATCH", notification=words, at=at))
        session.execute(update(Outbox).where(Outbox.key == name).values(state=state.value, error=error))


def full(database: Database, table: type[Inbox | Outbox]) -> set[str]:
    """The names of what still holds something."""
    name = Inbox.id if table is Inbox else Outbox.key
    with database.reading() as session:
        return {found for found, payload in session.execute(select(name, table.payload)) if payload}


def empty(database: Database, *, now: datetime = NOW) -> bool:
    return Retention(database, kept=KEPT).run_once(now=now)


def test_settled_deliveries_are_emptied_after_their_time_and_keep_their_names_and_states(database: Database) -> None:
    delivery(database, "psa:old", at=OLD)
    delivery(database, "psa:dropped", at=OLD, state=InboxState.DROPPED)
    delivery(database, "psa:young", at=YOUNG)
    delivery(database, "psa:waiting", at=OLD, state=InboxState.RECEIVED)
    assert empty(database) is False
    assert full(database, Inbox) == {"psa:young", "psa:waiting"}
    with database.transaction() as session:
        found = inbox.find(session, "psa:old")
        assert found is not None
        assert (found.state, found.payload) == (InboxState.DONE, {})
        again = inbox.take(session, inbox_id="psa:old", source="psa", payload=PAYLOAD, received_at=NOW)
    assert not again


def test_what_nobody_decided_about_in_time_is_dropped(database: Database) -> None:
    delivery(database, "psa:refused", at=OLD, state=InboxState.REFUSED)
    delivery(database, "psa:failed", at=OLD, state=InboxState.FAILED)
    with database.transaction() as session:
        failures.record(session, Queue.DELIVERY, "psa:failed", error=KeyError("x"), pace=RetryPace(()), at=OLD)
    empty(database)
    with database.reading() as session:
        for name in ("psa:refused", "psa:failed"):
            found = inbox.find(session, name)
            assert found is not None
            assert (found.state, found.payload, found.error) == (InboxState.DROPPED, {}, EMPTIED)
        assert session.scalar(select(func.count()).select_from(Failure)) == 0


def test_what_something_in_triage_was_told_by_is_kept_until_it_is_settled(database: Database) -> None:
    for name in ("psa:1", "psa:2"):
        delivery(database, name, at=OLD)
    with database.transaction() as session:
        row, _ = triage.keep(
            session, source="psa", external_id="T-1", customer="Akme", title="Down", reason="unknown customer",
            delivery="psa:1", received_at=OLD, details=triage.TriageDetails(came_at=OLD),
        )  # fmt: skip
    empty(database)
    assert full(database, Inbox) == {"psa:1"}
    with database.transaction() as session:
        triage.settle(session, row.id, settled_as="put aside", at=NOW)
    empty(database)
    assert full(database, Inbox) == set()


def test_a_name_that_is_held_keeps_what_was_remembered_with_it(database: Database) -> None:
    with database.transaction() as session:
        inbox.hold(session, "alertmanager", "series", at=OLD)
        inbox.remember(session, "alertmanager", "series", {"last": "firing"})
    empty(database)
    with database.transaction() as session:
        assert inbox.hold(session, "alertmanager", "series", at=NOW) == {"last": "firing"}


def test_sent_messages_are_emptied_and_those_that_may_still_be_sent_are_not(database: Database) -> None:
    message(database, "sent", at=OLD)
    message(database, "said by a summary", at=OLD, state=DeliveryState.COLLAPSED)
    message(database, "young", at=YOUNG)
    message(database, "dead", at=OLD, state=DeliveryState.DEAD)
    message(database, "waiting", at=OLD, state=DeliveryState.PENDING)
    message(database, "an edit", at=OLD, state=DeliveryState.COLLAPSED, error=ITS_MESSAGE_IS_GONE)
    empty(database)
    assert full(database, Outbox) == {"young", "dead", "waiting", "an edit"}
    with database.transaction() as session:
        words = LineMessage(incident_key=None, text_key="happened", facts={})
        assert not outbox.enqueue(
            session, outbox.NewMessage(key="sent", destination="C0DISPATCH", notification=words, at=NOW)
        )


def test_refusals_are_forgotten_after_a_year(database: Database) -> None:
    with database.transaction() as session:
        for by, at in (("U0OLD", NOW - REFUSALS_KEPT - timedelta(days=1)), ("U0NEW", NOW - timedelta(days=364))):
            refusals.add(session, by=by, action="waive", incident_key="INC-1001", error="NotAllowed", at=at)
    empty(database)
    with database.reading() as session:
        assert list(session.scalars(select(Refusal.by))) == ["U0NEW"]


def test_much_is_emptied_in_portions(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "BATCH", 2)
    monkeypatch.setattr(service, "MOST_BATCHES", 2)
    for number in range(5):
        delivery(database, f"psa:{number}", at=OLD + timedelta(seconds=number))
    assert empty(database) is True, "something is left"
    assert full(database, Inbox) == {"psa:4"}, "the oldest are emptied first"
    assert empty(database) is False
    assert full(database, Inbox) == set()


def test_what_is_too_old_is_found_without_reading_the_rest(database: Database) -> None:
    delivery(database, "psa:1", at=OLD)
    question = "SELECT id FROM inbox WHERE payload <> '{}' AND received_at < 1 ORDER BY received_at"
    with database.reading() as session:
        if database.is_sqlite:
            plan = " ".join(str(row) for row in session.execute(text(f"EXPLAIN QUERY PLAN {question}")))
        else:
            session.execute(text("SET LOCAL enable_seqscan = off"))
            plan = " ".join(str(row) for row in session.execute(text(f"EXPLAIN {question}")))
    assert "ix_inbox_full" in plan


def test_what_nobody_can_undo_any_more_is_forgotten_after_a_week(database: Database) -> None:
    for name, done_at in (
        ("slack:old", NOW - ACTS_KEPT - timedelta(hours=1)),
        ("slack:young", NOW - timedelta(days=1)),
    ):
        with database.transaction() as session:
            acts.also_undo(session, "triage", {"number": 7})
            acts.store(session, request=name, action="triage", by="U0DANA", at=NOW, done_at=done_at)
    Retention(database, kept=KEPT).run_once(now=NOW)
    with database.reading() as session:
        assert list(session.scalars(select(Act.request))) == ["slack:young"]


def test_whom_nudges_called_is_forgotten_once_no_figure_counts_it(database: Database) -> None:
    (incident_id,) = incidents(database, 1)
    with database.transaction() as session:
        for name, days in (("nudge:old", 91), ("nudge:young", 89)):
            at = NOW - timedelta(days=days)
            call = NudgeCall(message=name, incident_id=incident_id, called_at=at, priority=Priority.P1)
            nudge_recipients.keep(session, call, ["U0DANA", "U0MIRA"])
    empty(database)
    with database.reading() as session:
        assert set(session.scalars(select(NudgeRecipient.message))) == {"nudge:young"}
