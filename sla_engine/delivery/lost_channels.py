"""Lost destinations: Slack refuses messages for them. Marks them, and restores them once they take messages again.

The mark is on the destination's slot. A refusal sets it; a message that arrives removes it, or a check that shows the
cause is gone. In between, one message at a time is tried there again.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from sla_engine.delivery import dead_letters, rate_limits
from sla_engine.delivery.records import DeliveryRules, DeliveryState, LostDestination
from sla_engine.notifications.notices import LineMessage
from sla_engine.storage import outbox
from sla_engine.storage.tables.delivery import Outbox, Slot

BACK = "channel_back"
"""The text key of the notice that a channel takes messages again."""


def mark_lost(session: Session, destination: str, error: str, *, rules: DeliveryRules, now: datetime) -> None:
    """Remember that the destination refused a message, and when one is tried there again."""
    slot = rate_limits.lock(session, destination, now=now)
    slot.lost_error = error
    slot.lost_since = slot.lost_since or now
    slot.lost_until = now + rules.lost_patience


def lost_destinations(session: Session) -> tuple[LostDestination, ...]:
    """The destinations that are lost now, by name."""
    rows = session.execute(
        select(Slot.destination, Slot.lost_error, Slot.lost_since)
        .where(Slot.lost_error.is_not(None))
        .order_by(Slot.destination)
    )
    return tuple(
        LostDestination(destination=name, error=error, since=since)
        for name, error, since in rows
        if error is not None and since is not None
    )


def known_channel(session: Session, destination: str) -> str | None:
    """The id of the channel that the destination's last message went to; None before the first."""
    return session.scalar(select(Slot.channel_id).where(Slot.destination == destination))


def first_working(session: Session, candidates: Iterable[str]) -> str | None:
    """The first of these destinations that is not lost; None when all are."""
    lost_names = {lost.destination for lost in lost_destinations(session)}
    return next((candidate for candidate in candidates if candidate not in lost_names), None)


def restore(
    session: Session, destination: str, *, errors: Collection[str], now: datetime, channel_id: str | None = None
) -> int:
    """Record that the destination takes messages again, and send those that died there of `errors`; answers how many.

    `channel_id` is the id a check found under its name: another channel may have the name by now. Messages that were
    posted elsewhere meanwhile are not posted again; one line says where they are.
    """
    slot = rate_limits.lock(session, destination, now=now)
    since = slot.lost_since
    slot.lost_error = slot.lost_since = slot.lost_until = None
    slot.channel_id = channel_id or slot.channel_id
    if since is not None:
        _enqueue_where_posted(session, destination, since=since, now=now)
    return dead_letters.redrive_where(session, errors=errors, destination=destination)


def try_oldest(session: Session, destination: str, *, errors: Collection[str], now: datetime) -> bool:
    """Send the oldest message that died there again, to see whether the next ones would arrive; False where none is."""
    slot = rate_limits.lock(session, destination, now=now)
    if slot.lost_until is not None and slot.lost_until > now:
        return False
    return dead_letters.redrive_oldest(session, errors=errors, destination=destination)


def forget_others(session: Session, kept: Collection[str]) -> None:
    """Unmark lost destinations that are no longer used: not among `kept`, and no message of theirs waits or is dead."""
    still_used = select(Outbox.destination).where(dead_letters.IS_DEAD | rate_limits.IS_WAITING)
    session.execute(
        update(Slot)
        .where(Slot.lost_error.is_not(None), Slot.destination.not_in(list(kept)), Slot.destination.not_in(still_used))
        .values(lost_error=None, lost_since=None, lost_until=None)
        .execution_options(synchronize_session=False)
    )


def _enqueue_where_posted(session: Session, destination: str, *, since: datetime, now: datetime) -> None:
    posted = session.execute(
        select(Outbox.destination, func.count())
        .where(Outbox.meant_for == destination, Outbox.state == DeliveryState.SENT, Outbox.sent_at >= since)
        .group_by(Outbox.destination)
        .order_by(Outbox.destination)
    ).all()
    if not posted:
        return
    facts = {"count": str(sum(count for _, count in posted)), "where": " ".join(where for where, _ in posted)}
    outbox.enqueue(
        session,
        outbox.NewMessage(
            key=f"back:{destination}:{since.isoformat()}",
            destination=destination,
            notification=LineMessage(incident_key=None, text_key=BACK, facts=facts),
            at=now,
        ),
    )
