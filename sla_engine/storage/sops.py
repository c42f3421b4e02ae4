"""SOP decisions after misses, and whether they were carried out."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from sla_engine.domain.incidents.reasons import NextStep
from sla_engine.domain.notes.sop import NEEDS_OWNER
from sla_engine.domain.sops.errors import NotToBeWritten
from sla_engine.storage.sop_registry import id_of, number_of
from sla_engine.storage.tables.incidents import IncidentRow
from sla_engine.storage.tables.notes import SopDecision

_WITH_OWNER = [step.value for step in NEEDS_OWNER]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDecision:
    """A decision before it is stored. People are Slack ids; `due_on` is the first instant of the due day.

    `sop_id` is that of the procedure which is to be written or changed; None where none is.
    """

    incident_id: int
    sop_id: int | None
    decision: NextStep
    reason: str | None
    title: str | None
    owner: str | None
    link: str | None
    due_on: datetime | None
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SopRecord(NewDecision):
    """A decision as stored; `reminders` is the number of messages to its owner."""

    id: int
    done_at: datetime | None
    done_by: str | None
    reminders: int

    @property
    def number(self) -> str:
        """The number of its procedure as people write it, such as SOP-7; empty where it asks for none."""
        return "" if self.sop_id is None else number_of(self.sop_id)

    @property
    def reminder(self) -> str:
        """The name under which its owner is reminded."""
        return number_of(self.id)


_FIELDS = [field.name for field in fields(SopRecord)]


def add(session: Session, new: NewDecision) -> SopRecord:
    """Record a decision; an incident has one."""
    columns = asdict(new) | {"decision": new.decision.value}
    row = SopDecision(**columns, reminders=0)
    session.add(row)
    session.flush()
    return _record(row)


def of_incident(session: Session, incident_id: int) -> SopRecord | None:
    """The decision after this incident; None while there is none."""
    row = session.scalar(select(SopDecision).where(SopDecision.incident_id == incident_id))
    return None if row is None else _record(row)


def decided_between(session: Session, since: datetime, until: datetime) -> list[SopRecord]:
    """The decisions made in `[since, until)` that asked somebody for a procedure, in the order they were made."""
    rows = select(SopDecision).where(
        SopDecision.decided_at >= since, SopDecision.decided_at < until, SopDecision.decision.in_(_WITH_OWNER)
    )
    return [_record(row) for row in session.scalars(rows.order_by(SopDecision.decided_at, SopDecision.id))]


def incident_of(session: Session, reminder: str) -> int:
    """The row id of the incident after which the decision with this reminder was made.

    Raises: NotToBeWritten.
    """
    incident_id = session.scalar(select(SopDecision.incident_id).where(SopDecision.id == id_of(reminder)))
    if incident_id is None:
        raise NotToBeWritten(reminder)
    return incident_id


def lock(session: Session, reminder: str) -> SopRecord:
    """The decision with this reminder, locked until the transaction ends.

    Raises: NotToBeWritten.
    """
    row = session.scalar(select(SopDecision).where(SopDecision.id == id_of(reminder)).with_for_update())
    if row is None or row.decision not in _WITH_OWNER:
        raise NotToBeWritten(reminder)
    return _record(row)


def about(session: Session, number: str) -> list[SopRecord]:
    """The decisions that asked for this procedure to be written or changed, oldest first."""
    rows = session.scalars(select(SopDecision).where(SopDecision.sop_id == id_of(number)).order_by(SopDecision.id))
    return [_record(row) for row in rows]


def mark_reminded(session: Session, sop: SopRecord) -> None:
    """Count one more message to the owner."""
    session.get_one(SopDecision, sop.id).reminders = sop.reminders + 1
    session.flush()


def mark_done(session: Session, sop: SopRecord, *, by: str, at: datetime) -> None:
    """Record that the procedure was written or changed."""
    row = session.get_one(SopDecision, sop.id)
    row.done_at, row.done_by = at, by
    session.flush()


def still_open(session: Session) -> list[tuple[SopRecord, str]]:
    """The decisions that are not carried out, each with its incident's key, the earliest due first."""
    wanted = (
        select(SopDecision, IncidentRow.key)
        .join(IncidentRow, IncidentRow.id == SopDecision.incident_id)
        .where(_open())
        .order_by(SopDecision.due_on, SopDecision.id)
    )
    return [(_record(row), key) for row, key in session.execute(wanted)]


def _open() -> ColumnElement[bool]:
    return SopDecision.decision.in_(_WITH_OWNER) & SopDecision.done_at.is_(None)


def _record(row: SopDecision) -> SopRecord:
    values = {name: getattr(row, name) for name in _FIELDS}
    return SopRecord(**{**values, "decision": NextStep(row.decision)})
