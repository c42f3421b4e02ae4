"""Reads the incidents that missed a target, each at its first one, with what its note gives as the reason."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sla_engine.domain.incidents.reasons import BreachReason
from sla_engine.storage.counted_clocks import COUNTED, COUNTS, OF_INCIDENT, PeriodEdges, missed_in
from sla_engine.storage.tables.incidents import Clock, IncidentRow
from sla_engine.storage.tables.notes import SlaNote


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstMiss:
    """An incident that missed a target; `missed_at` is its first breach that counts."""

    incident_id: int
    customer: str
    service: str | None
    title: str
    reason: BreachReason | None
    missed_at: datetime
    sops: frozenset[str] = frozenset()
    followed: frozenset[str] = frozenset()


def first_missed_in(session: Session, span: PeriodEdges) -> list[FirstMiss]:
    """The incidents with their first breach in the span, by that."""
    start, end = span
    touched = select(Clock.incident_id).join(IncidentRow, OF_INCIDENT).where(*missed_in(span))
    first = func.min(Clock.breached_at)
    rows = session.execute(
        select(IncidentRow.id, IncidentRow.customer, IncidentRow.service, IncidentRow.title, SlaNote.reason, first)
        .join(Clock, OF_INCIDENT)
        .outerjoin(SlaNote, SlaNote.incident_id == IncidentRow.id)
        .where(COUNTS, COUNTED, Clock.breached_at.is_not(None), IncidentRow.id.in_(touched))
        .group_by(IncidentRow.id, SlaNote.reason)
        .having(first >= start, first < end)
        .order_by(first, IncidentRow.id)
    )
    return [
        FirstMiss(
            incident_id=incident_id,
            customer=customer,
            service=service,
            title=title,
            reason=None if reason is None else BreachReason(reason),
            missed_at=missed_at,
        )
        for incident_id, customer, service, title, reason, missed_at in rows
        if missed_at is not None
    ]


def known_from(session: Session) -> datetime | None:
    """When the first incident was opened; None while there is none."""
    return session.scalar(select(func.min(IncidentRow.opened_at)).where(COUNTED))
