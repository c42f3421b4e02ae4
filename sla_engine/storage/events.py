"""The history: facts appended and read, never changed; each row's hash covers the one before it."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, cast

import structlog
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, Select, Table, insert, literal_column, select
from sqlalchemy.orm import Session

from sla_engine.domain.incidents.errors import UnknownEventKind
from sla_engine.domain.incidents.events import Event, Undone
from sla_engine.domain.incidents.history import SLACK, Entry, in_effect
from sla_engine.domain.incidents.new_fact import NewFact
from sla_engine.domain.incidents.stored_names import STORED_NAMES, stored_name
from sla_engine.domain.time.instants import utc
from sla_engine.storage.incidents import KEY_PREFIX
from sla_engine.storage.tables.incidents import EventRow
from sla_engine.storage.written import written_in

log = structlog.get_logger(__name__)

_COLUMNS = list(EventRow.__table__.columns.keys())


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(STORED_NAMES[kind])


def to_payload(event: Event) -> dict[str, Any]:
    """The fact's fields as a JSON-ready document."""
    payload: dict[str, Any] = _adapter(stored_name(event)).dump_python(event, mode="json")
    return payload


def from_payload(kind: str, payload: Mapping[str, Any]) -> Event:
    """The fact that was stored under `kind`; fields it does not know are ignored.

    Raises: UnknownEventKind when no fact has that name.
    """
    if kind not in STORED_NAMES:
        raise UnknownEventKind(kind)
    event: Event = _adapter(kind).validate_python(payload)
    return event


def append(
    session: Session, *, incident_id: int, facts: Sequence[NewFact], recorded_at: datetime, previous_hash: str | None
) -> tuple[list[Entry], str | None]:
    """Append facts in their order; answers their entries, and the last hash, which the next fact covers."""
    rows: list[dict[str, Any]] = []
    recorded_at = utc(recorded_at, "recorded_at")  # rows are read back in UTC, and the hash covers what is read
    for fact in facts:
        row = _row(incident_id, fact, recorded_at=recorded_at, previous_hash=previous_hash)
        previous_hash = row["hash"]
        rows.append(row)
    if not rows:
        return [], previous_hash
    numbers = _insert(session, rows)
    written_in(session).add_facts(incident_id, [number for number, fact in zip(numbers, facts, strict=True) if fact.by])
    entries = [
        Entry(
            event=fact.event,
            at=row["occurred_at"],
            seq=number,
            recorded_at=recorded_at,
            by=fact.by,
            source=fact.source,
            received_at=row["told_at"],
        )
        for number, fact, row in zip(numbers, facts, rows, strict=True)
    ]
    return entries, previous_hash


def _insert(session: Session, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Store rows in one statement; answers their numbers, which follow the chain."""
    table = cast("Table", EventRow.__table__)  # a mapped class would insert facts with and without a name apart
    inserted = session.execute(insert(table).returning(table.c.hash, table.c.id), rows)
    by_hash = {row.hash: row.id for row in inserted}
    numbers = [by_hash[row["hash"]] for row in rows]
    if numbers != sorted(numbers):  # histories are read in the order of their numbers
        message = f"facts were numbered {numbers}, against the order of their hashes"
        raise RuntimeError(message)
    return numbers


def _row(incident_id: int, fact: NewFact, *, recorded_at: datetime, previous_hash: str | None) -> dict[str, Any]:
    occurred_at = utc(fact.at, "at")
    payload = to_payload(fact.event)
    payload_sha256 = _sha256(payload)
    kind = stored_name(fact.event)
    row = {
        "incident_id": incident_id,
        "kind": kind,
        "payload": payload,
        "occurred_at": occurred_at,
        "recorded_at": recorded_at,
        "by": fact.by,
        "unique_key": fact.unique_key,
        "payload_sha256": payload_sha256,
        "previous_hash": previous_hash,
        "source": fact.source,
        "told_at": None if fact.received_at is None else utc(fact.received_at, "told_at"),
    }
    return row | {"hash": _sha256(_header(row))}


def _header(row: Mapping[str, Any]) -> list[Any]:
    """The values that a row's hash covers; rows from before sources were stored end with the unique key."""
    header = [
        row["incident_id"],
        row["kind"],
        row["occurred_at"].isoformat(),
        row["recorded_at"].isoformat(),
        row["by"],
        row["payload_sha256"],
        row["previous_hash"],
        row["unique_key"],
    ]
    if row["source"] is None and row["told_at"] is None:
        return header
    told_at = None if row["told_at"] is None else row["told_at"].isoformat()
    return [*header, row["source"], told_at]


def known(session: Session, unique_key: str) -> bool:
    """Whether a fact with this unique key is recorded."""
    return bool(known_among(session, [unique_key]))


def known_among(session: Session, unique_keys: Collection[str]) -> set[str]:
    """The keys among these under which facts are recorded."""
    if not unique_keys:
        return set()
    recorded = session.scalars(select(EventRow.unique_key).where(EventRow.unique_key.in_(unique_keys)))
    return {key for key in recorded if key is not None}


def history(session: Session, incident_id: int) -> list[Entry]:
    """An incident's facts in the order they were recorded.

    A fact that this version cannot read, because a newer one wrote it, is skipped and logged: it stays stored, and the
    incident can still be worked on.
    """
    return histories(session, [incident_id])[incident_id]


def history_and_keys(session: Session, incident_id: int) -> tuple[list[Entry], set[str]]:
    """An incident's history, and the unique keys of all its facts, also of those that cannot be read."""
    rows = session.scalars(select(EventRow).where(EventRow.incident_id == incident_id).order_by(EventRow.id)).all()
    entries = [entry for entry in map(_entry, rows) if entry is not None]
    return entries, {row.unique_key for row in rows if row.unique_key is not None}


def histories(session: Session, incident_ids: Collection[int]) -> dict[int, list[Entry]]:
    """The facts of several incidents, each in the order they were recorded; those that cannot be read are skipped."""
    return _by_incident(session, incident_ids, select(EventRow))


def of_kind(session: Session, incident_ids: Collection[int], *kinds: type[Event]) -> dict[int, list[Entry]]:
    """The facts of these kinds, by incident, in the order they were recorded; those that cannot be read are skipped.

    Undone ones are left out, unless the undoing itself is asked for.
    """
    names = [name for name, kind in STORED_NAMES.items() if kind in (*kinds, Undone)]
    by_incident = _by_incident(session, incident_ids, select(EventRow).where(EventRow.kind.in_(names)))
    if Undone in kinds:
        return by_incident
    return {
        number: [entry for entry in in_effect(entries) if isinstance(entry.event, kinds)]
        for number, entries in by_incident.items()
    }


def incidents_with(session: Session, kind: type[Event], *, since: datetime, until: datetime) -> list[int]:
    """Row ids of the incidents to which a fact of this kind happened in `[since, until)`, in their order."""
    # A constant of ours, not a parameter: only then does SQLite use the index that holds these facts alone.
    names = [name for name, event in STORED_NAMES.items() if event is kind]
    wanted = select(EventRow.incident_id).where(
        EventRow.kind == literal_column(f"'{names[0]}'"), EventRow.occurred_at >= since, EventRow.occurred_at < until
    )
    return sorted(set(session.scalars(wanted)))


def undone_numbers(session: Session, *among: ColumnElement[bool]) -> set[int]:
    """The numbers of the facts that the undoings among these rows take back; an undone undoing takes back nothing."""
    # A constant of ours, not a parameter: only then does SQLite use the index that holds undoings alone.
    is_undoing = EventRow.kind == literal_column("'undone'")
    undone: set[int] = set()
    rows = select(EventRow.id, EventRow.payload).where(is_undoing, *among).order_by(EventRow.id.desc())
    for number, payload in session.execute(rows):
        if number not in undone:
            undone.update(payload["facts"])
    return undone


def _by_incident(session: Session, incident_ids: Collection[int], wanted: Select[EventRow]) -> dict[int, list[Entry]]:
    by_incident: dict[int, list[Entry]] = {number: [] for number in incident_ids}
    for row in session.scalars(wanted.where(EventRow.incident_id.in_(by_incident)).order_by(EventRow.id)):
        entry = _entry(row)
        if entry is not None:
            by_incident[row.incident_id].append(entry)
    return by_incident


def _entry(row: EventRow) -> Entry | None:
    try:
        return _read_entry({name: getattr(row, name) for name in _COLUMNS})
    except (UnknownEventKind, ValidationError) as unreadable:
        log.warning(
            "a fact cannot be read and is passed over", row=row.id, kind=row.kind, why=type(unreadable).__name__
        )
        return None


def _source(stored: str | None, unique_key: str | None, by: str) -> str:
    """The source of a fact; before sources were stored, a fact's unique key began with it.

    Empty for a fact that follows from others, whose key begins with its incident's; a person's act in Slack may have no
    key.
    """
    if stored is not None:
        return stored
    if unique_key is None:
        return SLACK if by else ""
    source = unique_key.partition(":")[0]
    return "" if source.startswith(KEY_PREFIX) else source


def newest_recorded(session: Session) -> datetime | None:
    """The instant at which the newest fact was recorded; None before the first."""
    return session.scalar(select(EventRow.recorded_at).order_by(EventRow.id.desc()).limit(1))


class Fit(StrEnum):
    """The result of comparing a stored row with its hash."""

    WHOLE = "whole"
    WITHOUT_KEY = "without_key"
    """The row is whole, but its hash is from before hashes covered the unique key."""
    NOT = "not"


def fit(row: Mapping[str, Any]) -> Fit:
    """Compare a row, its columns converted to what they mean, with its hash."""
    header = _header(row)
    if row["payload_sha256"] != _sha256(row["payload"]):
        return Fit.NOT
    if row["hash"] == _sha256(header):
        return Fit.WHOLE
    is_old = row["source"] is None and row["told_at"] is None
    return Fit.WITHOUT_KEY if is_old and row["hash"] == _sha256(header[:-1]) else Fit.NOT


def entry_of(row: Mapping[str, Any]) -> Entry | None:
    """The fact in a row whose columns are converted to what they mean; None when this version cannot read it."""
    try:
        return _read_entry(row)
    except (UnknownEventKind, ValidationError):
        return None


def _read_entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        event=from_payload(row["kind"], row["payload"]),
        at=row["occurred_at"],
        seq=row["id"],
        recorded_at=row["recorded_at"],
        by=row["by"],
        source=_source(row["source"], row["unique_key"], row["by"]),
        received_at=row["told_at"],
    )


def _sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
