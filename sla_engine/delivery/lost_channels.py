"""Destinations that Slack refuses messages for, and what becomes of their messages meanwhile and afterwards.

The mark stands on the destination's slot. It is set by a refusal and taken away by a message that arrives, or by a
look that shows the cause is gone; in between, one message at a time is tried there again.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from sla_engine.delivery import dead_letters, rate_limits
from sla_engine.delivery.records import DeliveryRules, DeliveryState, LostDestination
from sla_engine.notifications import LineMessage
from sla_engine.storage import outbox
from sla_engine.storage.tables.delivery import Outbox, Slot

BACK = "channel_back"


def note(session: Session, destination: str, error: str, *, rules: DeliveryRules, now: datetime) -> None:
    """The destination refused a message."""
    slot = rate_limits.lock(session, destination, now=now)
    slot.lost_error = error
    slot.lost_since = slot.lost_since or now
    slot.lost_until = now + rules.lost_patience


def every(session: Session) -> tuple[LostDestination, ...]:
    """What is lost now, by name."""
    found = session.execute(
        select(Slot.destination, Slot.lost_error, Slot.lost_since)
        .where(Slot.lost_error.is_not(None))
        .order_by(Slot.destination)
    )
    return tuple(
        LostDestination(destination=name, error=error, since=since)
        for name, error, since in found
        if error is not None and since is not None
    )


def known_channel(session: Session, destination: str) -> str | None:
    """The id of the channel that the destination's messages went to last."""
    return session.scalar(select(Slot.channel_id).where(Slot.destination == destination))


def first_working(session: Session, candidates: Iterable[str]) -> str | None:
    """The first of these destinations that is not lost."""
    lost = {each.destination for each in every(session)}
    return next((each for each in candidates if each not in lost), None)


def restore(
    session: Session, destination: str, *, errors: Collection[str], now: datetime, channel_id: str | None = None
) -> int:
    """The destination takes messages again: send what died there of `errors`; how many messages that were.

    `channel_id` is what was found there, where somebody looked: another channel may have the name by now. What was
    said elsewhere meanwhile stays there, for nothing is said twice; one line says where it is.
    """
    slot = rate_limits.lock(session, destination, now=now)
    since = slot.lost_since
    slot.lost_error = slot.lost_since = slot.lost_until = None
    slot.channel_id = channel_id or slot.channel_id
    if since is not None:
        _say_where(session, destination, since=since, now=now)
    return dead_letters.redrive_where(session, errors=errors, destination=destination)


def try_one(session: Session, destination: str, *, errors: Collection[str], now: datetime) -> bool:
    """Send the oldest message that died there once more, to see whether the next ones would arrive."""
    slot = rate_limits.lock(session, destination, now=now)
    if slot.lost_until is not None and slot.lost_until > now:
        return False
    return dead_letters.redrive_oldest(session, errors=errors, destination=destination)


def forget_others(session: Session, kept: Collection[str]) -> None:
    """Take the mark from destinations that nothing is sent to any more: not among `kept`, and nothing waits there."""
    owed = select(Outbox.destination).where(dead_letters.IS_DEAD | rate_limits.IS_WAITING)
    session.execute(
        update(Slot)
        .where(Slot.lost_error.is_not(None), Slot.destination.not_in(list(kept)), Slot.destination.not_in(owed))
        .values(lost_error=None, lost_since=None, lost_until=None)
        .execution_options(synchronize_session=False)
    )


def _say_where(session: Session, destination: str, *, since: datetime, now: datetime) -> None:
    said = session.execute(
        select(Outbox.destination, func.count())
        .where(Outbox.meant_for == destination, Outbox.state == DeliveryState.SENT, Outbox.sent_at >= since)
        .group_by(Outbox.destination)
        .order_by(Outbox.destination)
    ).all()
    if not said:
        return
    facts = {"count": str(sum(count for _, count in said)), "where": " ".join(where for where, _ in said)}
    outbox.enqueue(
        session,
        key=f"back:{destination}:{since.isoformat()}",
        destination=destination,
        notification=LineMessage(incident_key=None, text_key=BACK, facts=facts),
        at=now,
    )
