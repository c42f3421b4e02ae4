"""Every way somebody was thought of falsifying the history, and what the audit says to it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from sla_engine.cli.audit_text import as_text
from sla_engine.domain.incidents.events import Responded
from sla_engine.domain.incidents.new_fact import NewFact
from sla_engine.services.audit.audit import MOST_FINDINGS, Audit, AuditReport
from sla_engine.storage import events, incidents
from sla_engine.storage.database import Database
from tests.databases import SqliteDatabases
from tests.note_desk import TOM, Desk, at
from tests.tampering import NOW, audited, behind_the_triggers, microseconds, rehash, tell_a_story

pytestmark = pytest.mark.both_databases


@pytest.fixture(scope="module")
def story(sqlite_databases: SqliteDatabases) -> Iterator[Path]:
    """The file of a database with the story in it, told once."""
    url = sqlite_databases.migrated()
    tell_a_story(url)
    yield Path(url.removeprefix("sqlite:///"))
    sqlite_databases.remove(url)


@pytest.fixture
def told(story: Path, tmp_path: Path) -> str:
    """A copy of the story to falsify."""
    shutil.copyfile(story, tmp_path / "told.db")
    return f"sqlite:///{tmp_path / 'told.db'}"


@pytest.fixture
def story_url(database_url: str) -> str:
    """The story on either database."""
    tell_a_story(database_url)
    return database_url


Falsify = Callable[[Connection], object]


def sql(*statements: str) -> Falsify:
    def falsify(connection: Connection) -> None:
        for statement in statements:
            connection.execute(text(statement))

    return falsify


def answered_later(connection: Connection) -> None:
    """An answer and a resolution at other times, and the whole chain computed anew."""
    later = microseconds(at("mon 13:05") + timedelta(hours=3))
    connection.execute(text("UPDATE event SET occurred_at = :at WHERE id = 14"), {"at": later})
    connection.execute(text("UPDATE event SET occurred_at = :at WHERE id = 15"), {"at": later})
    rehash(connection, 2)


def tail_cut_and_hidden(connection: Connection) -> None:
    """The newest facts of an incident gone, and its row says that the ones before were the last."""
    connection.execute(text("DELETE FROM event WHERE incident_id = 3 AND id > 40"))
    rehash(connection, 3)


def another_fact(connection: Connection) -> None:
    connection.execute(
        text(
            "INSERT INTO event (incident_id, kind, payload, occurred_at, recorded_at, by, payload_sha256, "
            "previous_hash, hash) SELECT incident_id, kind, payload, occurred_at, recorded_at, by, payload_sha256, "
            "previous_hash, hash FROM event WHERE id = 14"
        )
    )


def replaced(connection: Connection) -> None:
    """What SQLite does without a word where recursive triggers are off."""
    connection.execute(
        text(
            'INSERT OR REPLACE INTO event SELECT id, incident_id, kind, \'{"text": "Sorry"}\', occurred_at, '
            "recorded_at, by, unique_key, payload_sha256, previous_hash, hash, source, told_at FROM event WHERE id = 14"
        )
    )


@dataclass(frozen=True)
class Way:
    """One way to falsify, and what the audit must name."""

    falsify: Falsify
    named: str


GONE = "event WHERE incident_id = 2"
WAYS = {
    "a payload": Way(sql('UPDATE event SET payload = \'{"text": "x"}\' WHERE id = 14'), "Event 14 (INC-1002) was cha"),
    "a payload and its hash": Way(
        sql("UPDATE event SET payload = '{}', payload_sha256 = 'x' WHERE id = 14"), "Event 14 (INC-1002) was changed"
    ),
    "a kind": Way(sql("UPDATE event SET kind = 'customer_updated' WHERE id = 14"), "Event 14 (INC-1002) was changed"),
    "who it was": Way(sql("UPDATE event SET by = 'U0EVE' WHERE id = 14"), "Event 14 (INC-1002) was changed"),
    "when it was": Way(
        sql("UPDATE event SET occurred_at = occurred_at - 1 WHERE id = 14"), "Event 14 (INC-1002) was changed"
    ),
    "when it was heard": Way(
        sql("UPDATE event SET recorded_at = recorded_at - 1 WHERE id = 14"), "Event 14 (INC-1002) was changed"
    ),
    "who told it": Way(sql("UPDATE event SET source = 'psa' WHERE id = 14"), "Event 14 (INC-1002) was changed"),
    "that somebody told it": Way(
        sql("UPDATE event SET source = NULL WHERE id = 14"), "Event 14 (INC-1002) was changed"
    ),
    "when it was told": Way(sql("UPDATE event SET told_at = 1 WHERE id = 14"), "Event 14 (INC-1002) was changed"),
    "a name": Way(sql("UPDATE event SET unique_key = 'x' WHERE id = 3"), "Event 3 (INC-1001) was changed"),
    "whose it is": Way(sql("UPDATE event SET incident_id = 3 WHERE id = 14"), "Event 14 (INC-1003) does not follow"),
    "a fact removed": Way(sql("DELETE FROM event WHERE id = 14"), "Event 15 (INC-1002) does not follow the one before"),
    "the newest fact removed": Way(
        sql("DELETE FROM event WHERE id = 15"), "INC-1002: its newest facts are gone, the last one there is event 14."
    ),
    "the tail of every incident": Way(
        sql("DELETE FROM event WHERE id IN (SELECT max(id) FROM event GROUP BY incident_id)"),
        "INC-1003: its newest facts are gone",
    ),
    "a tail, hidden": Way(tail_cut_and_hidden, "Events 41 to 42: missing, although they were recorded."),
    "all facts of an incident": Way(sql(f"DELETE FROM {GONE}"), "INC-1002: its newest facts are gone, none is there."),
    "all facts, hidden": Way(
        sql(f"DELETE FROM {GONE}", "UPDATE incident SET last_hash = NULL WHERE id = 2"), "Events 12 to 15: missing"
    ),
    "an incident": Way(
        sql("DELETE FROM incident WHERE id = 2"), "Events 12 to 15: the incident they belong to (row 2) is gone."
    ),
    "the newest incident": Way(
        sql("DELETE FROM incident WHERE id = 3"), "Events 16 to 42: the incident they belong to (row 3) is gone."
    ),
    "an incident and its facts": Way(
        sql(f"DELETE FROM {GONE}", "DELETE FROM clock WHERE incident_id = 2", "DELETE FROM incident WHERE id = 2"),
        "INC-1002 was opened, and is gone.",
    ),
    "every fact": Way(sql("DELETE FROM event"), "Events 1 to 42: missing, although they were recorded."),
    "every fact and incident": Way(
        sql("DELETE FROM event", "DELETE FROM incident", "DELETE FROM clock"), "INC-1001 was opened, and is gone."
    ),
    "an incident nobody opened": Way(
        sql("UPDATE incident SET key = 'INC-9999' WHERE id = 2"), "INC-9999 has a key that was never given."
    ),
    "a fact put in": Way(another_fact, "Event 43 (INC-1002) does not follow the one before it"),
    "a fact replaced": Way(replaced, "Event 14 (INC-1002) was changed"),
    "a history written anew": Way(
        answered_later, "INC-1002: resolved_at is 2026-02-02 19:00:00, its facts say 2026-02-02 21:05:00."
    ),
    "a breach": Way(
        sql("UPDATE clock SET breached_at = NULL, outcome_at = NULL WHERE incident_id = 1 AND metric = 'resolution'"),
        "INC-1001, resolution (cycle 0): breached_at is empty, facts say 2026-02-03 13:50:00.",
    ),
    "a clock": Way(
        sql("DELETE FROM clock WHERE incident_id = 1 AND metric = 'resolution'"),
        "INC-1001, resolution (cycle 0): its row is missing.",
    ),
    "how long it took": Way(
        sql("UPDATE clock SET elapsed_us = 1 WHERE incident_id = 2 AND metric = 'resolution'"),
        "INC-1002, resolution (cycle 0): elapsed_us is 1, facts say 3600000000.",
    ),
    "an incident's state": Way(
        sql("UPDATE incident SET state = 'resolved' WHERE id = 3"), "INC-1003: state is resolved, its facts say open."
    ),
    "an incident's owner": Way(
        sql("UPDATE incident SET assignee = 'U0EVE' WHERE id = 3"), "INC-1003: assignee is U0EVE, its facts say U0TESS."
    ),
    "an incident's last hash": Way(
        sql("UPDATE incident SET last_hash = 'x' WHERE id = 2"), "INC-1002: its newest facts"
    ),
    "a note": Way(
        sql("UPDATE sla_note SET what_happened = 'Nothing'"), "The SLA note of INC-1001 is not as U0TOM wrote it."
    ),
    "a note's review": Way(
        sql("UPDATE sla_note SET reviewer = 'U0TOM'"), "The SLA note of INC-1001 was accepted by U0MIR"
    ),
    "a note removed": Way(sql("DELETE FROM sla_note"), "The SLA note of INC-1001 was written by U0TOM, and is gone."),
    "a decision": Way(
        sql("UPDATE sop_decision SET reason = 'Because'"), "The SOP decision of INC-1001 is not as U0MIRA made it."
    ),
    "a decision removed": Way(
        sql("DELETE FROM sop_decision"), "The SOP decision of INC-1001 was made by U0MIRA, and is"
    ),
    "an agreement": Way(
        sql("UPDATE agreement_version SET source = replace(source, '15m', '15h') WHERE id = 1"),
        "Agreement version 1 was changed after it was applied.",
    ),
    "an agreement and its hash": Way(
        sql("UPDATE agreement_version SET effective = 0, hash = 'x', source_sha256 = source_sha256 WHERE id = 2"),
        "Agreement version 2 was changed after it was applied.",
    ),
    "an agreement that seems old": Way(
        sql("UPDATE agreement_version SET hash = NULL WHERE id = 2"), "Agreement version 2 does not follow the one"
    ),
    "the newest agreement": Way(
        sql("DELETE FROM agreement_version WHERE id = 2"),
        "The newest agreement versions are gone: 2 were applied, 1 are",
    ),
    "a role": Way(
        sql("UPDATE msp_version SET source = replace(source, 'technician', 'admin')"),
        "People version 1 was changed after it was applied.",
    ),
    "a payload that is no JSON": Way(
        sql("UPDATE event SET payload = '{' WHERE id = 14"), "Event 14 (INC-1002) cannot be read: payload is no JSON."
    ),
    "an instant out of range": Way(
        sql("UPDATE event SET occurred_at = 9223372036854775807 WHERE id = 14"),
        "Event 14 (INC-1002) cannot be read: occurred_at is no instant.",
    ),
    "an instant that is a word": Way(
        sql("UPDATE event SET occurred_at = 'monday' WHERE id = 14"),
        "Event 14 (INC-1002) cannot be read: occurred_at holds str where int belongs.",
    ),
    "an incident that is no JSON": Way(
        sql("UPDATE incident SET paused_for = '{' WHERE id = 2"),
        "The incident row of INC-1002 cannot be read: paused_for is no JSON.",
    ),
    "a priority nobody knows": Way(
        sql("UPDATE incident SET priority = 'P9' WHERE id = 2"), "INC-1002 cannot be measured by the agreement"
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_was_falsified_is_named(told: str, way: str) -> None:
    with behind_the_triggers(told) as connection:
        WAYS[way].falsify(connection)
    found = audited(told)
    assert any(sentence.startswith(WAYS[way].named) for sentence in found), found


def test_a_history_that_nobody_touched_is_whole(story_url: str) -> None:
    assert audited(story_url) == []
    assert audited(story_url, now=NOW + timedelta(days=40)) == []


@pytest.mark.parametrize("act", ["UPDATE event SET by = 'U0EVE'", "DELETE FROM event"])
def test_the_triggers_refuse_what_is_tried_openly(story_url: str, act: str) -> None:
    database = Database(story_url)
    with pytest.raises(DBAPIError, match="append-only"), database.transaction() as session:
        session.execute(text(act))
    database.close()
    assert audited(story_url) == []


@pytest.mark.sqlite_only
def test_a_replaced_row_is_refused_where_our_own_connections_are_used(told: str) -> None:
    database = Database(told)
    with pytest.raises(DBAPIError, match="append-only"), database.transaction() as session:
        replaced(session.connection())
    database.close()


@pytest.mark.postgresql_only
def test_what_is_done_behind_the_triggers_of_a_server_is_named(story_url: str) -> None:
    newest = "(SELECT max(id) FROM event WHERE incident_id = 2)"
    with behind_the_triggers(story_url) as connection:
        sql(
            "UPDATE event SET payload = '{' WHERE id = (SELECT min(id) FROM event WHERE incident_id = 3)",
            f"DELETE FROM event WHERE id = {newest}",
            "UPDATE sla_note SET what_happened = 'Nothing'",
            "UPDATE agreement_version SET source = replace(source, '15m', '15h') WHERE customer = 'Acme Dental'",
        )(connection)
    found = " ".join(audited(story_url))
    for named in ("cannot be read: payload is no JSON", "INC-1002: its newest facts are gone", "agreement version"):
        assert named.casefold() in found.casefold()
    assert "The SLA note of INC-1001 is not as U0TOM wrote it." in found


@pytest.mark.postgresql_only
def test_an_undone_transaction_leaves_a_gap_that_is_no_finding(story_url: str) -> None:
    desk = Desk(story_url)
    with desk.database.transaction() as session:
        record = incidents.lock(session, "INC-1003")
        fact = NewFact(event=Responded(), at=NOW, by=TOM)
        events.append(
            session,
            incident_id=record.id,
            facts=[fact],
            recorded_at=NOW,
            previous_hash=incidents.last_hash(session, record.id),
        )
        session.rollback()
    desk.incidents.respond("INC-1003", text="", by=TOM, now=NOW)
    desk.close()
    assert audited(story_url) == []


@pytest.mark.sqlite_only
def test_what_an_earlier_version_wrote_is_said_to_be_unchained(told: str) -> None:
    with behind_the_triggers(told) as connection:
        sql(
            "UPDATE agreement_version SET hash = NULL, previous_hash = NULL",
            "DELETE FROM setting WHERE name = 'chain:agreement_version'",
            "UPDATE event SET payload = replace(payload, '\"seal\"', '\"sealed\"') WHERE kind = 'note_written'",
        )(connection)
        rehash(connection, 1)
    database = Database(told)
    lines = list(as_text(Audit(database).run(now=NOW)))
    database.close()
    assert lines == [
        "The history is as it was written.",
        "Looked at: 42 facts of 3 incidents.",
        "Not chained, because applied by an earlier version: 2 agreement versions.",
        "Written in an earlier version, whose text may be changed unseen: 1 notes, decisions.",
    ]


@pytest.mark.sqlite_only
def test_rows_that_an_earlier_version_hashed_still_fit(told: str) -> None:
    with behind_the_triggers(told) as connection:
        rehash(connection, 2, names=False)
    database = Database(told)
    report = Audit(database).run(now=NOW)
    database.close()
    assert report.is_whole
    assert report.unnamed_facts == 4


@pytest.mark.sqlite_only
def test_rows_from_before_sources_were_stored_still_fit(told: str) -> None:
    with behind_the_triggers(told) as connection:
        rehash(connection, 2, sources=False)
    database = Database(told)
    report = Audit(database).run(now=NOW)
    database.close()
    assert report.is_whole
    assert report.unnamed_facts == 0


@pytest.mark.sqlite_only
def test_of_many_findings_the_first_hundred_are_told(told: str) -> None:
    with behind_the_triggers(told) as connection:
        sql("UPDATE setting SET value = '{\"next\": 2000}' WHERE name = 'number:incident'")(connection)
    database = Database(told)
    report: AuditReport = Audit(database).run(now=NOW)
    database.close()
    assert len(report.findings) == MOST_FINDINGS
    assert f"… and {996 - MOST_FINDINGS} more." in list(as_text(report))
