"""Looking again, later, at what was posted more than once: a twin that surfaced after all is removed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from sla_engine.delivery import rate_limits
from sla_engine.delivery.records import DeliveryOp, DeliveryRules, DeliveryState, RateLimited, TwinAudit
from sla_engine.storage.tables.delivery import Outbox, Slot


@dataclass(frozen=True, slots=True)
class Audited:
    """Only the message with this timestamp is left."""

    ts: str | None


@dataclass(frozen=True, slots=True)
class NotAudited:
    """It could not be told, or not be done."""

    error: str


AuditResult = Audited | NotAudited | RateLimited


def next_audit(session: Session) -> datetime | None:
    """When the next audit is due."""
    due = session.scalar(select(Outbox.audit_at).where(Outbox.audit_at.is_not(None)).order_by(Outbox.audit_at).limit(1))
    if due is None:
        return None
    permit = session.scalar(select(Slot.next_at).where(Slot.destination == rate_limits.LOOK_UPS))
    return due if permit is None else max(due, permit)


def claim_audit(session: Session, *, token: str, rules: DeliveryRules, now: datetime) -> TwinAudit | None:
    """Take the next message to audit; None when none is due or history may not be asked yet."""
    row = session.scalars(
        select(Outbox)
        .where(Outbox.audit_at <= now)
        .order_by(Outbox.audit_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    if row.op == DeliveryOp.UPDATE:
        _repeat_edit(session, row)
        return None
    if not rate_limits.take_look_up_permit(session, gap=rules.look_up_gap, now=now):
        return None
    row.audit_at = now + rules.lease
    row.token = token
    root = row.thread_of and session.scalar(
        select(Outbox.ts).where(Outbox.message == row.thread_of, Outbox.op == DeliveryOp.POST)
    )
    return TwinAudit(
        id=row.id,
        token=token,
        key=row.key,
        destination=row.destination,
        channel_id=row.channel_id,
        ts=row.ts,
        thread_ts=root or None,
        first_tried_at=row.first_tried_at or row.created_at,
        sent_at=row.sent_at or row.created_at,
    )


def finish_audit(
    session: Session, audit: TwinAudit, result: AuditResult, *, rules: DeliveryRules, now: datetime
) -> None:
    """Record the audit and when to look again."""
    change: dict[str, Any]
    match result:
        case Audited(ts=ts):
            following = next((audit.sent_at + after for after in rules.audits if audit.sent_at + after > now), None)
            change = {"ts": ts, "audit_at": following, "error": None}
        case NotAudited(error=error):
            given_up = now >= audit.sent_at + rules.give_up_audit
            change = {"audit_at": None if given_up else now + rules.longest_backoff, "error": f"audit: {error}"}
        case RateLimited(retry_after=retry_after):
            wait = rules.default_retry_after if retry_after is None else retry_after
            rate_limits.park(session, rate_limits.LOOK_UPS, until=now + wait, now=now)
            change = {"audit_at": now + wait}
    session.execute(
        update(Outbox)
        .where(Outbox.id == audit.id, Outbox.token == audit.token)
        .values(token=None, **change)
        .execution_options(synchronize_session=False)
    )


def _repeat_edit(session: Session, row: Outbox) -> None:
    """An edit that hung may land after newer ones: let the newest be said once more."""
    row.audit_at = None
    newest = session.scalar(
        select(func.max(Outbox.id)).where(Outbox.message == row.message, Outbox.op == DeliveryOp.UPDATE)
    )
    if row.state == DeliveryState.SENT and newest is not None:
        last = session.get_one(Outbox, newest)
        if last.state == DeliveryState.SENT:
            last.state = DeliveryState.PENDING
            last.posts = 0
