"""Nudges and what they show now; at most one per incident is live."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from sla_engine.notifications import NudgeMessage, from_payload, to_payload
from sla_engine.storage.tables import Nudge


@dataclass(frozen=True, slots=True, kw_only=True)
class NudgeRecord:
    """A posted nudge: its message name, how often it was edited, and what it shows."""

    id: int
    incident_id: int
    message: str
    edits: int
    shown: NudgeMessage


def live(session: Session, incident_id: int) -> NudgeRecord | None:
    """The incident's live nudge, if it has one."""
    row = session.scalar(select(Nudge).where(Nudge.incident_id == incident_id, Nudge.live.is_(True)))
    return None if row is None else _record(row)


def posted(session: Session, message: str) -> bool:
    """Whether the nudge of this name was posted before."""
    return session.scalar(select(Nudge.id).where(Nudge.message == message)) is not None


def add(session: Session, *, incident_id: int, message: str, shown: NudgeMessage, live: bool) -> NudgeRecord:
    """A new nudge; before a live one is added the caller has shrunk the one that was."""
    row = Nudge(incident_id=incident_id, message=message, live=live, edits=0, shown=to_payload(shown))
    session.add(row)
    session.flush()
    return _record(row)


def show(session: Session, nudge_id: int, shown: NudgeMessage, *, live: bool) -> NudgeRecord:
    """Change what a nudge shows."""
    row = session.get_one(Nudge, nudge_id)
    row.shown, row.live, row.edits = to_payload(shown), live, row.edits + 1
    session.flush()
    return _record(row)


def _record(row: Nudge) -> NudgeRecord:
    shown = from_payload("nudge", row.shown)
    if not isinstance(shown, NudgeMessage):
        message = f"nudge {row.id} holds {type(shown).__name__}"
        raise TypeError(message)
    return NudgeRecord(id=row.id, incident_id=row.incident_id, message=row.message, edits=row.edits, shown=shown)
