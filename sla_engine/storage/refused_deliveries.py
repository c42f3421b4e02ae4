"""Deliveries for a person to review: refused for their content, failed, or waiting for their work."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sla_engine.domain.upkeep.inbox_state import InboxState
from sla_engine.storage.inbox import ERROR_MAX_CHARS, delivery_name, name_part
from sla_engine.storage.tables.intake import Inbox

REVIEWED = (InboxState.REFUSED, InboxState.FAILED)
"""The states of deliveries that stay until somebody decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedPayload:
    """A refused payload and the reason; `about` names its subject, `fingerprint` tells one body from another."""

    source: str
    about: str
    fingerprint: str
    payload: Mapping[str, Any]
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryToReview:
    """A delivery that waits for a person, without its payload, which may be unreadable; instants are real time."""

    id: str
    source: str
    state: InboxState
    received_at: datetime
    error: str | None


def refuse(session: Session, refused: RefusedPayload, *, received_at: datetime, arrived_at: datetime) -> bool:
    """Keep a payload that could not be taken, for a person to review; False when the same one waits already."""
    name = _prefix(refused.source, refused.about) + refused.fingerprint
    row = session.scalar(select(Inbox).where(Inbox.id == name).with_for_update())
    is_new = row is None or row.state != InboxState.REFUSED
    if row is None:
        row = Inbox(id=name, source=refused.source)
        session.add(row)
    row.received_at = received_at
    row.arrived_at = arrived_at
    row.payload = dict(refused.payload)
    row.state = InboxState.REFUSED.value
    row.done_at = None
    row.error = refused.error[:ERROR_MAX_CHARS]
    session.flush()
    return is_new


def settle(session: Session, source: str, about: str, *, at: datetime) -> None:
    """Mark what was refused about a subject as done: it was sent again and taken."""
    prefix = _prefix(source, about)
    refused = select(Inbox).where(
        Inbox.state == InboxState.REFUSED.value, func.substr(Inbox.id, 1, len(prefix)) == prefix
    )
    for row in session.scalars(refused.with_for_update()):
        row.state, row.done_at = InboxState.DONE.value, at
    session.flush()


def counts(session: Session, *, besides: Collection[str]) -> dict[InboxState, int]:
    """Count the deliveries that were refused and that failed, without those of some sources."""
    wanted = (
        select(Inbox.state, func.count())
        .where(Inbox.state.in_([state.value for state in REVIEWED]), Inbox.source.not_in(besides))
        .group_by(Inbox.state)
    )
    by_state = {InboxState(state): count for state, count in session.execute(wanted)}
    return {state: by_state.get(state, 0) for state in REVIEWED}


def to_review(session: Session, *, besides: Collection[str]) -> list[DeliveryToReview]:
    """Deliveries that were refused, that failed, or whose work is still to be done, oldest first."""
    states = [InboxState.RECEIVED.value, *(state.value for state in REVIEWED)]
    columns = select(Inbox.id, Inbox.source, Inbox.state, Inbox.received_at, Inbox.error)
    wanted = columns.where(Inbox.state.in_(states), Inbox.source.not_in(besides))
    return [
        DeliveryToReview(id=inbox_id, source=source, state=InboxState(state), received_at=at, error=error)
        for inbox_id, source, state, at, error in session.execute(wanted.order_by(Inbox.received_at, Inbox.id))
    ]


def _prefix(source: str, about: str) -> str:
    return f"refused/{delivery_name(source, name_part(about))}/"
