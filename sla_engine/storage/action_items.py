"""What authors of SLA notes said they will do, and whether it was done."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sla_engine.storage.tables.notes import ActionItem

NUMBER_PREFIX = "ACT-"
ID_MAX_DIGITS = 18
"""More digits are no BIGINT."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionItemRecord:
    """Something its owner (a Slack id) will do. `due_on` is the first instant of the due day; instants are SLA time.

    `withdrawn_at` is when its note was written anew without it.
    """

    id: int
    incident_id: int
    what: str
    owner: str
    due_on: datetime
    created_at: datetime
    withdrawn_at: datetime | None
    done_at: datetime | None
    done_by: str | None

    @property
    def number(self) -> str:
        """Its number as people write it, such as ACT-3."""
        return f"{NUMBER_PREFIX}{self.id}"


_FIELDS = [field.name for field in fields(ActionItemRecord)]
_OPEN = ActionItem.done_at.is_(None) & ActionItem.withdrawn_at.is_(None)


def add(
    session: Session, incident_id: int, *, what: str, owner: str, due_on: datetime, at: datetime
) -> ActionItemRecord:
    """Record something that somebody will do after this incident."""
    row = ActionItem(incident_id=incident_id, what=what, owner=owner, due_on=due_on, created_at=at)
    session.add(row)
    session.flush()
    return _record(row)


def change(session: Session, item: ActionItemRecord, *, what: str, owner: str, due_on: datetime) -> ActionItemRecord:
    """Record what its note, written anew, says of it."""
    row = session.get_one(ActionItem, item.id)
    row.what, row.owner, row.due_on = what, owner, due_on
    session.flush()
    return _record(row)


def withdraw(session: Session, item: ActionItemRecord, *, at: datetime) -> None:
    """Record that its note was written anew without it."""
    session.get_one(ActionItem, item.id).withdrawn_at = at
    session.flush()


def mark_done(session: Session, item: ActionItemRecord, *, by: str, at: datetime) -> None:
    """Record that it was done."""
    row = session.get_one(ActionItem, item.id)
    row.done_at, row.done_by = at, by
    session.flush()


def of_incident(session: Session, incident_id: int) -> ActionItemRecord | None:
    """What the incident's note says somebody will do, or did; None where it says nothing of the kind."""
    kept = select(ActionItem).where(ActionItem.incident_id == incident_id, ActionItem.withdrawn_at.is_(None))
    row = session.scalar(kept.order_by(ActionItem.id.desc()).limit(1))
    return None if row is None else _record(row)


def find(session: Session, number: str) -> ActionItemRecord | None:
    """The item with this number (`ACT-3`, `act3` or `3`); None where there is none."""
    row_id = _row_id(number)
    row = None if row_id is None else session.get(ActionItem, row_id, populate_existing=True)
    return None if row is None or row.withdrawn_at is not None else _record(row)


def still_open(session: Session, *, owner: str | None = None) -> list[ActionItemRecord]:
    """What is still to be done, the earliest due first; with `owner` only theirs."""
    wanted = select(ActionItem).where(_OPEN).order_by(ActionItem.due_on, ActionItem.id)
    if owner is not None:
        wanted = wanted.where(ActionItem.owner == owner)
    return [_record(row) for row in session.scalars(wanted)]


def _row_id(number: str) -> int | None:
    digits = number.strip().upper().removeprefix("ACT").removeprefix("-")
    is_id = digits.isascii() and digits.isdigit() and len(digits) <= ID_MAX_DIGITS
    return int(digits) if is_id else None


def _record(row: ActionItem) -> ActionItemRecord:
    return ActionItemRecord(**{name: getattr(row, name) for name in _FIELDS})
