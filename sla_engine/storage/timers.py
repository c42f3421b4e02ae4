"""Timers: one row a duty, armed for an instant of SLA time; reading the due ones costs O(due)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select, tuple_, update
from sqlalchemy.orm import Session

from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.domain.upkeep.retries import Queue
from sla_engine.storage import incidents
from sla_engine.storage.tables.incidents import IncidentRow, Timer
from sla_engine.storage.tables.upkeep import Failure
from sla_engine.storage.upserts import upsert


@dataclass(frozen=True, slots=True)
class DueTimer:
    """A timer whose instant has come; `subject` names the clock, note or week, `duty` is as it was stored.

    `has_failed` when this duty, or another one of its incident, failed before.
    """

    id: int
    duty: str
    subject: str
    incident_id: int | None
    due: datetime
    has_failed: bool = False


def arm(session: Session, duty: Duty, subject: str, due: datetime | None, *, incident_id: int | None = None) -> None:
    """Arm a duty's timer for `due`; None disarms it."""
    row = session.scalar(select(Timer).where(Timer.duty == duty.value, Timer.subject == subject))
    if row is not None:
        row.due = due
    elif due is not None:
        session.add(Timer(duty=duty.value, subject=subject, due=due, incident_id=incident_id))
    session.flush()


class IncidentTimers:
    """One incident's timers: read once, set anew in memory, and written in one statement."""

    def __init__(self, session: Session, incident_id: int, rows: Iterable[Timer] | None = None) -> None:
        self._session = session
        self._incident_id = incident_id
        if rows is None:
            rows = session.scalars(select(Timer).where(Timer.incident_id == incident_id))
        self._stored: dict[tuple[str, str], datetime | None] = {(row.duty, row.subject): row.due for row in rows}
        self._wanted: dict[tuple[str, str], datetime | None] = {}

    def set(self, duty: Duty, subject: str, due: datetime | None) -> None:
        """Arm a duty's timer for `due`; None disarms it."""
        self._wanted[duty.value, subject] = due

    def due(self, duty: Duty, subject: str) -> datetime | None:
        """The instant a duty's timer is armed for, as set here or stored; None when it is unarmed."""
        name = duty.value, subject
        return self._wanted[name] if name in self._wanted else self._stored.get(name)

    def claimed(self, due: Iterable[DueTimer]) -> None:
        """Disarm timers that are being worked on now, unless they are armed anew."""
        self._wanted |= {(timer.duty, timer.subject): None for timer in due}

    def write(self) -> None:
        """Store the timers that were set and differ from the stored ones."""
        changed = {
            name: due
            for name, due in self._wanted.items()
            if self._stored.get(name) != due and (due is not None or name in self._stored)
        }
        rows = [
            {"duty": duty, "subject": subject, "incident_id": self._incident_id, "due": due}
            for (duty, subject), due in changed.items()
        ]
        upsert(self._session, Timer, rows, key=("duty", "subject"))
        self._stored |= changed
        self._wanted.clear()


def due_for(session: Session, duty: Duty, subject: str) -> datetime | None:
    """The instant a duty's timer is armed for; None when it is unarmed."""
    return session.scalar(select(Timer.due).where(Timer.duty == duty.value, Timer.subject == subject))


def due_by(session: Session, *, now: datetime, after: DueTimer | None, limit: int) -> list[DueTimer]:
    """The timers due at `now`, oldest first, beyond `after`; nothing is locked yet."""
    name = Timer.duty + ":" + Timer.subject
    is_of_timer = (Failure.incident_id == Timer.incident_id) | (Timer.incident_id.is_(None) & (Failure.item == name))
    has_failed = exists().where(Failure.queue == Queue.TIMER.value, is_of_timer)
    wanted = (
        select(Timer, has_failed)
        .where(Timer.due.is_not(None), Timer.due <= now)
        .order_by(Timer.due, Timer.id)
        .limit(limit)
    )
    if after is not None:
        last = tuple_(after.due, after.id, types=(Timer.due.type, Timer.id.type))
        wanted = wanted.where(tuple_(Timer.due, Timer.id) > last)
    due: list[DueTimer] = []
    for row, failed in session.execute(wanted):
        due += _due([row], has_failed=failed)
    return due


@dataclass(frozen=True, slots=True)
class DueClaim:
    """Due timers that a sweep works on in one transaction, their incident, and its timers that nobody else locks."""

    due: tuple[DueTimer, ...]
    incident: Incident | None = None
    timers: IncidentTimers | None = None


def claim(session: Session, wanted: Sequence[DueTimer], *, now: datetime) -> DueClaim:
    """Lock those of one incident (or of none) that are still due; written, they are disarmed unless armed anew.

    The incident's row is locked before its timers, as people's acts lock them. Timers that another transaction has
    locked stay due for the next sweep, so that nobody waits for two rows at once.
    """
    numbers, incident_id = {timer.id for timer in wanted}, wanted[0].incident_id
    if incident_id is None:
        return _claim_alone(session, numbers, now=now)
    joined = select(IncidentRow, Timer).join(Timer).where(IncidentRow.id == incident_id)
    rows = session.execute(joined.order_by(Timer.due, Timer.id).with_for_update(skip_locked=True)).all()
    due = _due(timer for _, timer in rows if timer.id in numbers and timer.due is not None and timer.due <= now)
    if not due:
        return DueClaim(())
    timers = IncidentTimers(session, incident_id, [timer for _, timer in rows])
    timers.claimed(due)
    return DueClaim(tuple(due), incidents.from_locked_row(session, rows[0][0]), timers)


def _claim_alone(session: Session, numbers: Collection[int], *, now: datetime) -> DueClaim:
    """Lock due timers of no incident and disarm them at once; the caller arms them by their names."""
    wanted = select(Timer).where(Timer.id.in_(numbers), Timer.due.is_not(None), Timer.due <= now)
    rows = session.scalars(wanted.order_by(Timer.due, Timer.id).with_for_update(skip_locked=True)).all()
    due = _due(rows)
    for row in rows:
        row.due = None
    session.flush()
    return DueClaim(tuple(due))


def put_off(session: Session, failed: Sequence[DueTimer], *, until: datetime | None) -> None:
    """Arm failed timers for `until` (SLA time), or disarm them; one that was armed anew meanwhile stays so."""
    still = Timer.id.in_([timer.id for timer in failed]), Timer.due.in_({timer.due for timer in failed})
    session.execute(update(Timer).where(*still).values(due=until))


def arm_again(session: Session, duty: str, subject: str, *, incident_id: int | None, due: datetime) -> None:
    """Arm a duty's timer that is unarmed for `due`; with an incident, all of its timers of this duty."""
    unarmed = *_of_duty(duty, subject, incident_id), Timer.due.is_(None)
    session.execute(update(Timer).where(*unarmed).values(due=due))


def disarm(session: Session, duty: str, subject: str, *, incident_id: int | None) -> None:
    """Disarm a duty's timer; with an incident, all of its timers of this duty."""
    session.execute(update(Timer).where(*_of_duty(duty, subject, incident_id)).values(due=None))


def next_due(session: Session) -> datetime | None:
    """The earliest armed instant."""
    return session.scalar(select(func.min(Timer.due)).where(Timer.due.is_not(None)))


def _due(rows: Iterable[Timer], *, has_failed: bool = False) -> list[DueTimer]:
    return [
        DueTimer(row.id, row.duty, row.subject, row.incident_id, row.due, has_failed)
        for row in rows
        if row.due is not None
    ]


def _of_duty(duty: str, subject: str, incident_id: int | None) -> tuple[ColumnElement[bool], ...]:
    if incident_id is None:
        return Timer.duty == duty, Timer.subject == subject
    return Timer.duty == duty, Timer.incident_id == incident_id
