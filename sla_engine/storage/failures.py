"""Failed items of the queues: counted, put off, and after the last try set aside until a person decides."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from sla_engine.domain.upkeep.errors import UnknownFailure
from sla_engine.domain.upkeep.retries import Queue, RetryPace
from sla_engine.storage.tables.upkeep import Failure

ERROR_MAX_CHARS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureRecord:
    """One item that failed `tries` times; `next_try_at` is None once it is set aside. Instants are real time."""

    number: int
    queue: Queue
    item: str
    incident_id: int | None
    tries: int
    error: str
    first_failed_at: datetime
    next_try_at: datetime | None
    set_aside_at: datetime | None


def record(
    session: Session,
    queue: Queue,
    item: str,
    *,
    error: BaseException | str,
    pace: RetryPace,
    at: datetime,
    incident_id: int | None = None,
) -> FailureRecord:
    """Count a failure, and set when the item is tried next, or that it is set aside."""
    row = session.scalar(select(Failure).where(*_is(queue, item)).with_for_update())
    if row is None:
        row = Failure(queue=queue.value, item=item, incident_id=incident_id, tries=0, first_failed_at=at)
        session.add(row)
    row.tries += 1
    row.error = described(error)
    wait = pace.wait_after(row.tries)
    row.next_try_at = None if wait is None else at + wait
    if wait is None and row.set_aside_at is None:
        row.set_aside_at = at
    session.flush()
    return _record(row)


def described(error: BaseException | str) -> str:
    """The error's kind and text on one line, at most `ERROR_MAX_CHARS` long."""
    words = error if isinstance(error, str) else f"{type(error).__name__}: {error}".removesuffix(": ")
    return " ".join(words.split())[:ERROR_MAX_CHARS]


def clear(session: Session, queue: Queue, item: str) -> None:
    """Forget the failures of an item that succeeded, or was dropped."""
    session.execute(delete(Failure).where(*_is(queue, item)))


def unresolved(session: Session) -> list[FailureRecord]:
    """The items that failed and have not succeeded since, oldest first."""
    return [_record(row) for row in session.scalars(select(Failure).order_by(Failure.id))]


def counts(session: Session) -> dict[Queue, tuple[int, int]]:
    """Count, by queue, the items that are tried again and those that are set aside."""
    wanted = select(Failure.queue, func.count(), func.count(Failure.set_aside_at)).group_by(Failure.queue)
    by_queue = {Queue(queue): (total - aside, aside) for queue, total, aside in session.execute(wanted)}
    return {queue: by_queue.get(queue, (0, 0)) for queue in Queue}


def unannounced(session: Session) -> list[FailureRecord]:
    """The items that were set aside and not announced to anybody yet, oldest first."""
    wanted = select(Failure).where(Failure.set_aside_at.is_not(None), Failure.told_at.is_(None)).order_by(Failure.id)
    return [_record(row) for row in session.scalars(wanted)]


def set_aside_since(session: Session, since: datetime) -> list[FailureRecord]:
    """The items that were set aside at `since` or later, oldest first."""
    wanted = select(Failure).where(Failure.set_aside_at >= since).order_by(Failure.set_aside_at, Failure.id)
    return [_record(row) for row in session.scalars(wanted)]


def mark_announced(session: Session, numbers: Collection[int], *, at: datetime) -> None:
    """Remember that these were announced to somebody."""
    for row in session.scalars(select(Failure).where(Failure.id.in_(numbers))):
        row.told_at = at
    session.flush()


def lock(session: Session, number: int) -> FailureRecord:
    """One failure, locked until the transaction ends.

    Raises: UnknownFailure when there is none of this number: it succeeded meanwhile, or was dropped.
    """
    row = session.scalar(select(Failure).where(Failure.id == number).with_for_update())
    if row is None:
        raise UnknownFailure(number)
    return _record(row)


def start_again(session: Session, number: int, *, at: datetime) -> None:
    """Forget the tries: the item is tried now, as if for the first time."""
    row = session.get_one(Failure, number)
    row.tries, row.next_try_at, row.set_aside_at, row.told_at = 0, at, None, None
    session.flush()


def _is(queue: Queue, item: str) -> tuple[ColumnElement[bool], ...]:
    return Failure.queue == queue.value, Failure.item == item


def _record(row: Failure) -> FailureRecord:
    return FailureRecord(
        number=row.id,
        queue=Queue(row.queue),
        item=row.item,
        incident_id=row.incident_id,
        tries=row.tries,
        error=row.error,
        first_failed_at=row.first_failed_at,
        next_try_at=row.next_try_at,
        set_aside_at=row.set_aside_at,
    )
