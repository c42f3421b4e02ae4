"""Timers: one row per duty saying "look at this at that instant" (SLA time); finding what is due costs O(due)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select, tuple_, update
from sqlalchemy.orm import Session

from sla_engine.storage.tables import IncidentRow, Timer


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
    """A timer whose instant has come; `subject` says which clock, note or week. `duty` is as it was stored."""

    id: int
    duty: str
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


def due_for(session: Session, duty: Duty, subject: str) -> datetime | None:
    """When this duty is looked at next; None when it is unarmed."""
    return session.scalar(select(Timer.due).where(Timer.duty == duty.value, Timer.subject == subject))


def due_by(session: Session, *, now: datetime, after: DueTimer | None, limit: int) -> list[DueTimer]:
    """What is due at `now`, oldest first, beyond `after`; nothing is locked yet."""
    wanted = select(Timer).where(Timer.due.is_not(None), Timer.due <= now).order_by(Timer.due, Timer.id).limit(limit)
    if after is not None:
        wanted = wanted.where(tuple_(Timer.due, Timer.id) > tuple_(after.due, after.id))
    return _due(session.scalars(wanted))


def claim(session: Session, wanted: Sequence[DueTimer], *, now: datetime) -> list[DueTimer]:
    """Lock and disarm those of one incident (or of none) that are still due; the caller arms them anew.

    The incident's row is locked before its timers, as people's acts lock them. What somebody else works on is left
    due for the next look, so that nobody waits for two rows at once.
    """
    incident_id = wanted[0].incident_id
    if incident_id is not None and not _lock_incident(session, incident_id):
        return []
    rows = session.scalars(
        select(Timer)
        .where(Timer.id.in_([timer.id for timer in wanted]), Timer.due.is_not(None), Timer.due <= now)
        .order_by(Timer.due, Timer.id)
        .with_for_update(skip_locked=True)
    ).all()
    taken = _due(rows)
    for row in rows:
        row.due = None
    session.flush()
    return taken


def put_off(session: Session, failed: Sequence[DueTimer], *, until: datetime | None) -> None:
    """Look at these again at `until` (SLA time), or not before somebody arms them; what was armed anew stays so."""
    still = Timer.id.in_([timer.id for timer in failed]), Timer.due.in_({timer.due for timer in failed})
    session.execute(update(Timer).where(*still).values(due=until))


def arm_again(session: Session, duty: str, subject: str, *, incident_id: int | None, due: datetime) -> None:
    """Look at a duty at `due` that is not looked at now; an incident's clocks all together."""
    unarmed = *_of_duty(duty, subject, incident_id), Timer.due.is_(None)
    session.execute(update(Timer).where(*unarmed).values(due=due))


def disarm(session: Session, duty: str, subject: str, *, incident_id: int | None) -> None:
    """Look at a duty no more until something arms it anew; an incident's clocks all together."""
    session.execute(update(Timer).where(*_of_duty(duty, subject, incident_id)).values(due=None))


def next_due(session: Session) -> datetime | None:
    """The earliest armed instant."""
    return session.scalar(select(func.min(Timer.due)).where(Timer.due.is_not(None)))


def _lock_incident(session: Session, incident_id: int) -> bool:
    row = select(IncidentRow.id).where(IncidentRow.id == incident_id).with_for_update(skip_locked=True)
    return session.scalar(row) is not None


def _due(rows: Iterable[Timer]) -> list[DueTimer]:
    return [DueTimer(row.id, row.duty, row.subject, row.incident_id, row.due) for row in rows if row.due is not None]


def _of_duty(duty: str, subject: str, incident_id: int | None) -> tuple[ColumnElement[bool], ...]:
    return Timer.duty == duty, Timer.subject == subject if incident_id is None else Timer.incident_id == incident_id
