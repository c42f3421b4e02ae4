"""Messages that could not be delivered: listed, sent again, or dropped; and counts of messages by state."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, literal_column, select, update
from sqlalchemy.orm import Session

from sla_engine.delivery.rate_limits import IS_WAITING
from sla_engine.delivery.records import HISTORY_UNREADABLE, ITS_MESSAGE_IS_GONE, DeadLetter, DeliveryState
from sla_engine.domain.upkeep.errors import UnknownMessage
from sla_engine.storage.tables.delivery import Outbox

DROPPED = "dropped"
NOT_SENT = (DeliveryState.PENDING, DeliveryState.UNKNOWN, DeliveryState.DEAD)
IS_DEAD: ColumnElement[bool] = literal_column("outbox.state = 'dead'")


def open_counts(session: Session) -> dict[DeliveryState, int]:
    """Count the messages that are pending, being sent, unknown or dead, by state; the others are left out."""
    counts = dict.fromkeys((DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.DEAD), 0)
    waiting = session.execute(select(Outbox.state, func.count()).where(IS_WAITING).group_by(Outbox.state))
    counts.update({DeliveryState(state): count for state, count in waiting})
    counts[DeliveryState.DEAD] = session.scalar(select(func.count()).where(IS_DEAD).select_from(Outbox)) or 0
    return counts


def oldest_waiting(session: Session, *, now: datetime) -> timedelta | None:
    """Age of the oldest waiting message, in real time; None when none waits."""
    oldest = session.scalar(select(func.min(Outbox.created_at)).where(IS_WAITING))
    return None if oldest is None else now - oldest


def unreadable_destinations(session: Session) -> tuple[str, ...]:
    """Destinations whose history we may not read, so that an unanswered message cannot be looked for there; sorted."""
    destinations = session.scalars(
        select(Outbox.destination).where(IS_WAITING, Outbox.error.startswith(HISTORY_UNREADABLE)).distinct()
    )
    return tuple(sorted(destinations))


def dead_letters(session: Session, *, limit: int = 50) -> tuple[DeadLetter, ...]:
    """Messages that could not be delivered, newest first."""
    rows = session.scalars(select(Outbox).where(IS_DEAD).order_by(Outbox.id.desc()).limit(limit))
    return tuple(
        DeadLetter(
            id=row.id,
            kind=row.kind,
            destination=row.destination,
            error=row.error or "",
            created_at=row.created_at,
        )
        for row in rows
    )


def redrive(session: Session, number: int) -> None:
    """Send a dead message again.

    Raises: UnknownMessage when there is none of this number, or it is not dead.
    """
    row = session.scalars(select(Outbox).where(Outbox.id == number).with_for_update()).one_or_none()
    if row is None or row.state != DeliveryState.DEAD:
        raise UnknownMessage(number, state=None if row is None else row.state)
    _revive(session, Outbox.id == number)
    _revive_followers(session, [row.message])


def try_again(session: Session, number: int) -> None:
    """Send a message now that waits to be tried again, or died, after a fault of ours."""
    messages = list(session.scalars(select(Outbox.message).where(Outbox.id == number, Outbox.state.in_(NOT_SENT))))
    _revive(session, Outbox.id == number, Outbox.state.in_(NOT_SENT))
    _revive_followers(session, messages)


def drop(session: Session, number: int) -> None:
    """Never send this message; it no longer counts as undelivered."""
    session.execute(
        update(Outbox)
        .where(Outbox.id == number, Outbox.state.in_(NOT_SENT))
        .values(state=DeliveryState.COLLAPSED, error=DROPPED)
        .execution_options(synchronize_session=False)
    )


def redrive_where(session: Session, *, errors: Collection[str], destination: str | None = None) -> int:
    """Send again the messages that died of one of these errors, whose cause is gone; answers how many there were."""
    wanted = [IS_DEAD, Outbox.error.in_(errors)]
    if destination is not None:
        wanted.append(Outbox.destination == destination)
    messages = list(session.scalars(select(Outbox.message).where(*wanted).order_by(Outbox.id)))
    _revive(session, *wanted)
    _revive_followers(session, messages)
    return len(messages)


def redrive_oldest(session: Session, *, errors: Collection[str], destination: str) -> bool:
    """Send again the oldest message that died there of one of these errors; False when there is none."""
    wanted = (IS_DEAD, Outbox.error.in_(errors), Outbox.destination == destination, Outbox.op == "post")
    oldest = session.scalar(select(func.min(Outbox.id)).where(*wanted))
    if oldest is None:
        return False
    redrive(session, oldest)
    return True


def refusals(session: Session) -> frozenset[tuple[str, str]]:
    """The destinations of dead messages, each with its error."""
    rows = session.execute(select(Outbox.destination, Outbox.error).where(IS_DEAD).distinct())
    return frozenset((destination, error or "") for destination, error in rows)


def _revive(session: Session, *wanted: ColumnElement[bool]) -> None:
    """Let messages wait again; one that may have been accepted before it died is looked for first."""
    is_unknown = (Outbox.posts > 0) & (Outbox.op == "post")
    state = case((is_unknown, DeliveryState.UNKNOWN.value), else_=DeliveryState.PENDING.value)
    session.execute(
        update(Outbox)
        .where(*wanted)
        .values(state=state, attempts=0, error=None, not_before=None, token=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )


def _revive_followers(session: Session, messages: Collection[str]) -> None:
    """Let changes of these messages and replies to them wait again that were dropped because the message was gone."""
    follows = Outbox.thread_of.in_(messages) | ((Outbox.op != "post") & Outbox.message.in_(messages))
    _revive(session, Outbox.state == DeliveryState.COLLAPSED, Outbox.error == ITS_MESSAGE_IS_GONE, follows)
