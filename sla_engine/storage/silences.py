"""Times in which somebody did not react, each noticed once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sla_engine.notifications.kinds import from_payload, to_payload
from sla_engine.notifications.shifts import SilenceMessage, SilenceState
from sla_engine.storage.tables.shifts import SilenceRow
from sla_engine.storage.upserts import insert_new

_NOT_ANSWERED = (SilenceState.LASTING, SilenceState.ACTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceRecord:
    """One silence of a person: its message, what that shows now, how often it was edited, and whether it is over."""

    message: str
    person: str
    noticed_at: datetime
    shown: SilenceMessage
    edits: int = 0
    settled_at: datetime | None = None


def add(session: Session, record: SilenceRecord) -> bool:
    """Keep a silence that is noticed now; False when it was noticed before."""
    return insert_new(session, SilenceRow, [_columns(record)], key=["message"]) == 1


def lasting(session: Session) -> list[SilenceRecord]:
    """The silences that are not over."""
    rows = session.scalars(select(SilenceRow).where(SilenceRow.settled_at.is_(None)).order_by(SilenceRow.noticed_at))
    return [_record(row) for row in rows]


def lasting_of(session: Session, person: str) -> SilenceRecord | None:
    """The silence of a person that is not over, locked until the transaction ends."""
    wanted = select(SilenceRow).where(SilenceRow.person == person, SilenceRow.settled_at.is_(None))
    row = session.scalars(wanted.order_by(SilenceRow.noticed_at.desc()).with_for_update()).first()
    return None if row is None else _record(row)


def last_answered(session: Session, person: str) -> datetime | None:
    """When a silence of this person ended last by something else than an act of theirs: it counts anew from then."""
    wanted = select(SilenceRow.settled_at).where(SilenceRow.person == person, SilenceRow.answered.is_(True))
    return session.scalar(wanted.order_by(SilenceRow.settled_at.desc()).limit(1))


def show(session: Session, record: SilenceRecord, *, edits_before: int) -> bool:
    """Store what the message shows now; False when somebody else changed it since it was read."""
    is_as_read = SilenceRow.message == record.message, SilenceRow.edits == edits_before
    changed = update(SilenceRow).where(*is_as_read).values(**_columns(record)).returning(SilenceRow.message)
    return session.scalar(changed) is not None


def _columns(record: SilenceRecord) -> dict[str, object]:
    return {
        "message": record.message,
        "person": record.person,
        "noticed_at": record.noticed_at,
        "shown": to_payload(record.shown),
        "edits": record.edits,
        "settled_at": record.settled_at,
        "answered": record.shown.state not in _NOT_ANSWERED,
    }


def _record(row: SilenceRow) -> SilenceRecord:
    shown = from_payload("silence", row.shown)
    if not isinstance(shown, SilenceMessage):
        message = f"silence {row.message} holds {type(shown).__name__}"
        raise TypeError(message)
    return SilenceRecord(
        message=row.message,
        person=row.person,
        noticed_at=row.noticed_at,
        shown=shown,
        edits=row.edits,
        settled_at=row.settled_at,
    )
