"""Recording how carrying a message went. Every finish is fenced: a worker that lost its lease changes nothing."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sla_engine.domain.retries import Queue
from sla_engine.storage import failures, slots
from sla_engine.storage.delivery_records import (
    UNDELIVERABLE_KIND,
    Adopted,
    Answered,
    Claim,
    DeliveryOp,
    DeliveryRules,
    DeliveryState,
    Failed,
    NoAnswerFromHistory,
    NotSent,
    Outcome,
    RateLimited,
    Refused,
    Sent,
    Unanswered,
)
from sla_engine.storage.tables import Outbox


def finish(session: Session, claim: Claim, outcome: Outcome, *, rules: DeliveryRules, now: datetime) -> bool:
    """Record the outcome; False when the lease was lost and somebody else carries the message now."""
    _tell_slots(session, claim, outcome, rules=rules, now=now)
    is_ours = Outbox.id == claim.id, Outbox.token == claim.token, Outbox.state == DeliveryState.SENDING
    if session.scalar(select(Outbox.id).where(*is_ours).with_for_update()) is None:
        return False
    if isinstance(outcome, Failed):
        change = _failed_change(session, claim, outcome, rules=rules, now=now)
    else:
        change = _change(claim, outcome, rules=rules, now=now)
        if isinstance(outcome, Sent | Adopted) and claim.attempts > 1:
            failures.clear(session, Queue.MESSAGE, str(claim.id))
    session.execute(
        update(Outbox)
        .where(*is_ours)
        .values(token=None, lease_until=None, **change)
        .execution_options(synchronize_session=False)
    )
    if (isinstance(outcome, Failed) and change["state"] == DeliveryState.DEAD) or (
        isinstance(outcome, Refused) and outcome.announce
    ):
        _announce(session, claim, change["error"], rules=rules, now=now)
    return True


def _failed_change(
    session: Session, claim: Claim, outcome: Failed, *, rules: DeliveryRules, now: datetime
) -> dict[str, Any]:
    """Count a fault of ours: the message waits and is tried again, or is dead after its last try."""
    failure = failures.record(
        session,
        Queue.MESSAGE,
        str(claim.id),
        error=outcome.error,
        pace=rules.pace,
        at=now,
        incident_id=session.scalar(select(Outbox.incident_id).where(Outbox.id == claim.id)),
    )
    posts = claim.posts if outcome.may_have_arrived else claim.posts - 1
    if failure.next_try_at is None:
        return {"state": DeliveryState.DEAD, "error": outcome.error, "posts": posts}
    return _again(claim, posts=posts, at=failure.next_try_at, error=outcome.error)


def _tell_slots(session: Session, claim: Claim, outcome: Outcome, *, rules: DeliveryRules, now: datetime) -> None:
    """What the answer says about the channel and about Slack holds even for a worker that lost its lease."""
    match outcome:
        case Sent(channel_id=channel_id) | Adopted(channel_id=channel_id):
            if channel_id is not None:
                slots.lock(session, claim.destination, now=now).channel_id = channel_id
        case RateLimited(retry_after=retry_after, look_up=look_up):
            until = now + (rules.default_retry_after if retry_after is None else retry_after)
            slots.park(session, slots.LOOK_UPS if look_up else claim.destination, until=until, now=now)
        case _:
            pass
    match outcome:
        case Unanswered() | NotSent(is_outage=True) | NoAnswerFromHistory(is_outage=True):
            slots.note_silence(session, rules, now=now)
        case NotSent() | Failed():
            pass
        case _:
            slots.note_answer(session, now=now)


def _change(claim: Claim, outcome: Answered, *, rules: DeliveryRules, now: datetime) -> dict[str, Any]:
    """The message's new state; `posts` goes down again where nothing was accepted."""
    match outcome:
        case Sent(channel_id=channel_id, ts=ts):
            doubtful = claim.posts > 1 or (ts is None and claim.op is DeliveryOp.POST)
            audit_at = now + (rules.audits[0] if ts is not None else rules.settle) if doubtful else None
            return _sent(claim, channel_id=channel_id, ts=ts, audit_at=audit_at, posts=claim.posts, now=now)
        case Adopted(channel_id=channel_id, ts=ts, twins=twins):
            audit_at = now if twins else now + rules.audits[0] if claim.posts > 2 else None  # noqa: PLR2004
            return _sent(claim, channel_id=channel_id, ts=ts, audit_at=audit_at, posts=claim.posts - 1, now=now)
        case RateLimited():
            return _again(claim, posts=claim.posts - 1, at=None, error="ratelimited")
        case NotSent(error=error) | NoAnswerFromHistory(error=error):
            return _again(claim, posts=claim.posts - 1, at=now + rules.backoff(claim.attempts), error=error)
        case Unanswered(error=error):
            patience = rules.settle if claim.op is DeliveryOp.POST else rules.backoff(claim.attempts)
            return _again(claim, posts=claim.posts, at=now + patience, error=error)
        case Refused(error=error):
            return {"state": DeliveryState.DEAD, "error": error, "posts": claim.posts - 1}


def _sent(
    claim: Claim, *, channel_id: str | None, ts: str | None, audit_at: datetime | None, posts: int, now: datetime
) -> dict[str, Any]:
    known = channel_id or claim.channel_id
    change = {"state": DeliveryState.SENT, "channel_id": known, "ts": ts, "sent_at": now, "audit_at": audit_at}
    return {**change, "error": None, "not_before": None, "posts": posts}


def _again(claim: Claim, *, posts: int, at: datetime | None, error: str) -> dict[str, Any]:
    """Back to waiting: unknown as long as any try may have been accepted, whatever the last answer was."""
    unknown = posts > 0 and claim.op is DeliveryOp.POST
    change: dict[str, Any] = {"state": DeliveryState.UNKNOWN if unknown else DeliveryState.PENDING, "not_before": at}
    if posts == 0:
        change["first_tried_at"] = None
    return {**change, "posts": posts, "error": error}


def _announce(session: Session, claim: Claim, error: str, *, rules: DeliveryRules, now: datetime) -> None:
    """Say on the fallback destination what could not be delivered where; once, and never about itself."""
    fallback = rules.fallback_destination
    key = f"{claim.key}:undeliverable"
    if fallback is None or fallback == claim.destination or claim.kind == UNDELIVERABLE_KIND:
        return
    if session.scalar(select(Outbox.id).where(Outbox.key == key)) is not None:
        return
    payload = {
        "kind": claim.kind,
        "payload": dict(claim.payload),
        "destination": claim.destination,
        "error": error,
        "number": claim.id,
    }
    session.add(
        Outbox(
            key=key,
            message=key,
            op=DeliveryOp.POST,
            destination=fallback,
            kind=UNDELIVERABLE_KIND,
            payload=payload,
            state=DeliveryState.PENDING,
            created_at=now,
            attempts=0,
            posts=0,
        )
    )
