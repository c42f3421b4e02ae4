"""The history as stored: what comes back is what was told, and tampering shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from sla_engine.domain.incidents.errors import UnknownEventKind
from sla_engine.domain.incidents.events import Paused, Responded
from sla_engine.domain.incidents.new_fact import NewFact
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.incidents.stored_names import stored_name
from sla_engine.domain.upkeep.integrity import Fault
from sla_engine.services.audit.audit import Audit
from sla_engine.storage import events, incidents
from sla_engine.storage.tables.incidents import EventRow
from tests.note_desk import Desk, at

pytestmark = pytest.mark.both_databases

BERLIN = ZoneInfo("Europe/Berlin")
NOON = at("mon 12:00")


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


@pytest.fixture
def key(desk: Desk) -> str:
    return desk.open(at("mon 09:00"))


def tell(desk: Desk, key: str, *facts: NewFact, recorded_at: datetime = NOON) -> None:
    with desk.database.transaction() as session:
        record = incidents.lock(session, key)
        events.append(
            session,
            incident_id=record.id,
            facts=facts,
            recorded_at=recorded_at,
            previous_hash=incidents.last_hash(session, record.id),
        )


def unfit(desk: Desk) -> list[str]:
    """Events that do not fit their hash, or do not follow the one before."""
    found = Audit(desk.database).run(now=NOON).findings
    return [each.where for each in found if each.fault in (Fault.FACT_CHANGED, Fault.FACT_OUT_OF_PLACE)]


def test_a_fact_told_in_another_zone_is_no_tampering(desk: Desk, key: str) -> None:
    tell(
        desk,
        key,
        NewFact(event=Responded(text="On it"), at=NOON.astimezone(BERLIN), by="U0TOM"),
        NewFact(event=Paused(reason=PauseReason.VENDOR, until=NOON.astimezone(BERLIN)), at=NOON, by="U0TOM"),
        recorded_at=NOON.astimezone(BERLIN),
    )
    assert unfit(desk) == []


def test_a_fact_is_read_as_it_was_told_and_its_instants_in_utc(desk: Desk, key: str) -> None:
    told = Paused(reason=PauseReason.VENDOR, until=NOON + timedelta(hours=1), text="Ordered <!channel>")
    with desk.database.transaction() as session:
        record = incidents.lock(session, key)
        fact = NewFact(event=told, at=NOON.astimezone(BERLIN), by="U0TOM")
        (entry,), _ = events.append(
            session,
            incident_id=record.id,
            facts=[fact],
            recorded_at=NOON,
            previous_hash=incidents.last_hash(session, record.id),
        )
    with desk.database.reading() as session:
        *_, found = events.history(session, incidents.find(session, key).id)
    assert found == entry
    assert (found.event, found.at, found.at.tzinfo, found.by) == (told, NOON, UTC, "U0TOM")


def test_an_instant_without_a_zone_is_refused(desk: Desk, key: str) -> None:
    fact = NewFact(event=Responded(), at=NOON.replace(tzinfo=None), by="U0TOM")
    with pytest.raises(ValueError, match="naive"):
        tell(desk, key, fact)


@pytest.mark.parametrize("statement", ["UPDATE event SET by = 'U0EVE'", "DELETE FROM event"])
def test_history_refuses_to_be_changed(desk: Desk, key: str, statement: str) -> None:
    assert key
    with pytest.raises(DBAPIError), desk.database.transaction() as session:
        session.execute(text(statement))


@pytest.mark.sqlite_only
def test_whoever_gets_around_the_triggers_is_found_out(desk: Desk, key: str) -> None:
    tell(desk, key, NewFact(event=Responded(text="On it"), at=NOON, by="U0TOM"))
    with desk.database.transaction() as session:
        names = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
        for name in names:
            session.execute(text(f"DROP TRIGGER {name}"))
        newest = session.scalars(text("SELECT max(id) FROM event")).one()
        session.execute(update(EventRow).where(EventRow.id == newest).values(by="U0EVE"))
    assert unfit(desk) == [f"event {newest} (INC-1001)"]


def test_a_row_that_does_not_follow_the_one_before_is_found_out(desk: Desk, key: str) -> None:
    with desk.database.transaction() as session:
        record = incidents.lock(session, key)
        fact = NewFact(event=Responded(), at=NOON, by="U0EVE")
        (entry,), _ = events.append(
            session, incident_id=record.id, facts=[fact], recorded_at=NOON, previous_hash="0" * 64
        )
    assert unfit(desk) == [f"event {entry.seq} (INC-1001)"]


def test_nothing_to_append_leaves_the_last_hash(desk: Desk, key: str) -> None:
    with desk.database.transaction() as session:
        record = incidents.lock(session, key)
        last_hash = incidents.last_hash(session, record.id)
        nothing = events.append(session, incident_id=record.id, facts=[], recorded_at=NOON, previous_hash=last_hash)
    assert nothing == ([], last_hash)


def test_a_kind_nobody_knows_is_refused() -> None:
    with pytest.raises(UnknownEventKind):
        events.from_payload("moved_to_the_moon", {})


def test_the_newest_recording_is_known(desk: Desk, key: str) -> None:
    tell(desk, key, NewFact(event=Responded(), at=at("mon 10:00"), by="U0TOM"), recorded_at=at("mon 11:00"))
    with desk.database.reading() as session:
        assert events.newest_recorded(session) == at("mon 11:00")


def stored_by_a_newer_version(desk: Desk, key: str, kind: str, payload: dict[str, str]) -> None:
    """A row whose fact this version does not know, chained as its writer would have chained it."""
    with desk.database.transaction() as session:
        record = incidents.lock(session, key)
        fact = NewFact(event=Responded(text="x"), at=at("mon 09:30"), by="U0TOM")
        row = events._row(record.id, fact, recorded_at=NOON, previous_hash=incidents.last_hash(session, record.id))
        session.add(EventRow(**row | {"kind": kind, "payload": payload}))


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("moved_to_the_moon", {"why": "cheese"}),
        ("paused", {"reason": "a reason of tomorrow"}),
        ("priority_set", {"priority": "P0"}),
        ("breached", {}),
    ],
)
def test_a_fact_that_this_version_cannot_read_is_passed_over_and_the_incident_can_be_worked_on(
    desk: Desk, key: str, kind: str, payload: dict[str, str]
) -> None:
    stored_by_a_newer_version(desk, key, kind, payload)
    with desk.database.reading() as session:
        known = events.history(session, incidents.find(session, key).id)
    assert [stored_name(entry.event) for entry in known] == ["opened", "assigned"]
    desk.look(NOON)
    assert desk.incidents.resolve(key, text="", by="U0TOM", now=NOON).state == "resolved"
