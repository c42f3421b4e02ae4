"""Messages recorded with the facts that caused them; the courier carries them after the commit."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sla_engine.notifications.kinds import Notification, from_payload, kind_of, to_payload
from sla_engine.notifications.notices import ComplaintMessage, LineMessage
from sla_engine.storage.tables.delivery import Outbox
from sla_engine.storage.upserts import insert_new
from sla_engine.storage.written import written_in

WITHDRAWN = "withdrawn: what it was about was undone"
NOTICES = ("line", "complaint")

SHRUNK = "shrunk to one line"
"""The error of a deletion that left one line: a person wrote under the message, or it may not be deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message to be posted, or an `update` or a `delete` of one that was.

    `destination` is a channel or, for a direct message, a person; `message` names the message for later updates and
    thread replies (`thread_of`), and is the key itself unless another is given; `at` is real time. A message is deleted
    once its `successor` is there; the notification is what it says where a person wrote under it.
    """

    key: str
    destination: str
    notification: Notification
    at: datetime
    message: str | None = None
    op: str = "post"
    thread_of: str | None = None
    incident_id: int | None = None
    successor: str | None = None


def enqueue(session: Session, *messages: NewMessage) -> int:
    """Record messages in their order, but none whose key was recorded before; answers how many are new."""
    written_in(session).messages += [message.key for message in messages if message.op == "post"]
    return insert_new(session, Outbox, [_row(message) for message in messages], key=["key"])


def edit(session: Session, message: NewMessage, *, edit_name: str) -> None:
    """Edit a message wherever it was posted; does nothing when it never was, or when this edit was made before."""
    destination = destination_of(session, message.key)
    if destination is not None:
        key = f"{message.key}:{edit_name}"
        enqueue(session, replace(message, key=key, message=message.key, op="update", destination=destination))


def _row(new: NewMessage) -> dict[str, Any]:
    return {
        "key": new.key,
        "message": new.message or new.key,
        "op": new.op,
        "destination": new.destination,
        "kind": kind_of(new.notification),
        "payload": to_payload(new.notification),
        "thread_of": new.thread_of,
        "successor": new.successor,
        "incident_id": new.incident_id,
        "state": "pending",
        "created_at": new.at,
        "attempts": 0,
        "posts": 0,
    }


def destination_of(session: Session, message: str) -> str | None:
    """The destination where a message was, or will be, posted; None for one that was never recorded."""
    return session.scalar(select(Outbox.destination).where(Outbox.message == message, Outbox.op == "post"))


def withdraw(session: Session, key: str) -> bool:
    """Take back a message that nobody tried to send yet; False where somebody did, or where there is none."""
    waiting = Outbox.key == key, Outbox.state == "pending", Outbox.attempts == 0
    taken_back = update(Outbox).where(*waiting).values(state="collapsed", error=WITHDRAWN)
    return session.execute(taken_back.returning(Outbox.id)).first() is not None


def notice_of(session: Session, key: str) -> LineMessage | ComplaintMessage | None:
    """The line or complaint that was enqueued under this key; None for any other message, or one that was emptied."""
    row = session.execute(select(Outbox.kind, Outbox.payload).where(Outbox.key == key)).first()
    if row is None or not row.payload or row.kind not in NOTICES:
        return None
    notification = from_payload(row.kind, row.payload)
    return notification if isinstance(notification, LineMessage | ComplaintMessage) else None
