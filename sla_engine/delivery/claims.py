"""Claiming the next message to carry: its channel must be free, its incident's turn come, and no other worker on it."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy import RowMapping, select, update
from sqlalchemy.orm import Session

from sla_engine.delivery import rate_limits, storm_gathering
from sla_engine.delivery.order import Plan, Posted, WaitingMessage, plan
from sla_engine.delivery.records import ITS_MESSAGE_IS_GONE, Claim, DeliveryOp, DeliveryRules, DeliveryState
from sla_engine.domain.upkeep.retries import Queue
from sla_engine.storage import failures
from sla_engine.storage.database import isolated
from sla_engine.storage.tables.delivery import Outbox, Slot

log = structlog.get_logger(__name__)

WINDOW_ROWS = 500  # of one channel's waiting messages are looked at in one claim
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
)


def claim_next(session: Session, *, token: str, rules: DeliveryRules, now: datetime) -> Claim | None:
    """Take the next message that may be carried now; None when there is none.

    Call it in a writing transaction, after `slots.add_missing` in an earlier one; send only after it is committed.
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
        claim = _claimed(session, destination, token=token, rules=rules, now=now)
        if claim is not None:
            return claim
    return None


def _claimed(session: Session, destination: str, *, token: str, rules: DeliveryRules, now: datetime) -> Claim | None:
    """Claim in one channel; one whose plan fails is left alone for a while, and holds up no other."""
    slot = rate_limits.lock_free(session, destination, now=now)
    if slot is None:
        return None

    def leave_alone(error: Exception) -> None:
        log.error("a channel's messages could not be planned", destination=destination, exc_info=error)
        rate_limits.park(session, destination, until=now + rules.longest_backoff, now=now)

    work = partial(_claim_in, session, slot, token=token, rules=rules, now=now)
    return isolated(session, work, on_failure=leave_alone)


def _claim_in(session: Session, slot: Slot, *, token: str, rules: DeliveryRules, now: datetime) -> Claim | None:
    planned = _planned(session, slot, rules=rules, now=now)
    for row in planned.ready:
        if row.is_unknown and not rate_limits.take_look_up_permit(session, gap=rules.look_up_gap, now=now):
            continue
        claim = _taken(session, row, slot, token=token, rules=rules, now=now)
        if claim is not None:
            slot.next_at = now + rules.post_gap
            return claim
    return None


def _taken(
    session: Session, row: WaitingMessage, slot: Slot, *, token: str, rules: DeliveryRules, now: datetime
) -> Claim | None:
    """Take one message; one that cannot be read is put off, and given up after its last try."""
    work = partial(_take, session, row, slot, token=token, rules=rules, now=now)
    return isolated(session, work, on_failure=partial(_put_off, session, row, rules=rules, now=now))


def _put_off(session: Session, row: WaitingMessage, error: Exception, *, rules: DeliveryRules, now: datetime) -> None:
    log.error("a message cannot be read", message=row.id, exc_info=error)
    failure = failures.record(
        session, Queue.MESSAGE, str(row.id), error=error, pace=rules.pace, at=now, incident_id=row.incident_id
    )
    again = failure.next_try_at
    change = {"state": DeliveryState.DEAD, "error": failure.error} if again is None else {"not_before": again}
    session.execute(
        update(Outbox).where(Outbox.id == row.id).values(**change).execution_options(synchronize_session=False)
    )


def _planned(session: Session, slot: Slot, *, rules: DeliveryRules, now: datetime) -> Plan:
    """The channel's plan, after what is moot or too much at once has been collapsed."""
    while True:
        rows = _window(session, slot.destination)
        planned = plan(rows, _posted(session, rows), now=now)
        _collapse(session, ((row, None) for row in planned.moot))
        _collapse(session, planned.superseded)
        _pass_on_doubt(session, planned.superseded)
        if not _calmed(session, slot, planned, rules=rules, now=now):
            return planned


def _calmed(session: Session, slot: Slot, planned: Plan, *, rules: DeliveryRules, now: datetime) -> bool:
    """Whether a storm was collapsed; where that fails, its messages go out one by one."""

    def one_by_one(error: Exception) -> None:
        log.error("a storm could not be summed up", destination=slot.destination, exc_info=error)

    work = partial(storm_gathering.calm, session, slot, planned.fresh, rules=rules, now=now)
    return isolated(session, work, on_failure=one_by_one) or False


def _window(session: Session, destination: str) -> list[WaitingMessage]:
    found = session.execute(
        select(*COLUMNS)
        .where(rate_limits.IS_WAITING, Outbox.destination == destination, Outbox.op.in_(DeliveryOp))
        .order_by(Outbox.destination, Outbox.id)
        .limit(WINDOW_ROWS)
    )
    return [_waiting(row) for row in found.mappings()]


def _waiting(row: RowMapping) -> WaitingMessage:
    named: dict[str, Any] = {str(name): value for name, value in row.items()}
    named["op"] = DeliveryOp(named["op"])
    named["state"] = DeliveryState(named["state"])
    return WaitingMessage(**named)


def _posted(session: Session, rows: Iterable[WaitingMessage]) -> dict[str, Posted]:
    wanted = {row.depends_on for row in rows if row.depends_on is not None}
    if not wanted:
        return {}
    found = session.execute(
        select(
            Outbox.message,
            Outbox.id,
            Outbox.state,
            Outbox.channel_id,
            Outbox.ts,
            Outbox.duplicate_check_at,
            Outbox.meant_for,
        )
        .where(Outbox.message.in_(wanted), Outbox.op == DeliveryOp.POST)
        .order_by(Outbox.id)
    )
    return {
        row.message: Posted(
            id=row.id,
            state=DeliveryState(row.state),
            channel_id=row.channel_id,
            ts=row.ts,
            ts_is_sought=row.duplicate_check_at is not None,
            meant_for=row.meant_for,
        )
        for row in found
    }


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


def _pass_on_doubt(session: Session, superseded: Iterable[tuple[WaitingMessage, WaitingMessage]]) -> None:
    """An edit that may still land late makes the newer one doubtful too: it will be said once more later."""
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
    """Mark the message as being carried, unless its last carrier finished it meanwhile."""
    taken = session.execute(
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
    ).scalar()
    if taken is None:
        return None
    stored = session.get_one(Outbox, row.id, populate_existing=True)
    if stored.first_tried_at is None:
        stored.first_tried_at = now
    on = _posted(session, [row]).get(row.depends_on or "")
    edited = on if row.op is DeliveryOp.UPDATE else None
    meant_for = stored.meant_for if edited is None else edited.meant_for
    return Claim(
        id=stored.id,
        token=token,
        lease_until=now + rules.lease,
        key=stored.key,
        op=row.op,
        kind=stored.kind,
        payload=stored.payload,
        destination=stored.destination,
        channel_id=(on.channel_id if on is not None else None) or slot.channel_id,
        ts=None if edited is None else edited.ts,
        thread_ts=on.ts if on is not None and row.op is DeliveryOp.POST else None,
        posts=stored.posts,
        attempts=stored.attempts,
        first_tried_at=stored.first_tried_at,
        is_unknown=row.is_unknown,
        error=stored.error,
        text_only=stored.text_only,
        lost=_lost(row, slot, now=now),
        was_lost=slot.lost_error is not None,
        meant_for=meant_for,
        meant_for_error=_why_lost(session, meant_for),
    )


def _lost(row: WaitingMessage, slot: Slot, *, now: datetime) -> str | None:
    """Why nothing new is tried at a lost destination yet; edits, replies and unknown messages go their own way."""
    if row.depends_on is not None or row.is_unknown or slot.lost_until is None or slot.lost_until <= now:
        return None
    return slot.lost_error


def _why_lost(session: Session, destination: str | None) -> str | None:
    if destination is None:
        return None
    return session.scalar(select(Slot.lost_error).where(Slot.destination == destination))
