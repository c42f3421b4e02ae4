"""Nudges and what they show now; at most one per incident is live."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from sla_engine.notifications.kinds import from_payload, to_payload
from sla_engine.notifications.nudges import NudgeMessage
from sla_engine.storage.tables.delivery import Outbox
from sla_engine.storage.tables.incidents import Nudge
from sla_engine.storage.upserts import upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class NudgeRecord:
    """A posted nudge: its message name, how often it was edited, what it shows, and where its message went.

    `belongs_to` is the destination it was meant for; `destination` is another one where Slack refused it there.
    """

    incident_id: int
    message: str
    live: bool
    edits: int = 0
    shown: NudgeMessage
    destination: str | None
    belongs_to: str | None


def live(session: Session, incident_id: int) -> NudgeRecord | None:
    """The incident's live nudge, if it has one."""
    wanted = (
        select(Nudge, Outbox.destination, Outbox.meant_for)
        .outerjoin(Outbox, is_message())
        .where(Nudge.incident_id == incident_id, Nudge.live.is_(True))
    )
    row = session.execute(wanted).first()
    return None if row is None else record_of(*row)


def posted(session: Session, message: str) -> bool:
    """Whether a nudge with this message name is stored."""
    return session.scalar(select(Nudge.id).where(Nudge.message == message)) is not None


def save(session: Session, records: Sequence[NudgeRecord]) -> None:
    """Write nudges as they are now, by the names of their messages; at most one of an incident may be live."""
    rows = [
        {
            "incident_id": record.incident_id,
            "message": record.message,
            "live": record.live,
            "edits": record.edits,
            "shown": to_payload(record.shown),
        }
        for record in records
    ]
    upsert(session, Nudge, rows, key=["message"])


def is_message() -> ColumnElement[bool]:
    """The condition that a row of the outbox is the message of a nudge itself, not an edit of it."""
    return (Outbox.message == Nudge.message) & (Outbox.op == "post")


def record_of(row: Nudge, destination: str | None, meant_for: str | None) -> NudgeRecord:
    """A nudge as stored."""
    shown = from_payload("nudge", row.shown)
    if not isinstance(shown, NudgeMessage):
        message = f"nudge {row.id} holds {type(shown).__name__}"
        raise TypeError(message)
    return NudgeRecord(
        incident_id=row.incident_id,
        message=row.message,
        live=row.live,
        edits=row.edits,
        shown=shown,
        destination=destination,
        belongs_to=meant_for or destination,
    )
