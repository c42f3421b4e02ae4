"""What came in and names no customer of ours, or no incident we have: kept for a person, never dropped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sla_engine.domain.errors import UnknownTriage
from sla_engine.storage.tables import Triage


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageRecord:
    """One thing to decide on; `deliveries` are the ids of the inbox rows that told of it, oldest first."""

    id: int
    source: str
    external_id: str
    customer: str
    title: str
    reason: str
    deliveries: tuple[str, ...]
    received_at: datetime
    settled_at: datetime | None
    settled_as: str | None


def keep(
    session: Session,
    *,
    source: str,
    external_id: str,
    customer: str,
    title: str,
    reason: str,
    delivery: str,
    received_at: datetime,
) -> tuple[TriageRecord, bool]:
    """Keep a delivery under its ticket; answers the row, and whether it newly asks for a person.

    A row that only waits for its ticket to be opened has no title; it asks for a person once it gets one.
    """
    row = session.scalar(_of(source, external_id).with_for_update())
    if row is None:
        row = Triage(
            source=source,
            external_id=external_id,
            customer=customer,
            title=title,
            payload={"reason": reason, "deliveries": [delivery]},
            received_at=received_at,
        )
        session.add(row)
        session.flush()
        return _record(row), bool(title)
    newly = bool(title) and (not row.title or row.settled_at is not None)
    if title:
        row.customer, row.title, row.settled_at, row.settled_as = customer, title, None, None
    told: list[str] = row.payload["deliveries"]
    told = told if delivery in told else [*told, delivery]
    row.payload = {"reason": reason if title else row.payload["reason"], "deliveries": told}
    session.flush()
    return _record(row), newly


def find(session: Session, *, source: str, external_id: str) -> TriageRecord | None:
    """What is kept for one ticket."""
    row = session.scalar(_of(source, external_id))
    return None if row is None else _record(row)


def lock(session: Session, number: int) -> TriageRecord:
    """One row that still waits, locked until the transaction ends.

    Raises: UnknownTriage when none waits under this number.
    """
    row = session.scalar(select(Triage).where(Triage.id == number, Triage.settled_at.is_(None)).with_for_update())
    if row is None:
        raise UnknownTriage(number)
    return _record(row)


def waiting(session: Session, *, limit: int) -> Sequence[TriageRecord]:
    """What asks for a person, oldest first."""
    wanted = select(Triage).where(Triage.settled_at.is_(None), Triage.title != "")
    return [_record(row) for row in session.scalars(wanted.order_by(Triage.received_at, Triage.id).limit(limit))]


def settle(session: Session, number: int, *, settled_as: str, at: datetime) -> None:
    """It became an incident (its key), or was put aside."""
    row = session.get_one(Triage, number)
    row.settled_at, row.settled_as = at, settled_as
    session.flush()


def _of(source: str, external_id: str) -> Any:
    return select(Triage).where(Triage.source == source, Triage.external_id == external_id)


def _record(row: Triage) -> TriageRecord:
    kept: Mapping[str, Any] = row.payload
    return TriageRecord(
        id=row.id,
        source=row.source,
        external_id=row.external_id,
        customer=row.customer,
        title=row.title,
        reason=kept["reason"],
        deliveries=tuple(kept["deliveries"]),
        received_at=row.received_at,
        settled_at=row.settled_at,
        settled_as=row.settled_as,
    )
