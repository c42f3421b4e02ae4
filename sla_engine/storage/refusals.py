"""Refusals: who was refused what, kept as acts are kept in the history."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sla_engine.storage.tables.upkeep import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalRecord:
    """One refusal: `by` is a Slack id, `at` SLA time, `error` the refusal's kind."""

    by: str
    action: str
    incident_key: str | None
    error: str
    at: datetime


def add(session: Session, *, by: str, action: str, incident_key: str | None, error: str, at: datetime) -> None:
    """Remember that somebody was refused something."""
    session.add(Refusal(by=by, action=action, incident_key=incident_key, error=error, at=at))
    session.flush()


def newest(session: Session, *, by: str | None, limit: int) -> list[RefusalRecord]:
    """The newest refusals, the newest first; with `by` only that person's."""
    wanted = select(Refusal).order_by(Refusal.id.desc()).limit(limit)
    rows = session.scalars(wanted if by is None else wanted.where(Refusal.by == by))
    return [
        RefusalRecord(by=row.by, action=row.action, incident_key=row.incident_key, error=row.error, at=row.at)
        for row in rows
    ]
