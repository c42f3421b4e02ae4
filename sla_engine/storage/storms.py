"""Storms by channel, with their incidents and messages, which the sweep keeps."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.domain.escalation.storms import (
    stands_alone,
)
from sla_engine.domain.incidents.incident import IncidentState
from sla_engine.notifications.nudges import NudgeState
from sla_engine.storage import nudges
from sla_engine.storage.tables.delivery import Outbox
from sla_engine.storage.tables.incidents import IncidentRow, Nudge
from sla_engine.storage.tables.storms import Storm, StormIncident


@dataclass(frozen=True, slots=True, kw_only=True)
class StormRecord:
    """A storm as stored. `shown` is its message as enqueued last; `mentioned` are all whom it has called so far.

    After `ended_at` its message takes no further incidents. `released_at` is when the message was given up, and those
    of its incidents that needed it had one of their own again; `nudged_at` when one was nudged about behind it last.
    `promise` is the next update that somebody promised for all of its incidents.
    """

    id: int
    channel: str
    began_at: datetime
    ended_at: datetime | None
    released_at: datetime | None
    promise: datetime | None
    nudged_at: datetime | None
    message: str | None
    posted_at: datetime | None
    edited_at: datetime | None
    edits: int
    mentioned: list[str]
    shown: dict[str, Any]


def unreleased(session: Session) -> list[StormRecord]:
    """The storms that go on, and those whose message still stands or whose end is not carried out yet."""
    rows = session.scalars(select(Storm).where(Storm.released_at.is_(None)).order_by(Storm.id))
    return [_storm_record(row) for row in rows]


def find(session: Session, storm_id: int) -> StormRecord | None:
    """The storm with this number."""
    row = session.get(Storm, storm_id, populate_existing=True)
    return None if row is None else _storm_record(row)


def lock(session: Session, storm_id: int) -> StormRecord:
    """The storm with this number, locked until the transaction ends; incidents may still be added to it meanwhile."""
    locked = select(Storm).where(Storm.id == storm_id).with_for_update(key_share=True)
    return _storm_record(session.scalars(locked).one())


def save(session: Session, record: StormRecord) -> None:
    """Write the storm back."""
    values = {field.name: getattr(record, field.name) for field in fields(record) if field.name != "id"}
    session.execute(
        update(Storm).where(Storm.id == record.id).values(**values).execution_options(synchronize_session=False)
    )


def newest_at(session: Session, storm_id: int) -> datetime | None:
    """The instant at which the newest of its incidents came; None for a storm without any."""
    return session.scalar(select(func.max(StormIncident.at)).where(StormIncident.storm_id == storm_id))


def incident_ids(session: Session, storm_id: int) -> list[int]:
    """The row ids of its incidents, in the order in which they came."""
    members = select(StormIncident.incident_id).where(StormIncident.storm_id == storm_id)
    return list(session.scalars(members.order_by(StormIncident.at, StormIncident.incident_id)))


def closed_since(session: Session, storm_id: int, *, since: datetime, customers: Collection[str] | None = None) -> int:
    """Count its incidents, of these customers or of all, that were resolved since that instant."""
    closed = (
        select(func.count())
        .select_from(StormIncident)
        .join(IncidentRow, IncidentRow.id == StormIncident.incident_id)
        .where(
            StormIncident.storm_id == storm_id,
            IncidentRow.state != IncidentState.OPEN.value,
            IncidentRow.resolved_at >= since,
        )
    )
    if customers is not None:
        closed = closed.where(IncidentRow.customer.in_(list(customers)))
    return session.scalar(closed) or 0


def with_own_message(session: Session, storm: StormRecord) -> list[int]:
    """The row ids of its incidents whose live nudge has a message of its own in the channel, and is not to keep it."""
    own = (
        select(StormIncident.incident_id, Nudge.shown)
        .join(Nudge, (Nudge.incident_id == StormIncident.incident_id) & Nudge.live.is_(True))
        .join(Outbox, nudges.is_message())
        .where(StormIncident.storm_id == storm.id, Outbox.destination == storm.channel)
    )
    rows = session.execute(own.order_by(StormIncident.incident_id))
    return [number for number, shown in rows if not _stands_alone(shown)]


def _stands_alone(shown: Mapping[str, Any]) -> bool:
    return stands_alone(NudgeCause(shown["cause"]), is_answered=shown["state"] != NudgeState.LIVE)


def newest_nudge(session: Session, storm_id: int) -> int | None:
    """The number of the newest nudge of its incidents."""
    of_members = select(func.max(Nudge.id)).join(StormIncident, StormIncident.incident_id == Nudge.incident_id)
    return session.scalar(of_members.where(StormIncident.storm_id == storm_id))


def nudges_shown(session: Session, storm: StormRecord) -> list[dict[str, Any]]:
    """What the live nudges of its open incidents show or would show in the channel."""
    shown = (
        select(Nudge.shown)
        .join(StormIncident, StormIncident.incident_id == Nudge.incident_id)
        .join(IncidentRow, IncidentRow.id == Nudge.incident_id)
        .outerjoin(Outbox, nudges.is_message())
        .where(
            StormIncident.storm_id == storm.id,
            Nudge.live.is_(True),
            IncidentRow.state == IncidentState.OPEN.value,
            or_(Outbox.id.is_(None), Outbox.destination == storm.channel),
        )
    )
    return list(session.scalars(shown.order_by(Nudge.id)))


def _storm_record(row: Storm) -> StormRecord:
    return StormRecord(**{field.name: getattr(row, field.name) for field in fields(StormRecord)})
