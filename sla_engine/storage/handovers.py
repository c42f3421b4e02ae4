"""Handovers of the dispatch: who has it since when, and whether they said so."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from sla_engine.domain.escalation.handover import Reminded
from sla_engine.domain.incidents.incident import IncidentState
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.notifications.kinds import from_payload, to_payload
from sla_engine.notifications.shifts import HandoverMessage
from sla_engine.storage.tables.incidents import IncidentRow
from sla_engine.storage.tables.shifts import HandoverRow
from sla_engine.storage.upserts import insert_new

URGENT = (Priority.P1.value, Priority.P2.value)


_NEWEST = select(HandoverRow).order_by(HandoverRow.at.desc(), HandoverRow.message.desc()).limit(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverRecord:
    """One handover as stored; `closed` once nobody has to say any more that they took over."""

    message: str
    taken_by: str
    at: datetime
    shown: HandoverMessage
    edits: int = 0
    reminded: Reminded = Reminded.NOBODY
    closed: bool = False


def add(session: Session, record: HandoverRecord) -> bool:
    """Keep a handover; False when it was kept before."""
    return insert_new(session, HandoverRow, [_columns(record)], key=["message"]) == 1


def newest(session: Session) -> HandoverRecord | None:
    """The last handover; None before the first."""
    row = session.scalar(_NEWEST)
    return None if row is None else _record(row)


def waiting(session: Session) -> HandoverRecord | None:
    """The last handover while the next dispatcher has not said that they have it; None once they have."""
    last = newest(session)
    return None if last is None or last.closed else last


def lock_newest(session: Session) -> HandoverRecord | None:
    """The last handover, locked so that only one transaction at a time follows on it; None before the first."""
    session.scalar(_NEWEST.with_for_update())
    row = session.scalar(_NEWEST.execution_options(populate_existing=True))  # whoever had the lock may have added one
    return None if row is None else _record(row)


def lock(session: Session, message: str) -> HandoverRecord | None:
    """A handover, locked until the transaction ends."""
    row = session.get(HandoverRow, message, with_for_update=True, populate_existing=True)
    return None if row is None else _record(row)


def save(session: Session, record: HandoverRecord) -> None:
    """Store a handover as it is now."""
    session.execute(
        update(HandoverRow).where(HandoverRow.message == record.message).values(**_columns(record)),
        execution_options={"synchronize_session": False},
    )


def to_know(session: Session, *, now: datetime) -> list[int]:
    """The open incidents that whoever dispatches next must know of: P1 and P2, promised, snoozed, answered."""
    notable = or_(
        IncidentRow.priority.in_(URGENT),
        IncidentRow.promise.is_not(None),
        IncidentRow.snoozed_until > now,
        IncidentRow.customer_waits_since.is_not(None),
    )
    return list(session.scalars(_open().where(notable).order_by(IncidentRow.priority, IncidentRow.id)))


def pressing(session: Session) -> list[int]:
    """The open incidents of P1 and P2, and those with a promise."""
    urgent = or_(IncidentRow.priority.in_(URGENT), IncidentRow.promise.is_not(None))
    return list(session.scalars(_open().where(urgent)))


def _open() -> Select[int]:
    return select(IncidentRow.id).where(IncidentRow.state == IncidentState.OPEN.value, IncidentRow.replayed.is_(False))


def _columns(record: HandoverRecord) -> dict[str, object]:
    return {
        "message": record.message,
        "taken_by": record.taken_by,
        "at": record.at,
        "shown": to_payload(record.shown),
        "edits": record.edits,
        "reminded": int(record.reminded),
        "closed": record.closed,
    }


def _record(row: HandoverRow) -> HandoverRecord:
    shown = from_payload("handover", row.shown)
    if not isinstance(shown, HandoverMessage):
        message = f"handover {row.message} holds {type(shown).__name__}"
        raise TypeError(message)
    return HandoverRecord(
        message=row.message,
        taken_by=row.taken_by,
        at=row.at,
        shown=shown,
        edits=row.edits,
        reminded=Reminded(row.reminded),
        closed=row.closed,
    )
