"""Posts a message again that somebody removed: its next edit carries news, and there is nothing left to edit."""

from datetime import datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, aliased

from sla_engine.delivery.records import Claim, DeliveryOp, DeliveryState
from sla_engine.storage.tables.delivery import Outbox

POSTED_ANEW = "its message was gone: posted anew"
"""The error of an edit whose content became a new message."""


FIXED_AFTER = timedelta(minutes=5)
"""A younger message that may not be changed stays as it is: where nothing may, each edit would be a message."""
_Deletion = aliased(Outbox)


def post(session: Session, claim: Claim, *, before: datetime) -> bool:
    """Let the message of this edit be posted with the edit's content, if it was posted before then (real time).

    False also where it was posted again since, or where we take it away ourselves.
    """
    message = select(Outbox.message).where(Outbox.id == claim.id).scalar_subquery()
    is_ours_to_delete = exists().where(_Deletion.message == Outbox.message, _Deletion.op == DeliveryOp.DELETE)
    is_there = (Outbox.op == DeliveryOp.POST, Outbox.state == DeliveryState.SENT, Outbox.ts == claim.ts)
    again = (
        update(Outbox)
        .where(Outbox.message == message, *is_there, Outbox.sent_at <= before, ~is_ours_to_delete)
        .values(
            state=DeliveryState.PENDING,
            kind=claim.kind,
            payload=claim.payload,
            ts=None,
            posts=0,
            attempts=0,
            first_tried_at=None,
            sent_at=None,
            not_before=None,
            duplicate_check_at=None,
            text_only=None,
            error=None,
        )
        .returning(Outbox.id)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(again) is not None
