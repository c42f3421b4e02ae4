"""Nudges and what they show now; at most one per incident is live in a channel, and one as a direct message."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from sla_engine.notifications.kinds import from_payload, to_payload
from sla_engine.notifications.nudges import NudgeMessage
from sla_engine.storage.outbox import SHRUNK
from sla_engine.storage.tables.delivery import Outbox
from sla_engine.storage.tables.incidents import Nudge
from sla_engine.storage.upserts import upsert

Deletion = aliased(Outbox)


@dataclass(frozen=True, slots=True, kw_only=True)
class NudgeRecord:
    """A posted nudge: its message name, how often it was edited, what it shows, and where its message went.

    A `live` nudge is the one line about its incident that people see there, also once that is resolved.
    `belongs_to` is the destination it was meant for; `destination` is another one where Slack refused it there.
    """

    incident_id: int
    message: str
    live: bool
    edits: int = 0
    shown: NudgeMessage
    destination: str | None
    belongs_to: str | None

    @property
    def direct(self) -> bool:
        """Whether it is a message to the owner alone."""
        return self.shown.direct


def live(session: Session, incident_id: int) -> tuple[NudgeRecord, ...]:
    """The incident's live nudges: the one in the channel first, then the direct message."""
    wanted = (
        select(Nudge, Outbox.destination, Outbox.meant_for)
        .outerjoin(Outbox, is_message())
        .where(Nudge.incident_id == incident_id, Nudge.live.is_(True))
    )
    return tuple(sorted((record_of(*row) for row in session.execute(wanted)), key=lambda record: record.direct))


def left_behind(session: Session, incident_id: int) -> tuple[NudgeRecord, ...]:
    """The superseded nudges of an incident that are still there: people wrote under them, or Slack would not delete."""
    is_left = (Deletion.state == "sent") & (Deletion.error == SHRUNK) | (Deletion.state == "dead")
    wanted = (
        select(Nudge, Outbox.destination, Outbox.meant_for)
        .join(Outbox, is_message())
        .join(Deletion, (Deletion.message == Nudge.message) & (Deletion.op == "delete") & is_left)
        .where(Nudge.incident_id == incident_id, Nudge.live.is_(False))
        .order_by(Nudge.id)
    )
    return tuple({row.Nudge.message: record_of(*row) for row in session.execute(wanted)}.values())


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
