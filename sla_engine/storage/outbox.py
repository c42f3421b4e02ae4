"""Messages recorded with the facts that caused them; the courier carries them after the commit."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sla_engine.notifications import Notification, kind_of, to_payload
from sla_engine.storage.tables import Outbox


def enqueue(
    session: Session,
    *,
    key: str,
    destination: str,
    notification: Notification,
    at: datetime,
    message: str | None = None,
    op: str = "post",
    thread_of: str | None = None,
    incident_id: int | None = None,
) -> bool:
    """Record a message to be posted, or an `update` of one that was; False when this key was recorded before.

    `destination` is a channel or, for a direct message, a person; `message` names the message for later updates and
    thread replies (`thread_of`), and is the key itself unless said otherwise; `at` is real time.
    """
    if session.scalar(select(Outbox.id).where(Outbox.key == key)) is not None:
        return False
    session.add(
        Outbox(
            key=key,
            message=message or key,
            op=op,
            destination=destination,
            kind=kind_of(notification),
            payload=to_payload(notification),
            thread_of=thread_of,
            incident_id=incident_id,
            state="pending",
            created_at=at,
            attempts=0,
            posts=0,
        )
    )
    session.flush()
    return True


def destination_of(session: Session, message: str) -> str | None:
    """Where a message was (or will be) posted, so that edits of it find it."""
    return session.scalar(select(Outbox.destination).where(Outbox.message == message, Outbox.op == "post"))


def belongs_to(session: Session, message: str) -> str | None:
    """Where a message belongs, though it may have been said elsewhere because Slack refused it there."""
    where = func.coalesce(Outbox.meant_for, Outbox.destination)
    return session.scalar(select(where).where(Outbox.message == message, Outbox.op == "post"))
