"""Timers: one row per duty saying "look at this at that instant" (SLA time); finding what is due costs O(due)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from sla_engine.storage.tables import Incident, Timer


class Duty(StrEnum):
    """What the sweep looks at when a timer is due."""

    CLOCK = "clock"
    PROMISE = "promise"
    PAUSE = "pause"
    NOTE = "note"
    REVIEW = "review"
    SOP = "sop"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class DueTimer:
    """A timer whose instant has come; `subject` says which clock, note or week."""

    duty: Duty
    subject: str
    incident_id: int | None
    due: datetime


def arm(session: Session, duty: Duty, subject: str, due: datetime | None, *, incident_id: int | None = None) -> None:
    """Set when to look next; None disarms."""
    row = session.scalar(select(Timer).where(Timer.duty == duty.value, Timer.subject == subject))
    if row is not None:
        row.due = due
    elif due is not None:
        session.add(Timer(duty=duty.value, subject=subject, due=due, incident_id=incident_id))
    session.flush()


def arm_incident(session: Session, incident_id: int, looks: Mapping[tuple[Duty, str], datetime | None]) -> None:
    """The same for several duties of one incident at once."""
    rows = session.scalars(select(Timer).where(Timer.incident_id == incident_id))
    known = {(Duty(row.duty), row.subject): row for row in rows}
    for (duty, subject), due in looks.items():
        if (duty, subject) in known:
            known[duty, subject].due = due
        elif due is not None:
            session.add(Timer(duty=duty.value, subject=subject, due=due, incident_id=incident_id))
    session.flush()


def disarm_incident(session: Session, incident_id: int, *, duties: tuple[Duty, ...]) -> None:
    """Stop looking at these duties of an incident."""
    names = [duty.value for duty in duties]
    session.execute(update(Timer).where(Timer.incident_id == incident_id, Timer.duty.in_(names)).values(due=None))


def due_for(session: Session, duty: Duty, subject: str) -> datetime | None:
    """When this duty is looked at next; None when it is unarmed."""
    return session.scalar(select(Timer.due).where(Timer.duty == duty.value, Timer.subject == subject))


def claim_due(session: Session, *, now: datetime, limit: int) -> list[DueTimer]:
    """Lock and take what is due, oldest first; each must be re-armed or disarmed. A full claim may exceed `limit`.

    An incident's row is locked before its timers, as people's acts lock them; one that somebody else works on is left
    due for the next look, so that nobody ever waits for two rows at once.
    """
    free = session.scalars(
        select(Incident.id)
        .join(Timer, Timer.incident_id == Incident.id)
        .where(Timer.due.is_not(None), Timer.due <= now)
        .order_by(Timer.due)
        .limit(limit)
        .with_for_update(of=Incident, skip_locked=True)
    ).all()
    rows = session.scalars(
        select(Timer)
        .where(Timer.due.is_not(None), Timer.due <= now)
        .where(Timer.incident_id.in_(set(free)) | Timer.incident_id.is_(None))
        .order_by(Timer.due, Timer.id)
        .with_for_update(skip_locked=True)
    ).all()
    taken = [DueTimer(Duty(row.duty), row.subject, row.incident_id, row.due) for row in rows if row.due is not None]
    for row in rows:
        row.due = None
    session.flush()
    return taken


def next_due(session: Session) -> datetime | None:
    """The earliest armed instant."""
    return session.scalar(select(func.min(Timer.due)).where(Timer.due.is_not(None)))
