"""The triage list: tickets that name no customer of ours, or no incident we have; kept for a person, never dropped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sla_engine.domain.incidents.errors import TriagedSince, UnknownTriage
from sla_engine.domain.incidents.triage import TriageRecord
from sla_engine.storage.tables.intake import Triage

NEW_BY = "new_by"
_HELD = (Triage.settled_at.is_(None), Triage.title == "")
INCIDENT_KEY = "INC-"
"""The beginning of `settled_as` where a ticket became an incident: the incident's key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageDetails:
    """What else is known of an item: when it came (SLA time), its priority, and the incident it has already."""

    came_at: datetime
    priority: str | None = None
    about: str | None = None

    def as_document(self) -> dict[str, str | None]:
        """The details as they are stored."""
        return {"came_at": self.came_at.isoformat(), "priority": self.priority, "about": self.about}


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
    details: TriageDetails,
) -> tuple[TriageRecord, bool]:
    """Keep a delivery under its ticket; answers the row, and whether it newly asks for a person.

    A row that only waits for its ticket to be opened has no title; it asks for a person once it gets one.
    """
    row = session.scalar(_of(source, external_id).with_for_update())
    if row is None:
        new = keep_first(
            session,
            source=source,
            external_id=external_id,
            customer=customer,
            title=title,
            reason=reason,
            delivery=delivery,
            received_at=received_at,
            details=details,
        )
        return new, bool(title)
    asked_before = bool(row.title) and row.settled_at is None
    deliveries = _deliveries_with(row, delivery)
    if title:
        _ask(row, customer=customer, title=title)
        row.payload = {"reason": reason, "deliveries": deliveries} | details.as_document()
    else:
        row.payload = {**row.payload, "deliveries": deliveries}
    session.flush()
    return _record(row), bool(title) and not asked_before


def keep_first(
    session: Session,
    *,
    source: str,
    external_id: str,
    customer: str,
    title: str,
    reason: str,
    delivery: str,
    received_at: datetime,
    details: TriageDetails,
) -> TriageRecord:
    """Keep the first delivery of a ticket, or of an alert's series, which have one row for all of theirs."""
    row = Triage(
        source=source,
        external_id=external_id,
        customer=customer,
        title=title,
        payload={"reason": reason, "deliveries": [delivery]} | details.as_document(),
        received_at=received_at,
    )
    session.add(row)
    session.flush()
    return _record(row)


def add_delivery(session: Session, number: int, delivery: str) -> TriageRecord:
    """Keep one more delivery of a ticket that has a row."""
    row = session.get_one(Triage, number)
    row.payload = {**row.payload, "deliveries": _deliveries_with(row, delivery)}
    session.flush()
    return _record(row)


def _deliveries_with(row: Triage, delivery: str) -> list[str]:
    deliveries: list[str] = row.payload["deliveries"]
    return deliveries if delivery in deliveries else [*deliveries, delivery]


def ask_again(
    session: Session, number: int, *, customer: str, title: str, reason: str, details: TriageDetails
) -> TriageRecord:
    """Let a row that was settled, or waited for its opening, ask for a person."""
    row = session.get_one(Triage, number)
    _ask(row, customer=customer, title=title)
    row.payload = {"deliveries": row.payload["deliveries"], "reason": reason} | details.as_document()
    session.flush()
    return _record(row)


def _ask(row: Triage, *, customer: str, title: str) -> None:
    row.customer = customer
    row.title = title
    row.settled_at = None
    row.settled_as = None


def find(session: Session, *, source: str, external_id: str) -> TriageRecord | None:
    """The row of one ticket or alert, locked until the transaction ends; None when it has none."""
    row = session.scalar(_of(source, external_id).with_for_update())
    return None if row is None else _record(row)


def lock(session: Session, number: int) -> TriageRecord:
    """One row that still waits, locked until the transaction ends.

    Raises: UnknownTriage when none waits under this number.
    """
    row = session.scalar(_asking(number).where(Triage.settled_at.is_(None)))
    if row is None:
        raise UnknownTriage(number)
    return _record(row)


def lock_unplaced(session: Session, number: int) -> TriageRecord:
    """One row that waits, was put aside, or ended before anybody decided; locked until the transaction ends.

    Raises: UnknownTriage when there is none, or it became an incident.
    """
    row = session.scalar(_asking(number))
    if row is None or (row.settled_as or "").startswith(INCIDENT_KEY):
        raise UnknownTriage(number)
    return _record(row)


def find_asking(session: Session, number: int) -> TriageRecord:
    """One row that asks for a person, to be read only.

    Raises: UnknownTriage when none waits under this number.
    """
    row = session.scalar(select(Triage).where(Triage.id == number, Triage.title != "", Triage.settled_at.is_(None)))
    if row is None:
        raise UnknownTriage(number)
    return _record(row)


def waiting(session: Session) -> Sequence[TriageRecord]:
    """The rows that ask for a person, oldest first."""
    wanted = select(Triage).where(Triage.settled_at.is_(None), Triage.title != "")
    return [_record(row) for row in session.scalars(wanted.order_by(Triage.received_at, Triage.id))]


def mark_new(session: Session, number: int, *, by: str) -> None:
    """Keep that a row is a new customer's, who needs an agreement first, and who said so."""
    row = session.get_one(Triage, number)
    row.payload = {**row.payload, NEW_BY: by}
    session.flush()


def held(session: Session) -> Sequence[TriageRecord]:
    """Held tickets, of which something came before their opening, oldest first."""
    return [_record(row) for row in session.scalars(select(Triage).where(*_HELD).order_by(Triage.id))]


def count_held(session: Session, *, before: datetime) -> int:
    """Count the held tickets of which something came before that instant."""
    wanted = select(func.count()).select_from(Triage).where(*_HELD, Triage.received_at < before)
    return session.scalar(wanted) or 0


def count_waiting(session: Session) -> int:
    """Count the rows that ask for a person."""
    wanted = select(func.count()).select_from(Triage).where(Triage.settled_at.is_(None), Triage.title != "")
    return session.scalar(wanted) or 0


def settle(session: Session, number: int, *, settled_as: str, at: datetime) -> None:
    """Settle a row as the key of the incident it became, or as put aside."""
    row = session.get_one(Triage, number)
    row.settled_at, row.settled_as = at, settled_as
    session.flush()


def put_back(session: Session, number: int, *, settled_as: str | None) -> None:
    """Let a row that was settled like this (None: left to wait) ask for a person again, because that was undone.

    Raises: TriagedSince when it was settled otherwise since.
    """
    row = session.get_one(Triage, number, with_for_update=True)
    if row.settled_as != settled_as:
        raise TriagedSince(number, row.settled_as or "")
    row.settled_at = row.settled_as = None
    row.payload = {name: value for name, value in row.payload.items() if name != NEW_BY}
    session.flush()


def _asking(number: int) -> Any:
    return select(Triage).where(Triage.id == number, Triage.title != "").with_for_update()


def _of(source: str, external_id: str) -> Any:
    return select(Triage).where(Triage.source == source, Triage.external_id == external_id)


def _record(row: Triage) -> TriageRecord:
    payload: Mapping[str, Any] = row.payload
    came_at = payload.get("came_at")  # rows from before hold the real time alone
    return TriageRecord(
        id=row.id,
        source=row.source,
        external_id=row.external_id,
        customer=row.customer,
        title=row.title,
        reason=payload["reason"],
        deliveries=tuple(payload["deliveries"]),
        received_at=row.received_at,
        came_at=datetime.fromisoformat(came_at) if came_at else row.received_at,
        settled_at=row.settled_at,
        settled_as=row.settled_as,
        priority=payload.get("priority"),
        about=payload.get("about"),
        new_by=payload.get(NEW_BY),
    )
