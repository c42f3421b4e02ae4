"""Records how carrying a message went; a worker that lost its lease changes the message no more."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sla_engine.delivery import lost_channels, posted_anew, rate_limits
from sla_engine.delivery.order import COLLAPSIBLE
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
    Shrunk,
    Unanswered,
)
from sla_engine.domain.agreements.routes import Routes
from sla_engine.domain.upkeep.retries import Queue
from sla_engine.storage import failures
from sla_engine.storage.outbox import SHRUNK
from sla_engine.storage.tables.delivery import Outbox

LOST = frozenset({RefusalCause.CHANNEL, RefusalCause.PERSON})
"""Refusals of a whole destination, not of one message."""


def finish(
    session: Session, claim: Claim, outcome: DeliveryOutcome, *, rules: DeliveryRules, routes: Routes, now: datetime
) -> bool:
    """Record the outcome; False when the lease was lost and another worker has the message."""
    _update_slots(session, claim, outcome, rules=rules, now=now)
    is_ours = Outbox.id == claim.id, Outbox.token == claim.token, Outbox.state == DeliveryState.SENDING
    if session.scalar(select(Outbox.id).where(*is_ours).with_for_update()) is None:
        return False
    if isinstance(outcome, Failed):
        change = _after_fault(session, claim, outcome, rules=rules, now=now)
    elif isinstance(outcome, Shrunk):
        change = _after_shrinking(claim, outcome, rules=rules, now=now)
    else:
        change = _after_answer(claim, outcome, rules=rules, now=now)
        if _goes_elsewhere(claim, outcome):
            change |= _rerouted(session, claim, routes)
            _move_followers(session, claim, to=str(change["destination"]))
        elif _leaves_news(claim, outcome) and posted_anew.post(session, claim, before=_posted_before(outcome, now)):
            change |= {"state": DeliveryState.COLLAPSED, "error": posted_anew.POSTED_ANEW}
        if isinstance(outcome, Sent | Adopted) and claim.attempts > 1:
            failures.clear(session, Queue.MESSAGE, str(claim.id))
    session.execute(
        update(Outbox)
        .where(*is_ours)
        .values(token=None, lease_until=None, **change)
        .execution_options(synchronize_session=False)
    )
    if change["state"] == DeliveryState.DEAD and _is_announced(claim, outcome):
        _announce(session, claim, change["error"], routes=routes, now=now)
    return True


def _after_fault(
    session: Session, claim: Claim, outcome: Failed, *, rules: DeliveryRules, now: datetime
) -> dict[str, Any]:
    """Count a fault of ours; the message is tried again later, or dead after its last try."""
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


def _is_announced(claim: Claim, outcome: DeliveryOutcome) -> bool:
    """Whether people read that the message was given up; a reply in a lost channel is not announced."""
    if isinstance(outcome, Failed):
        return True
    if not isinstance(outcome, Refused) or not outcome.announce:
        return False
    return claim.thread_ts is None or outcome.cause not in LOST


def _is_lost(claim: Claim, outcome: DeliveryOutcome) -> bool:
    """Whether the destination takes no new messages; a refused edit or reply says nothing about that."""
    is_new = claim.op is DeliveryOp.POST and claim.thread_ts is None
    return is_new and isinstance(outcome, Refused) and outcome.cause in LOST


def _goes_elsewhere(claim: Claim, outcome: DeliveryOutcome) -> bool:
    """Whether the message is posted at another destination: its channel is lost, or the one it was rerouted to is."""
    if not _is_lost(claim, outcome):
        return False
    is_about_channel = isinstance(outcome, Refused) and outcome.cause is RefusalCause.CHANNEL
    return is_about_channel or claim.meant_for is not None


def _leaves_news(claim: Claim, outcome: Answered) -> bool:
    """Whether an edit found no message that it may change: what it says would be news that nobody reads."""
    causes = {RefusalCause.GONE, RefusalCause.FIXED}
    is_refused = isinstance(outcome, Refused) and outcome.cause in causes
    return is_refused and claim.op is DeliveryOp.UPDATE and claim.kind not in COLLAPSIBLE


def _posted_before(outcome: Answered, now: datetime) -> datetime:
    """The real time before which a message must have been posted for its news to be posted anew."""
    is_fixed = isinstance(outcome, Refused) and outcome.cause is RefusalCause.FIXED
    return now - posted_anew.FIXED_AFTER if is_fixed else now


def _rerouted(session: Session, claim: Claim, routes: Routes) -> dict[str, Any]:
    """Columns of a message that goes to another destination; where none works, it is kept for its own."""
    belongs_to = claim.meant_for or claim.destination
    destination = lost_channels.first_working(session, routes.instead_of(belongs_to))
    if destination is None:
        columns: dict[str, Any] = {"destination": belongs_to, "meant_for": None}
        return columns if claim.meant_for_error is None else {**columns, "error": claim.meant_for_error}
    return {
        "state": DeliveryState.PENDING,
        "destination": destination,
        "meant_for": belongs_to,
        "posts": 0,
        "attempts": 0,
        "first_tried_at": None,
        "not_before": None,
    }


def _move_followers(session: Session, claim: Claim, *, to: str) -> None:
    """Move its edits, deletion and replies with a message: at two destinations nobody would keep their order."""
    message = session.scalar(select(Outbox.message).where(Outbox.id == claim.id))
    follows = (Outbox.thread_of == message) | ((Outbox.message == message) & (Outbox.op != DeliveryOp.POST))
    session.execute(
        update(Outbox)
        .where(rate_limits.IS_WAITING, follows)
        .values(destination=to)
        .execution_options(synchronize_session=False)
    )


def _update_slots(
    session: Session, claim: Claim, outcome: DeliveryOutcome, *, rules: DeliveryRules, now: datetime
) -> None:
    """Record what the outcome says of the channel and of Slack; it holds even where the lease was lost."""
    if claim.lost is not None:  # Slack was not called
        return
    _update_destination(session, claim, outcome, rules=rules, now=now)
    _update_breaker(session, outcome, rules=rules, now=now)


def _update_destination(
    session: Session, claim: Claim, outcome: DeliveryOutcome, *, rules: DeliveryRules, now: datetime
) -> None:
    match outcome:
        case Sent(channel_id=channel_id) | Adopted(channel_id=channel_id):
            if channel_id is not None:
                rate_limits.lock(session, claim.destination, now=now).channel_id = channel_id
        case RateLimited(retry_after=retry_after, look_up=look_up):
            until = now + (rules.default_retry_after if retry_after is None else retry_after)
            rate_limits.park(session, rate_limits.LOOK_UPS if look_up else claim.destination, until=until, now=now)
        case Refused(error=error) if _is_lost(claim, outcome):
            lost_channels.mark_lost(session, claim.destination, error, rules=rules, now=now)
        case _:
            pass


def _update_breaker(session: Session, outcome: DeliveryOutcome, *, rules: DeliveryRules, now: datetime) -> None:
    match outcome:
        case Unanswered() | NotSent(is_outage=True) | NoAnswerFromHistory(is_outage=True):
            rate_limits.record_unanswered(session, rules, now=now)
        case NotSent() | Failed():
            pass
        case _:
            rate_limits.record_answered(session, now=now)


def _after_shrinking(claim: Claim, shrunk: Shrunk, *, rules: DeliveryRules, now: datetime) -> dict[str, Any]:
    """The state of a deletion that left a line, which is written again where an earlier edit may still arrive."""
    check_at = now + rules.duplicate_checks[0] if claim.posts > 1 else None
    sent = _sent(claim, channel_id=shrunk.channel_id, ts=shrunk.ts, check_at=check_at, posts=claim.posts, now=now)
    return {**sent, "error": SHRUNK}


def _after_answer(claim: Claim, outcome: Answered, *, rules: DeliveryRules, now: datetime) -> dict[str, Any]:
    """The message's new state; `posts` is one less again where Slack accepted nothing."""
    match outcome:
        case Sent(channel_id=channel_id, ts=ts):
            has_no_ts = ts is None and claim.op is DeliveryOp.POST
            delay = rules.settle if ts is None else rules.duplicate_checks[0]
            is_repeated = claim.posts > 1 and claim.op is not DeliveryOp.DELETE
            check_at = now + delay if is_repeated or has_no_ts else None
            return _sent(claim, channel_id=channel_id, ts=ts, check_at=check_at, posts=claim.posts, now=now)
        case Adopted(channel_id=channel_id, ts=ts, has_duplicates=has_duplicates):
            check_at = None
            if has_duplicates:
                check_at = now
            elif claim.posts > 2:  # noqa: PLR2004 - this try, the one that was found, and another
                check_at = now + rules.duplicate_checks[0]
            return _sent(claim, channel_id=channel_id, ts=ts, check_at=check_at, posts=claim.posts - 1, now=now)
        case RateLimited():
            return _again(claim, posts=claim.posts - 1, at=None, error="ratelimited")
        case NotSent(error=error) | NoAnswerFromHistory(error=error):
            return _again(claim, posts=claim.posts - 1, at=now + rules.backoff(claim.attempts), error=error)
        case Unanswered(error=error):
            wait = rules.settle if claim.op is DeliveryOp.POST else rules.backoff(claim.attempts)
            return _again(claim, posts=claim.posts, at=now + wait, error=error)
        case Refused():
            return _refused(claim, outcome)


def _refused(claim: Claim, refused: Refused) -> dict[str, Any]:
    """A refused message is dead; one refused for its form is sent once more first, as its text alone."""
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
    """Let the message wait: unknown as long as any try may have been accepted, whatever the last answer was."""
    unknown = posts > 0 and claim.op is DeliveryOp.POST
    change: dict[str, Any] = {"state": DeliveryState.UNKNOWN if unknown else DeliveryState.PENDING, "not_before": at}
    if posts == 0:
        change["first_tried_at"] = None
    return {**change, "posts": posts, "error": error}


def _announce(session: Session, claim: Claim, error: str, *, routes: Routes, now: datetime) -> None:
    """Post a notice that the message could not be delivered: once, and never about such a notice itself.

    It may go to the message's own channel, where the message and not the channel was refused.
    """
    destination = lost_channels.first_working(session, routes.for_notices())
    key = f"{claim.key}:undeliverable"
    if destination is None or claim.kind == UNDELIVERABLE_KIND:
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
            destination=destination,
            kind=UNDELIVERABLE_KIND,
            payload=payload,
            state=DeliveryState.PENDING,
            created_at=now,
            attempts=0,
            posts=0,
        )
    )
