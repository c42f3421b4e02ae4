"""Claims the next message to carry: its channel is free, its incident's turn has come, and no other worker has it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy import RowMapping, select, update
from sqlalchemy.orm import Session

from sla_engine.delivery import burst_gathering, rate_limits, superseded_posts
from sla_engine.delivery.order import Plan, Posted, WaitingMessage, plan
from sla_engine.delivery.records import ITS_MESSAGE_IS_GONE, Claim, DeliveryOp, DeliveryRules, DeliveryState, Successor
from sla_engine.delivery.superseded_posts import posts_by_name
from sla_engine.domain.upkeep.retries import Queue
from sla_engine.storage import failures
from sla_engine.storage.database import isolated
from sla_engine.storage.tables.delivery import Outbox, Slot

log = structlog.get_logger(__name__)

WINDOW_ROWS = 500
"""How many of a channel's waiting messages, the oldest, one claim reads."""

COLUMNS = (
    Outbox.id,
    Outbox.message,
    Outbox.op,
    Outbox.kind,
    Outbox.state,
    Outbox.thread_of,
    Outbox.incident_id,
    Outbox.not_before,
    Outbox.lease_until,
    Outbox.token,
    Outbox.posts,
    Outbox.successor,
)


def claim_next(session: Session, *, token: str, rules: DeliveryRules, now: datetime) -> Claim | None:
    """Take the next message that may be carried now; None when there is none.

    Call it in a writing transaction, after `rate_limits.add_missing` in an earlier one; send only once it is committed.
    """
    times = rate_limits.next_times(session)
    free = sorted((at, destination) for destination, at in times.items() if at is not None and at <= now)
    if not free:
        return None
    if rate_limits.breaker_is_open(session, rules) and not rate_limits.take_probe(
        session, gap=rules.probe_gap, now=now
    ):
        return None
    for _, destination in free:
        claim = _claim_at(session, destination, token=token, rules=rules, now=now)
        if claim is not None:
            return claim
    return None


def _claim_at(session: Session, destination: str, *, token: str, rules: DeliveryRules, now: datetime) -> Claim | None:
    """Claim a message of one channel; a channel whose planning fails is parked, and holds up no other."""
    slot = rate_limits.lock_free(session, destination, now=now)
    if slot is None:
        return None

    def park(error: Exception) -> None:
        log.error("a channel's messages could not be planned", destination=destination, exc_info=error)
        rate_limits.park(session, destination, until=now + rules.longest_backoff, now=now)

    work = partial(_claim_in_slot, session, slot, token=token, rules=rules, now=now)
    return isolated(session, work, on_failure=park)


def _claim_in_slot(session: Session, slot: Slot, *, token: str, rules: DeliveryRules, now: datetime) -> Claim | None:
    channel_plan = _plan_channel(session, slot, rules=rules, now=now)
    for row in channel_plan.ready:
        if row.asks_history and not rate_limits.take_look_up_permit(session, gap=rules.look_up_gap, now=now):
            continue
        claim = _claim_message(session, row, slot, token=token, rules=rules, now=now)
        if claim is not None:
            slot.next_at = now + rules.post_gap
            return claim
    return None


def _claim_message(
    session: Session, row: WaitingMessage, slot: Slot, *, token: str, rules: DeliveryRules, now: datetime
) -> Claim | None:
    """Claim one message; one that cannot be read is put off, and given up after its last try."""
    work = partial(_take, session, row, slot, token=token, rules=rules, now=now)
    return isolated(session, work, on_failure=partial(_put_off, session, row, rules=rules, now=now))


def _put_off(session: Session, row: WaitingMessage, error: Exception, *, rules: DeliveryRules, now: datetime) -> None:
    log.error("a message cannot be read", message=row.id, exc_info=error)
    failure = failures.record(
        session, Queue.MESSAGE, str(row.id), error=error, pace=rules.pace, at=now, incident_id=row.incident_id
    )
    change: dict[str, Any] = {"not_before": failure.next_try_at}
    if failure.next_try_at is None:
        change = {"state": DeliveryState.DEAD, "error": failure.error}
    session.execute(
        update(Outbox).where(Outbox.id == row.id).values(**change).execution_options(synchronize_session=False)
    )


def _plan_channel(session: Session, slot: Slot, *, rules: DeliveryRules, now: datetime) -> Plan:
    """Collapse a channel's messages that are moot, superseded or part of a burst, and plan the others."""
    while True:
        rows = _waiting_messages(session, slot.destination)
        if superseded_posts.drop_untried(session, rows):
            continue
        channel_plan = plan(rows, posts_by_name(session, rows), now=now)
        _collapse(session, ((row, None) for row in channel_plan.moot))
        _collapse(session, channel_plan.superseded)
        _pass_on_posts(session, channel_plan.superseded)
        if not _collapse_burst(session, slot, channel_plan, rules=rules, now=now):
            return channel_plan


def _collapse_burst(session: Session, slot: Slot, channel_plan: Plan, *, rules: DeliveryRules, now: datetime) -> bool:
    """Collapse a burst, and answer whether there was one; where that fails, its messages go out one by one."""

    def send_one_by_one(error: Exception) -> None:
        log.error("a burst could not be summed up", destination=slot.destination, exc_info=error)

    work = partial(burst_gathering.collapse_burst, session, slot, channel_plan.fresh, rules=rules, now=now)
    return isolated(session, work, on_failure=send_one_by_one) or False


def _waiting_messages(session: Session, destination: str) -> list[WaitingMessage]:
    rows = session.execute(
        select(*COLUMNS)
        .where(rate_limits.IS_WAITING, Outbox.destination == destination, Outbox.op.in_(DeliveryOp))
        .order_by(Outbox.destination, Outbox.id)
        .limit(WINDOW_ROWS)
    )
    return [_waiting_message(row) for row in rows.mappings()]


def _waiting_message(row: RowMapping) -> WaitingMessage:
    values: dict[str, Any] = {str(name): value for name, value in row.items()}
    values["op"] = DeliveryOp(values["op"])
    values["state"] = DeliveryState(values["state"])
    return WaitingMessage(**values)


def _collapse(session: Session, rows: Iterable[tuple[WaitingMessage, WaitingMessage | None]]) -> None:
    for row, into in rows:
        session.execute(
            update(Outbox)
            .where(Outbox.id == row.id, Outbox.state == row.state)
            .values(
                state=DeliveryState.COLLAPSED,
                collapsed_into=None if into is None else into.id,
                error=ITS_MESSAGE_IS_GONE if into is None else None,
            )
            .execution_options(synchronize_session=False)
        )


def _pass_on_posts(session: Session, superseded: Iterable[tuple[WaitingMessage, WaitingMessage]]) -> None:
    """Count the posts of a superseded change for the newer one: the older may still land late, so that is repeated."""
    for older, newer in superseded:
        if older.posts > 0:
            session.execute(
                update(Outbox)
                .where(Outbox.id == newer.id)
                .values(posts=Outbox.posts + older.posts)
                .execution_options(synchronize_session=False)
            )


def _take(
    session: Session, row: WaitingMessage, slot: Slot, *, token: str, rules: DeliveryRules, now: datetime
) -> Claim | None:
    """Claim the message, unless its last carrier finished it meanwhile."""
    if not _mark_sending(session, row, token=token, rules=rules, now=now):
        return None
    stored = session.get_one(Outbox, row.id, populate_existing=True)
    if stored.first_tried_at is None:
        stored.first_tried_at = now
    posts = posts_by_name(session, [row])
    post = posts.get(row.depends_on or "")
    changed = post if row.is_change else None
    replied_to = None if row.is_change else post
    meant_for = stored.meant_for if changed is None else changed.meant_for
    return Claim(
        id=stored.id,
        token=token,
        lease_until=now + rules.lease,
        key=stored.key,
        op=row.op,
        kind=stored.kind,
        payload=stored.payload,
        destination=stored.destination,
        channel_id=_channel_id(post, slot),
        ts=None if changed is None else changed.ts,
        thread_ts=None if replied_to is None else replied_to.ts,
        posts=stored.posts,
        attempts=stored.attempts,
        first_tried_at=stored.first_tried_at,
        is_unknown=row.is_unknown,
        error=stored.error,
        text_only=stored.text_only,
        lost=_why_not_tried(row, slot, now=now),
        was_lost=slot.lost_error is not None,
        meant_for=meant_for,
        meant_for_error=_lost_error(session, meant_for),
        successor=_successor(row, posts),
    )


def _mark_sending(session: Session, row: WaitingMessage, *, token: str, rules: DeliveryRules, now: datetime) -> bool:
    """Put the message under a lease; False when its last carrier finished it since it was read."""
    marked = session.execute(
        update(Outbox)
        .where(Outbox.id == row.id, Outbox.state == row.state, Outbox.token.is_not_distinct_from(row.token))
        .values(
            state=DeliveryState.SENDING,
            token=token,
            lease_until=now + rules.lease,
            attempts=Outbox.attempts + 1,
            posts=Outbox.posts + 1,
        )
        .returning(Outbox.id)
        .execution_options(synchronize_session=False)
    )
    return marked.scalar() is not None


def _successor(row: WaitingMessage, posts: Mapping[str, Posted]) -> Successor | None:
    if row.successor is None:
        return None
    post = posts.get(row.successor)
    is_there = post is not None and post.state is DeliveryState.SENT
    return (
        Successor(channel_id=post.channel_id, ts=post.ts) if post and is_there else Successor(channel_id=None, ts=None)
    )


def _channel_id(post: Posted | None, slot: Slot) -> str | None:
    """The channel of the post that is changed or replied to, else the one its destination had last."""
    if post is not None and post.channel_id:
        return post.channel_id
    return slot.channel_id


def _why_not_tried(row: WaitingMessage, slot: Slot, *, now: datetime) -> str | None:
    """The error of a lost destination where no new message is tried yet; edits, replies and unknown ones are tried."""
    if row.depends_on is not None or row.is_unknown or slot.lost_until is None or slot.lost_until <= now:
        return None
    return slot.lost_error


def _lost_error(session: Session, destination: str | None) -> str | None:
    if destination is None:
        return None
    return session.scalar(select(Slot.lost_error).where(Slot.destination == destination))
