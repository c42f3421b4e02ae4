"""Duplicate checks: a message that was posted more than once is looked for again later, and its duplicates removed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from sla_engine.delivery import rate_limits
from sla_engine.delivery.records import DeliveryOp, DeliveryRules, DeliveryState, DuplicateCheck, RateLimited
from sla_engine.storage.outbox import SHRUNK
from sla_engine.storage.tables.delivery import Outbox, Slot


@dataclass(frozen=True, slots=True)
class Checked:
    """Only the message with the timestamp `ts` is left; none where that was deleted."""

    ts: str | None


@dataclass(frozen=True, slots=True)
class NotChecked:
    """The history could not be read, the message is not in it, or a duplicate could not be deleted."""

    error: str


CheckResult = Checked | NotChecked | RateLimited


def next_check_at(session: Session) -> datetime | None:
    """The instant at which the next duplicate check is due; None when there is none."""
    at = Outbox.duplicate_check_at
    due = session.scalar(select(at).where(at.is_not(None)).order_by(at).limit(1))
    if due is None:
        return None
    permit = session.scalar(select(Slot.next_at).where(Slot.destination == rate_limits.LOOK_UPS))
    return due if permit is None else max(due, permit)


def claim_check(session: Session, *, token: str, rules: DeliveryRules, now: datetime) -> DuplicateCheck | None:
    """Take the next message to check; None when none is due or the history may not be read yet.

    An edit has no duplicates: where one is due, the newest change of its message is made again, and None answered.
    """
    row = session.scalars(
        select(Outbox)
        .where(Outbox.duplicate_check_at <= now)
        .order_by(Outbox.duplicate_check_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    if row.op != DeliveryOp.POST:
        _repeat_change(session, row)
        return None
    if not rate_limits.take_look_up_permit(session, gap=rules.look_up_gap, now=now):
        return None
    row.duplicate_check_at = now + rules.lease
    row.token = token
    return DuplicateCheck(
        id=row.id,
        token=token,
        key=row.key,
        destination=row.destination,
        channel_id=row.channel_id,
        ts=row.ts,
        thread_ts=_thread_ts(session, row),
        first_tried_at=row.first_tried_at or row.created_at,
        sent_at=row.sent_at or row.created_at,
        is_deleted=_is_deleted(session, row),
    )


def _thread_ts(session: Session, row: Outbox) -> str | None:
    """The timestamp of the message that this one replies to."""
    if row.thread_of is None:
        return None
    return session.scalar(select(Outbox.ts).where(Outbox.message == row.thread_of, Outbox.op == DeliveryOp.POST))


def _is_deleted(session: Session, row: Outbox) -> bool:
    """Whether the message was deleted since it was posted."""
    error = session.scalar(
        select(func.coalesce(Outbox.error, ""))
        .where(Outbox.message == row.message, Outbox.op == DeliveryOp.DELETE, Outbox.state == DeliveryState.SENT)
        .order_by(Outbox.id.desc())
        .limit(1)
    )
    return error is not None and error != SHRUNK


def finish_check(
    session: Session, check: DuplicateCheck, result: CheckResult, *, rules: DeliveryRules, now: datetime
) -> None:
    """Record how the check ended, and when the message is checked again."""
    change: dict[str, Any]
    match result:
        case Checked(ts=ts):
            checks = (check.sent_at + delay for delay in rules.duplicate_checks)
            change = {"ts": ts, "duplicate_check_at": next((at for at in checks if at > now), None), "error": None}
        case NotChecked(error=error):
            given_up = now >= check.sent_at + rules.give_up_duplicate_check
            again_at = None if given_up else now + rules.longest_backoff
            change = {"duplicate_check_at": again_at, "error": f"duplicate check: {error}"}
        case RateLimited(retry_after=retry_after):
            wait = rules.default_retry_after if retry_after is None else retry_after
            rate_limits.park(session, rate_limits.LOOK_UPS, until=now + wait, now=now)
            change = {"duplicate_check_at": now + wait}
    session.execute(
        update(Outbox)
        .where(Outbox.id == check.id, Outbox.token == check.token)
        .values(token=None, **change)
        .execution_options(synchronize_session=False)
    )


def _repeat_change(session: Session, row: Outbox) -> None:
    """Make the newest change again: one that went unanswered may reach Slack after newer ones."""
    row.duplicate_check_at = None
    newest = session.scalar(
        select(func.max(Outbox.id)).where(Outbox.message == row.message, Outbox.op != DeliveryOp.POST)
    )
    if row.state == DeliveryState.SENT and newest is not None:
        last = session.get_one(Outbox, newest)
        if last.state == DeliveryState.SENT:
            last.state = DeliveryState.PENDING
            last.posts = 0
