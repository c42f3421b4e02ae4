"""The messages of the outbox that show a nudge, change it, or take it away."""

from collections.abc import Iterator
from datetime import datetime

from sla_engine.storage.nudges import NudgeRecord
from sla_engine.storage.outbox import NewMessage


def as_shown(nudge: NudgeRecord, *, real_now: datetime) -> Iterator[NewMessage]:
    """The message that shows a nudge as it is now: its own, or an edit of it."""
    if nudge.destination is None:
        return  # it is part of a storm, or its message was emptied long ago
    edit = f"{nudge.message}:edit:{nudge.edits}"
    yield NewMessage(
        key=edit if nudge.edits else nudge.message,
        destination=nudge.destination,
        notification=nudge.shown,
        message=nudge.message,
        op="update" if nudge.edits else "post",
        incident_id=nudge.incident_id,
        at=real_now,
    )


def deletion(nudge: NudgeRecord, *, successor: str | None, real_now: datetime) -> Iterator[NewMessage]:
    """The deletion of a nudge's message once its successor is there; nothing where it has no message of its own."""
    if nudge.destination is None:
        return
    yield NewMessage(
        key=f"{nudge.message}:delete:{successor}",
        destination=nudge.destination,
        notification=nudge.shown,
        message=nudge.message,
        op="delete",
        successor=successor,
        incident_id=nudge.incident_id,
        at=real_now,
    )
