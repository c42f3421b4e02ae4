"""Refusals, kept as the history of what was done is kept."""

from datetime import datetime

from sqlalchemy.orm import Session

from sla_engine.storage.tables import Refusal


def add(session: Session, *, by: str, action: str, incident_key: str | None, error: str, at: datetime) -> None:
    """Remember that somebody was refused something."""
    session.add(Refusal(by=by, action=action, incident_key=incident_key, error=error, at=at))
    session.flush()
