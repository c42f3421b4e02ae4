"""The history: facts appended and read, never changed; each row's hash covers the one before it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from sla_engine.domain.errors import UnknownEventKind
from sla_engine.domain.events import STORED_NAMES, Entry, Event, stored_name
from sla_engine.storage.tables import EventRow


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
    session: Session,
    *,
    incident_id: int,
    event: Event,
    at: datetime,
    recorded_at: datetime,
    by: str,
    previous_hash: str | None,
    unique_key: str | None = None,
) -> tuple[Entry, str]:
    """Append one fact; answers it as an entry, and its hash for the next one to cover."""
    payload = to_payload(event)
    payload_sha256 = _sha256(payload)
    header = [
        incident_id,
        stored_name(event),
        at.isoformat(),
        recorded_at.isoformat(),
        by,
        payload_sha256,
        previous_hash,
    ]
    row = EventRow(
        incident_id=incident_id,
        kind=stored_name(event),
        payload=payload,
        occurred_at=at,
        recorded_at=recorded_at,
        by=by,
        unique_key=unique_key,
        payload_sha256=payload_sha256,
        previous_hash=previous_hash,
        hash=_sha256(header),
    )
    session.add(row)
    session.flush()
    return Entry(event=event, at=at, seq=row.id, recorded_at=recorded_at, by=by), row.hash


def known(session: Session, unique_key: str) -> bool:
    """Whether a fact with this key was recorded before."""
    return session.scalar(select(EventRow.id).where(EventRow.unique_key == unique_key)) is not None


def history(session: Session, incident_id: int) -> list[Entry]:
    """An incident's facts in the order they were recorded."""
    rows = session.scalars(select(EventRow).where(EventRow.incident_id == incident_id).order_by(EventRow.id))
    return [
        Entry(
            event=from_payload(row.kind, row.payload),
            at=row.occurred_at,
            seq=row.id,
            recorded_at=row.recorded_at,
            by=row.by,
        )
        for row in rows
    ]


def first_bad_row(session: Session) -> int | None:
    """The id of the first event whose hash does not fit its content or its predecessor; None when all do."""
    last: dict[int, str] = {}
    for row in session.scalars(select(EventRow).order_by(EventRow.id).execution_options(yield_per=1000)):
        header = [
            row.incident_id,
            row.kind,
            row.occurred_at.isoformat(),
            row.recorded_at.isoformat(),
            row.by,
            row.payload_sha256,
            row.previous_hash,
        ]
        fits = row.payload_sha256 == _sha256(row.payload) and row.hash == _sha256(header)
        if not fits or row.previous_hash != last.get(row.incident_id):
            return row.id
        last[row.incident_id] = row.hash
    return None


def _sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
