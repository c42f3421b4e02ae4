"""A small history worth falsifying, and hands that reach behind the triggers of either database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, create_engine, text

from sla_engine.cli.audit_text import sentence
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.services.agreements import agreement_files
from sla_engine.services.audit.audit import Audit
from sla_engine.storage.database import Database
from tests.note_desk import EXAMPLES, MIRA, TESS, TOM, Desk, at

NOW = at("mon 14:00", week=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def tell_a_story(url: str) -> None:
    """INC-1001: missed, noted, reviewed and decided on. INC-1002: answered in time. INC-1003: open, somebody's."""
    desk = Desk(url)
    files = [EXAMPLES / "agreements" / "beta-logistics.yaml"]
    agreement_files.apply(desk.database, files, by="test", now=at("mon 08:00"))
    first = desk.written(at("mon 10:00"))
    desk.notes.accept(first, by=MIRA, now=at("mon 11:00"))
    desk.sops.decide(first, by=MIRA, decision="none", reason="It happened once", now=at("mon 12:00"))
    second = desk.open(at("mon 13:00"), title="Printer")
    desk.incidents.respond(second, text="On it", by=TOM, now=at("mon 13:05"))
    desk.incidents.resolve(second, text="Paper", by=TOM, now=at("mon 14:00"))
    third = desk.open(at("mon 15:00"), priority=Priority.P3, title="Phone", owner=None)
    desk.incidents.assign(third, to=TESS, by=MIRA, now=at("mon 15:01"))
    desk.look(NOW)
    desk.close()


def audited(url: str, *, now: datetime = NOW) -> list[str]:
    """What an audit says, a sentence each."""
    database = Database(url)
    report = Audit(database).run(now=now)
    database.close()
    return [sentence(finding) for finding in report.findings]


@contextmanager
def behind_the_triggers(url: str) -> Iterator[Connection]:
    """A connection that no trigger and no foreign key stops."""
    engine = create_engine(url)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            triggers = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
            for name in triggers:
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET session_replication_role = replica"))
        yield connection
        connection.commit()
    engine.dispose()


def microseconds(at: datetime) -> int:
    """An instant as it is stored."""
    return (at - EPOCH) // timedelta(microseconds=1)


def rehash(connection: Connection, incident_id: int, *, names: bool = True, sources: bool = True) -> None:
    """Compute an incident's chain anew, as somebody can who knows how.

    Without `sources` as before they were stored, without `names` as the first version did.
    """
    previous: str | None = None
    if not (names and sources):
        wanted = text("UPDATE event SET source = NULL, told_at = NULL WHERE incident_id = :id")
        connection.execute(wanted, {"id": incident_id})
    rows = connection.execute(
        text("SELECT * FROM event WHERE incident_id = :id ORDER BY id"), {"id": incident_id}
    ).mappings()
    for row in rows.all():
        payload_sha256 = _sha256(json.loads(row["payload"]))
        header = _header(dict(row), payload_sha256, previous)
        digest = _sha256(header if names else header[:-1])
        values = {"payload": payload_sha256, "previous": previous, "hash": digest, "id": row["id"]}
        connection.execute(
            text("UPDATE event SET payload_sha256 = :payload, previous_hash = :previous, hash = :hash WHERE id = :id"),
            values,
        )
        previous = digest
    connection.execute(
        text("UPDATE incident SET last_hash = :hash WHERE id = :id"), {"hash": previous, "id": incident_id}
    )


def _header(row: Mapping[str, Any], payload_sha256: str, previous: str | None) -> list[Any]:
    occurred, recorded = (
        (EPOCH + timedelta(microseconds=row[name])).isoformat() for name in ("occurred_at", "recorded_at")
    )
    header = [
        row["incident_id"], row["kind"], occurred, recorded, row["by"], payload_sha256, previous, row["unique_key"],
    ]  # fmt: skip
    if row["source"] is None:
        return header
    told = row["told_at"]
    return [*header, row["source"], told and (EPOCH + timedelta(microseconds=told)).isoformat()]


def _sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
