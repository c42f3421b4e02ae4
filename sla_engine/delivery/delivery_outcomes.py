"""Recording how carrying a message went. Every finish is fenced: a worker that lost its lease changes nothing."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sla_engine.delivery import lost_channels, rate_limits
from sla_engine.delivery.records import (
    UNDELIVERABLE_KIND,
    Adopted,
    Answered,
    Claim,
    DeliveryOp,
    DeliveryOutcome,
    DeliveryRules,
    DeliveryState,
    Failed,
    NoAnswerFromHistory,
    NotSent,
    RateLimited,
    RefusalCause,
    Refused,
    Sent,
    Unanswered,
)
from sla_engine.domain.agreements.routes import Routes
from sla_engine.domain.upkeep.retries import Queue
from sla_engine.storage import failures
from sla_engine.storage.tables.delivery import Outbox

LOST = frozenset({RefusalCause.CHANNEL, RefusalCause.PERSON})


def finish(
    session: Session, claim: Claim, outcome: DeliveryOutcome, *, rules: DeliveryRules, routes: Routes, now: datetime
) -> bool:
    """Record the outcome; False when the lease was lost and somebody else carries the message now."""
    _tell_slots(session, claim, outcome, rules=rules, now=now)
    is_ours = Outbox.id == claim.id, Outbox.token == claim.token, Outbox.state == DeliveryState.SENDING
    if session.scalar(select(Outbox.id).where(*is_ours).with_for_update()) is None:
        return False
    if isinstance(outcome, Failed):
        change = _failed_change(session, claim, outcome, rules=rules, now=now)
    else:
        change = _change(claim, outcome, rules=rules, now=now)
        if _is_lost(claim, outcome) and (claim.meant_for is not None or _is_about_channel(outcome)):
            change |= _elsewhere(session, claim, routes)
            _move_followers(session, claim, to=str(change["destination"]))
        if isinstance(outcome, Sent | Adopted) and claim.attempts > 1:
            failures.clear(session, Queue.MESSAGE, str(claim.id))
    session.execute(
        update(Outbox)
        .where(*is_ours)
        .values(token=None, lease_until=None, **change)
        .execution_options(synchronize_session=False)
    )
    if change["state"] == DeliveryState.DEAD and _is_told(claim, outcome):
        _announce(session, claim, change["error"], routes=routes, now=now)
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


def _is_told(claim: Claim, outcome: DeliveryOutcome) -> bool:
    """Whether somebody is to hear that the message was given up; not of an answer whose channel is lost with it."""
    if isinstance(outcome, Failed):
        return True
    if not isinstance(outcome, Refused) or not outcome.announce:
        return False
    return claim.thread_ts is None or outcome.cause not in LOST


def _is_lost(claim: Claim, outcome: DeliveryOutcome) -> bool:
    """Whether the destination takes no new messages; an edit or an answer speaks of its own message only."""
    is_new = claim.op is DeliveryOp.POST and claim.thread_ts is None
    return is_new and isinstance(outcome, Refused) and outcome.cause in LOST


def _is_about_channel(outcome: DeliveryOutcome) -> bool:
    return isinstance(outcome, Refused) and outcome.cause is RefusalCause.CHANNEL


def _elsewhere(session: Session, claim: Claim, routes: Routes) -> dict[str, Any]:
    """Where the message of a lost channel is said instead; nowhere, and it is kept for the place it belongs to."""
    belongs_to = claim.meant_for or claim.destination
    found = lost_channels.first_working(session, routes.instead_of(belongs_to))
    if found is None:
        its_own_error = {} if claim.meant_for_error is None else {"error": claim.meant_for_error}
        return {"destination": belongs_to, "meant_for": None, **its_own_error}
    anew: dict[str, Any] = {"posts": 0, "attempts": 0, "first_tried_at": None, "not_before": None}
    return {"state": DeliveryState.PENDING, "destination": found, "meant_for": belongs_to, **anew}


def _move_followers(session: Session, claim: Claim, *, to: str) -> None:
    """Edits of the message and replies to it wait where it waits: in two places nobody would keep their order."""
    message = session.scalar(select(Outbox.message).where(Outbox.id == claim.id))
    follows = (Outbox.thread_of == message) | ((Outbox.message == message) & (Outbox.op == DeliveryOp.UPDATE))
    session.execute(
        update(Outbox)
        .where(rate_limits.IS_WAITING, follows)
        .values(destination=to)
        .execution_options(synchronize_session=False)
    )


def _tell_slots(
    session: Session, claim: Claim, outcome: DeliveryOutcome, *, rules: DeliveryRules, now: datetime
) -> None:
    """What the answer says about the channel and about Slack holds even for a worker that lost its lease."""
    if claim.lost is not None:  # nobody was asked
        return
    match outcome:
        case Sent(channel_id=channel_id) | Adopted(channel_id=channel_id):
            if channel_id is not None:
                rate_limits.lock(session, claim.destination, now=now).channel_id = channel_id
        case RateLimited(retry_after=retry_after, look_up=look_up):
            until = now + (rules.default_retry_after if retry_after is None else retry_after)
            rate_limits.park(session, rate_limits.LOOK_UPS if look_up else claim.destination, until=until, now=now)
        case Refused(error=error) if _is_lost(claim, outcome):
            lost_channels.note(session, claim.destination, error, rules=rules, now=now)
        case _:
            pass
    match outcome:
        case Unanswered() | NotSent(is_outage=True) | NoAnswerFromHistory(is_outage=True):
            rate_limits.note_silence(session, rules, now=now)
        case NotSent() | Failed():
            pass
        case _:
            rate_limits.note_answer(session, now=now)


def _change(claim: Claim, outcome: Answered, *, rules: DeliveryRules, now: datetime) -> dict[str, Any]:
    """The message's new state; `posts` goes down again where nothing was accepted."""
    match outcome:
        case Sent(channel_id=channel_id, ts=ts):
            doubtful = claim.posts > 1 or (ts is None and claim.op is DeliveryOp.POST)
            delay = rules.settle if ts is None else rules.duplicate_checks[0]
            check_at = now + delay if doubtful else None
            return _sent(claim, channel_id=channel_id, ts=ts, check_at=check_at, posts=claim.posts, now=now)
        case Adopted(channel_id=channel_id, ts=ts, has_duplicates=has_duplicates):
            check_at = None
            if has_duplicates:
                check_at = now
            elif claim.posts > 2:  # noqa: PLR2004 - this look-up, what it found, and another post
                check_at = now + rules.duplicate_checks[0]
            return _sent(claim, channel_id=channel_id, ts=ts, check_at=check_at, posts=claim.posts - 1, now=now)
        case RateLimited():
            return _again(claim, posts=claim.posts - 1, at=None, error="ratelimited")
        case NotSent(error=error) | NoAnswerFromHistory(error=error):
            return _again(claim, posts=claim.posts - 1, at=now + rules.backoff(claim.attempts), error=error)
        case Unanswered(error=error):
            patience = rules.settle if claim.op is DeliveryOp.POST else rules.backoff(claim.attempts)
            return _again(claim, posts=claim.posts, at=now + patience, error=error)
        case Refused():
            return _refused(claim, outcome)


def _refused(claim: Claim, refused: Refused) -> dict[str, Any]:
    """Given up; but what Slack refused for its form is sent once more, its text alone, in its old place."""
    if refused.cause is RefusalCause.FORM and claim.text_only is None:
        return {**_again(claim, posts=claim.posts - 1, at=None, error=refused.error), "text_only": refused.error}
    return {"state": DeliveryState.DEAD, "error": refused.error, "posts": claim.posts - 1}


def _sent(
    claim: Claim, *, channel_id: str | None, ts: str | None, check_at: datetime | None, posts: int, now: datetime
) -> dict[str, Any]:
    known = channel_id or claim.channel_id
    change = {"state": DeliveryState.SENT, "channel_id": known, "ts": ts, "sent_at": now}
    return {**change, "duplicate_check_at": check_at, "error": None, "not_before": None, "posts": posts}


def _again(claim: Claim, *, posts: int, at: datetime | None, error: str) -> dict[str, Any]:
    """Back to waiting: unknown as long as any try may have been accepted, whatever the last answer was."""
    unknown = posts > 0 and claim.op is DeliveryOp.POST
    change: dict[str, Any] = {"state": DeliveryState.UNKNOWN if unknown else DeliveryState.PENDING, "not_before": at}
    if posts == 0:
        change["first_tried_at"] = None
    return {**change, "posts": posts, "error": error}


def _announce(session: Session, claim: Claim, error: str, *, routes: Routes, now: datetime) -> None:
    """Say what could not be delivered where somebody reads it; once, and never about such a notice itself.

    The message's own channel may be that place, when the message and not the channel was the trouble.
    """
    fallback = lost_channels.first_working(session, routes.for_notices())
    key = f"{claim.key}:undeliverable"
    if fallback is None or claim.kind == UNDELIVERABLE_KIND:
        return
    if session.scalar(select(Outbox.id).where(Outbox.key == key)) is not None:
        return
    payload = {
        "kind": claim.kind,
        "payload": dict(claim.payload),
        "destination": claim.meant_for or claim.destination,
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
