"""Messages of a channel that are edited while what they say changes; at most one of a name is there."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from sla_engine.storage.tables.delivery import LiveMessage
from sla_engine.storage.tables.incidents import EventRow
from sla_engine.storage.tables.shifts import HandoverRow
from sla_engine.storage.upserts import insert_new, upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRecord:
    """The newest message of a name: how many there were, how often it was edited, for which period, what it shows.

    `changed_at` is real time.
    """

    name: str
    number: int
    edits: int
    destination: str
    period: str
    is_there: bool
    shown: Mapping[str, Any]
    changed_at: datetime

    @property
    def message(self) -> str:
        """The name of the message in the outbox."""
        return f"{self.name}:{self.number}"


_FIELDS = [field.name for field in fields(LiveRecord)]


def find(session: Session, name: str) -> LiveRecord | None:
    """The newest message of a name; None before the first."""
    return _record(session.get(LiveMessage, name, populate_existing=True))


def with_prefix(session: Session, prefix: str) -> dict[str, LiveRecord]:
    """The newest message of every name that begins with `prefix`, by name."""
    rows = session.scalars(select(LiveMessage).where(LiveMessage.name.startswith(prefix, autoescape=True)))
    return {row.name: LiveRecord(**{name: getattr(row, name) for name in _FIELDS}) for row in rows}


def lock(session: Session, name: str) -> LiveRecord | None:
    """The newest message of a name, locked until the transaction ends; None before the first."""
    return _record(session.get(LiveMessage, name, populate_existing=True, with_for_update=True))


def add(session: Session, record: LiveRecord) -> bool:
    """Store the first message of a name; False where another process just did."""
    return insert_new(session, LiveMessage, [asdict(record)], key=["name"]) == 1


def save(session: Session, record: LiveRecord) -> None:
    """Store a message as it is now."""
    upsert(session, LiveMessage, [asdict(record)], key=["name"])


def newest_change(session: Session) -> tuple[int, bool]:
    """The number of the newest fact of all incidents (0 before the first), and whether a handover waits."""
    newest_fact, waiting = session.execute(
        select(select(func.max(EventRow.id)).scalar_subquery(), exists().where(HandoverRow.closed.is_(False)))
    ).one()
    return newest_fact or 0, bool(waiting)


def _record(row: LiveMessage | None) -> LiveRecord | None:
    return None if row is None else LiveRecord(**{name: getattr(row, name) for name in _FIELDS})
