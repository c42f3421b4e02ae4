"""The inbox: requests and deliveries from outside, each kept once before it is answered, and worked on once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, defer

from sla_engine.domain.upkeep.inbox_state import InboxState
from sla_engine.domain.upkeep.retries import Queue, RetryPace
from sla_engine.storage import failures
from sla_engine.storage.failures import FailureRecord
from sla_engine.storage.tables.intake import Inbox
from sla_engine.storage.tables.upkeep import Failure

ROWS_AT_ONCE = 500
"""Rows named in one statement; databases bound the number of its parameters."""

ERROR_MAX_CHARS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRecord:
    """One delivery; `received_at` is real time, `arrived_at` the SLA time of its facts where it states none."""

    id: str
    source: str
    received_at: datetime
    arrived_at: datetime
    payload: dict[str, Any]
    state: InboxState
    error: str | None


def name_part(text: str) -> str:
    """Another system's name as a part of one of our names: the marks between parts are escaped in it."""
    return text.replace("%", "%25").replace(":", "%3A").replace("/", "%2F")


def delivery_name(source: str, delivery_id: str) -> str:
    """The id of a delivery; no name of ours for anything else begins with an intake's name and a colon."""
    return f"{source}:{delivery_id}"


def take(
    session: Session,
    *,
    inbox_id: str,
    source: str,
    payload: Mapping[str, Any],
    received_at: datetime,
    arrived_at: datetime | None = None,
    failed_again: bool = False,
) -> bool:
    """Keep a delivery; False when it was kept before. The same one that comes at the same moment waits for the answer.

    With `failed_again` one whose work failed may be sent again, as it is or corrected, and is new then.
    """
    row = Inbox(
        id=inbox_id,
        source=source,
        received_at=received_at,
        arrived_at=arrived_at,
        payload=dict(payload),
        state=InboxState.RECEIVED.value,
    )
    if _add(session, row):
        return True
    return failed_again and _take_failed_again(session, row)


def _take_failed_again(session: Session, again: Inbox) -> bool:
    row = session.scalar(select(Inbox).where(Inbox.id == again.id).with_for_update())
    if row is None or row.state != InboxState.FAILED:
        return False
    row.received_at = again.received_at
    row.arrived_at = again.arrived_at
    row.payload = again.payload
    start_again(session, row.id)
    failures.clear(session, Queue.DELIVERY, row.id)
    return True


def done(session: Session, inbox_id: str, *, at: datetime) -> None:
    """Mark a delivery as done: its work is recorded in this transaction."""
    _end(session, inbox_id, InboxState.DONE, None, at=at)


def drop(session: Session, inbox_id: str, error: str, *, at: datetime) -> None:
    """Mark a delivery as dropped: somebody decided that it is not to be worked on."""
    _end(session, inbox_id, InboxState.DROPPED, error, at=at)


def failed(session: Session, inbox_id: str, error: str, *, at: datetime) -> None:
    """Mark a delivery as failed: its work ended in an error that trying again will not fix."""
    _end(session, inbox_id, InboxState.FAILED, error, at=at)


def put_off(
    session: Session, inbox_id: str, *, queue: Queue, error: Exception, pace: RetryPace, at: datetime
) -> FailureRecord:
    """Count a failure of a delivery's work: it is done again later, or after the last try marked as failed."""
    failure = failures.record(session, queue, inbox_id, error=error, pace=pace, at=at)
    if failure.next_try_at is None:
        _end(session, inbox_id, InboxState.FAILED, failure.error, at=at)
    return failure


def take_again(session: Session, inbox_id: str, payload: Mapping[str, Any]) -> bool:
    """Keep a delivery anew with another payload; False when its work is done."""
    row = session.scalars(select(Inbox).where(Inbox.id == inbox_id).with_for_update()).one()
    if row.state == InboxState.DONE.value:
        return False
    row.payload = dict(payload)
    _reopen(session, row)
    return True


def forget(session: Session, inbox_id: str) -> None:
    """Delete a delivery that was not worked on."""
    session.execute(delete(Inbox).where(Inbox.id == inbox_id, Inbox.state == InboxState.RECEIVED.value))


def start_again(session: Session, inbox_id: str) -> None:
    """Let the work of a delivery that failed be done again."""
    _reopen(session, _unread(session, inbox_id))


def work_again(session: Session, inbox_ids: Sequence[str]) -> None:
    """Let deliveries whose work is done be worked on again; facts that were recorded of them are not recorded twice."""
    done = select(Inbox).where(Inbox.state == InboxState.DONE.value)
    for start in range(0, len(inbox_ids), ROWS_AT_ONCE):
        for row in session.scalars(done.where(Inbox.id.in_(inbox_ids[start : start + ROWS_AT_ONCE]))):
            if row.payload:  # one that was emptied after its time holds nothing to work on
                row.state = InboxState.RECEIVED.value
                row.done_at = None
        session.flush()


def find(session: Session, inbox_id: str) -> InboxRecord | None:
    """One delivery."""
    row = session.get(Inbox, inbox_id)
    return None if row is None else _record(row)


def lock(session: Session, inbox_id: str) -> InboxRecord | None:
    """One delivery, locked until the transaction ends; None when another transaction has it locked, or it is gone."""
    row = session.scalar(select(Inbox).where(Inbox.id == inbox_id).with_for_update(skip_locked=True))
    return None if row is None else _record(row)


def waiting(session: Session, *, sources: Collection[str], before: datetime, now: datetime, limit: int) -> list[str]:
    """The ids of deliveries of `sources` whose work is still to be done and due, oldest first.

    Those received before that instant (a younger one is being worked on right now), and those that failed and are due
    to be tried again. Payloads are not read, so that one that cannot be read holds up no other.
    """
    put_off = select(Failure.item).where(Failure.next_try_at.is_(None) | (Failure.next_try_at > now))
    failed = select(Failure.item).where(Failure.next_try_at <= now)
    wanted = (
        select(Inbox.id)
        .where(Inbox.state == InboxState.RECEIVED.value, Inbox.source.in_(sources))
        .where((Inbox.received_at < before) | Inbox.id.in_(failed), Inbox.id.not_in(put_off))
        .order_by(Inbox.received_at, Inbox.id)
        .limit(limit)
    )
    return list(session.scalars(wanted))


def sources_waiting(session: Session) -> list[str]:
    """The sources of deliveries and requests whose work is still to be done."""
    return list(session.scalars(select(Inbox.source).where(Inbox.state == InboxState.RECEIVED.value).distinct()))


def count_waiting(session: Session, *, before: datetime) -> int:
    """Count the deliveries received before that instant whose work is still to be done."""
    counted = select(func.count()).select_from(Inbox)
    return session.scalar(counted.where(Inbox.state == InboxState.RECEIVED.value, Inbox.received_at < before)) or 0


def hold(session: Session, source: str, name: str, *, at: datetime) -> dict[str, Any]:
    """Lock `name` until the transaction ends: a second one waits here. Answers what is remembered under the name.

    A row for the name stays, since only a row that exists can be locked on every database.
    """
    inbox_id = _hold_name(source, name)
    if _add(session, Inbox(id=inbox_id, source="hold", received_at=at, payload={}, state=InboxState.HELD.value)):
        return {}
    locked = select(Inbox).where(Inbox.id == inbox_id).with_for_update()
    row = session.scalar(locked.execution_options(populate_existing=True))
    return {} if row is None else row.payload


def remember(session: Session, source: str, name: str, kept: Mapping[str, Any]) -> None:
    """Remember a document under a name that this transaction holds."""
    session.get_one(Inbox, _hold_name(source, name)).payload = dict(kept)
    session.flush()


def _hold_name(source: str, name: str) -> str:
    return f"hold/{delivery_name(source, name)}"


def _add(session: Session, row: Inbox) -> bool:
    if session.get(Inbox, row.id) is not None:
        return False
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def _end(session: Session, inbox_id: str, state: InboxState, error: str | None, *, at: datetime) -> None:
    row = _unread(session, inbox_id)
    row.state = state.value
    row.done_at = at
    row.error = error[:ERROR_MAX_CHARS] if error else None
    session.flush()


def _reopen(session: Session, row: Inbox) -> None:
    row.state = InboxState.RECEIVED.value
    row.done_at = None
    row.error = None
    session.flush()


def _unread(session: Session, inbox_id: str) -> Inbox:
    """A delivery without its payload, so that one that cannot be read is marked all the same."""
    return session.get_one(Inbox, inbox_id, options=[defer(Inbox.payload)])


def _record(row: Inbox) -> InboxRecord:
    return InboxRecord(
        id=row.id,
        source=row.source,
        received_at=row.received_at,
        arrived_at=row.arrived_at or row.received_at,
        payload=row.payload,
        state=InboxState(row.state),
        error=row.error,
    )
