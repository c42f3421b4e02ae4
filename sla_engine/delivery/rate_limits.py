"""The rate limit that all processes share: a slot per destination, one for look-ups and one for the circuit breaker.

Locks are always taken in the same order, slots before messages, and a claim never waits for a slot, so that no two
workers can wait for each other.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, func, literal_column, select, text
from sqlalchemy.orm import Session

from sla_engine.delivery.records import DeliveryRules
from sla_engine.storage.columns import Instant
from sla_engine.storage.tables.delivery import Outbox, Slot

BREAKER = "*breaker"
LOOK_UPS = "*look-ups"

# Spelt out, not bound: only then do both databases see that the partial index holds these rows.
IS_WAITING: ColumnElement[bool] = literal_column("outbox.state IN ('pending', 'unknown', 'sending')")


def waiting_destinations(session: Session) -> list[str]:
    """The destinations that messages wait for: one step through the index each, however many messages wait."""
    first = select(func.min(Outbox.destination).label("destination")).where(IS_WAITING).cte("waiting", recursive=True)
    following = select(func.min(Outbox.destination)).where(IS_WAITING, Outbox.destination > first.c.destination)
    both = first.union_all(select(following.scalar_subquery()).where(first.c.destination.is_not(None)))
    return list(session.scalars(select(both.c.destination).where(both.c.destination.is_not(None))))


def next_times(session: Session) -> dict[str, datetime | None]:
    """The instants at which the destinations of waiting messages may be posted to next; None for one without a slot."""
    destinations = waiting_destinations(session)
    if not destinations:
        return {}
    rows = session.execute(select(Slot.destination, Slot.next_at).where(Slot.destination.in_(destinations)))
    known = {row.destination: row.next_at for row in rows}
    return {destination: known.get(destination) for destination in destinations}


_ADD = text(
    "INSERT INTO slot (destination, next_at, unknowns) VALUES (:destination, :now, 0) "
    "ON CONFLICT (destination) DO NOTHING"
).bindparams(bindparam("now", type_=Instant))


def add(session: Session, destination: str, *, now: datetime) -> None:
    """Make the destination's slot where it is missing."""
    session.execute(_ADD, {"destination": destination, "now": now})


def add_missing(session: Session, *, now: datetime) -> None:
    """Make the slots that are missing; call it in a transaction of its own, so that no claim waits for a new row."""
    missing = sorted(destination for destination, at in next_times(session).items() if at is None)
    for destination in [BREAKER, LOOK_UPS, *missing] if missing else []:
        add(session, destination, now=now)


def lock_free(session: Session, destination: str, *, now: datetime) -> Slot | None:
    """The slot, locked; None when its time has not come, or another worker has it locked."""
    return session.scalar(
        select(Slot)
        .where(Slot.destination == destination, Slot.next_at <= now)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )


def lock(session: Session, destination: str, *, now: datetime) -> Slot:
    """The slot, made when it is missing, locked until the transaction ends."""
    add(session, destination, now=now)
    return session.scalars(
        select(Slot).where(Slot.destination == destination).with_for_update().execution_options(populate_existing=True)
    ).one()


def park(session: Session, destination: str, *, until: datetime, now: datetime) -> None:
    """Let no worker call for this destination before `until`; a later time already set stays."""
    slot = lock(session, destination, now=now)
    slot.next_at = max(slot.next_at, until)


def take_look_up_permit(session: Session, *, gap: timedelta, now: datetime) -> bool:
    """Take the permit to read a history, of which there is one in `gap`; False when it is taken."""
    return _take_permit(session, LOOK_UPS, gap=gap, now=now)


def breaker_is_open(session: Session, rules: DeliveryRules) -> bool:
    """Whether `breaker_after` calls in a row or more went unanswered, so that Slack is only probed."""
    unknowns = session.scalar(select(Slot.unknowns).where(Slot.destination == BREAKER))
    return unknowns is not None and unknowns >= rules.breaker_after


def take_probe(session: Session, *, gap: timedelta, now: datetime) -> bool:
    """Take the permit to try whether Slack is back, of which there is one in `gap`; False when it is taken."""
    return _take_permit(session, BREAKER, gap=gap, now=now)


def _take_permit(session: Session, name: str, *, gap: timedelta, now: datetime) -> bool:
    slot = lock_free(session, name, now=now)
    if slot is None:
        return False
    slot.next_at = now + gap
    return True


def record_unanswered(session: Session, rules: DeliveryRules, *, now: datetime) -> None:
    """Count a call that went unanswered; enough of them in a row open the breaker."""
    slot = lock(session, BREAKER, now=now)
    slot.unknowns += 1
    if slot.unknowns == rules.breaker_after:
        slot.next_at = now + rules.probe_gap


def record_answered(session: Session, *, now: datetime) -> None:
    """Close the breaker: Slack answered, whatever it said."""
    if not session.scalar(select(Slot.unknowns).where(Slot.destination == BREAKER)):
        return
    slot = lock(session, BREAKER, now=now)
    slot.unknowns = 0
