"""Empties messages after their time; ids and states stay, so that nothing is ever sent twice."""

from datetime import datetime

from sqlalchemy import Boolean, ColumnElement, literal_column, select, update
from sqlalchemy.orm import Session

from sla_engine.delivery.records import ITS_MESSAGE_IS_GONE, DeliveryState
from sla_engine.storage.tables.delivery import Outbox

# Spelt as the index over messages that are not emptied: a partial index is taken only for the same words.
_HOLDS_SOMETHING: ColumnElement[bool] = literal_column("payload <> '{}'", Boolean)


def empty_outbox(session: Session, *, before: datetime, limit: int) -> int:
    """Empty the oldest messages from before then that were sent, or collapsed into another; answers how many."""
    wanted = (
        select(Outbox.id)
        .where(_HOLDS_SOMETHING, Outbox.created_at < before, Outbox.duplicate_check_at.is_(None))
        .where(Outbox.state.in_((DeliveryState.SENT.value, DeliveryState.COLLAPSED.value)))
        .where(Outbox.error.is_distinct_from(ITS_MESSAGE_IS_GONE))  # it comes back when its message does
        .order_by(Outbox.created_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    numbers = session.scalars(wanted).all()
    session.execute(update(Outbox).where(Outbox.id.in_(numbers)).values(payload={}))
    return len(numbers)
