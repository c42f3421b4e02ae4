"""Collapses many messages for one channel into one summary, in the transaction that claims."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sla_engine.delivery.bursts import NO_BURST, BurstMessage, burst_from_payload, burst_to_payload
from sla_engine.delivery.order import WaitingMessage
from sla_engine.delivery.records import BURST_KIND, DeliveryOp, DeliveryRules, DeliveryState
from sla_engine.storage.tables.delivery import Outbox, Slot


def collapse_burst(
    session: Session, slot: Slot, fresh: Sequence[WaitingMessage], *, rules: DeliveryRules, now: datetime
) -> bool:
    """Collapse the fresh messages of a channel when they are too many, or a burst is going on; True when they were."""
    if not fresh:
        return False
    if slot.storm_outbox_id is not None and slot.storm_until is not None and now < slot.storm_until:
        summary = session.get_one(Outbox, slot.storm_outbox_id)
        if summary.state not in {DeliveryState.DEAD, DeliveryState.COLLAPSED}:
            _join(session, summary, fresh, now=now)
            return True
    if len(fresh) < rules.burst_size:
        return False
    slot.storm_outbox_id = _open(session, slot.destination, fresh, now=now)
    slot.storm_until = now + rules.burst_window
    return True


def _open(session: Session, destination: str, fresh: Sequence[WaitingMessage], *, now: datetime) -> int:
    name = f"burst:{destination}:{fresh[0].id}"
    burst = NO_BURST.grown(_payloads(session, fresh))
    summary = _row(name, message=name, op=DeliveryOp.POST, destination=destination, burst=burst, now=now)
    session.add(summary)
    session.flush()
    _collapse(session, fresh, into=summary.id)
    return summary.id


def _join(session: Session, summary: Outbox, fresh: Sequence[WaitingMessage], *, now: datetime) -> None:
    """Add messages to the summary: in place while it was never tried, else by an edit that supersedes older ones."""
    latest = session.scalars(
        select(Outbox).where(Outbox.message == summary.message).order_by(Outbox.id.desc()).limit(1)
    ).one()
    burst = burst_from_payload(latest.payload).grown(_payloads(session, fresh))
    if summary.state == DeliveryState.PENDING and summary.posts == 0:
        summary.payload = burst_to_payload(burst)
    else:
        key = f"{summary.message}:{burst.count}"
        session.add(
            _row(
                key,
                message=summary.message,
                op=DeliveryOp.UPDATE,
                destination=summary.destination,
                burst=burst,
                now=now,
            )
        )
    session.flush()
    _collapse(session, fresh, into=summary.id)


def _payloads(session: Session, rows: Sequence[WaitingMessage]) -> list[dict[str, object]]:
    ids = [row.id for row in rows]
    return list(session.scalars(select(Outbox.payload).where(Outbox.id.in_(ids)).order_by(Outbox.id)))


def _collapse(session: Session, rows: Sequence[WaitingMessage], *, into: int) -> None:
    session.execute(
        update(Outbox)
        .where(Outbox.id.in_([row.id for row in rows]), Outbox.state == DeliveryState.PENDING)
        .values(state=DeliveryState.COLLAPSED, collapsed_into=into)
        .execution_options(synchronize_session=False)
    )


def _row(key: str, *, message: str, op: DeliveryOp, destination: str, burst: BurstMessage, now: datetime) -> Outbox:
    return Outbox(
        key=key,
        message=message,
        op=op,
        destination=destination,
        kind=BURST_KIND,
        payload=burst_to_payload(burst),
        state=DeliveryState.PENDING,
        created_at=now,
        attempts=0,
        posts=0,
    )
