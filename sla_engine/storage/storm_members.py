"""Incidents join a storm where their nudges are posted, or while they are urgent and nobody has them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Row, Select, func, or_, select, update
from sqlalchemy.orm import Session

from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.domain.escalation.storms import STORM_INCIDENTS, STORM_PRIORITIES, STORM_WITHIN, brings_incident
from sla_engine.domain.incidents.incident import IncidentState
from sla_engine.storage.storms import StormRecord, find, incident_ids
from sla_engine.storage.tables.incidents import IncidentRow
from sla_engine.storage.tables.storms import Storm, StormIncident
from sla_engine.storage.upserts import insert_into, insert_new

NEW_ONES_MAX = 1000
"""So many of the newest incidents are looked at; numbers are given as incidents are opened."""


def join(
    session: Session,
    *,
    channel: str,
    incident_id: int,
    cause: NudgeCause,
    at: datetime,
    promise: datetime | None = None,
) -> StormRecord | None:
    """The storm that a nudge of this incident belongs to, which comes to the channel at `at`; begun here if need be.

    It is the one that goes on, else the one whose message still stands for this incident. A storm that is over goes on
    where a `promise` for all of its incidents was not kept, so that it is asked for once.
    """
    since = at - STORM_WITHIN
    stands, others = _as_it_is(session, channel, incident_id, since=since)
    storm_id = _lock_message(session, channel, incident_id) if stands else None
    came = brings_incident(cause, has_message=storm_id is not None)
    if storm_id is None and promise is not None:
        storm_id = _resumed(session, channel, incident_id, promise)
        came = storm_id is not None
    if storm_id is None and came and others + 1 >= STORM_INCIDENTS:
        storm_id = _begun(session, channel, at=at, since=since)
    _record(session, channel, incident_id, storm_id=storm_id, at=at, came=came)
    if storm_id is None:
        return None
    later = or_(Storm.nudged_at.is_(None), Storm.nudged_at < at)
    session.execute(update(Storm).where(Storm.id == storm_id, later).values(nudged_at=at))
    return find(session, storm_id)


def _as_it_is(session: Session, channel: str, incident_id: int, *, since: datetime) -> tuple[bool, int]:
    """Whether a storm's message stands for the incident, and how many others came to the channel since that instant."""
    others = (StormIncident.channel == channel, StormIncident.at > since, StormIncident.incident_id != incident_id)
    count = select(func.count()).select_from(StormIncident).where(*others).scalar_subquery()
    stands, came = session.execute(select(_message_for(channel, incident_id).scalar_subquery(), count)).one()
    return stands is not None, came


def _lock_message(session: Session, channel: str, incident_id: int) -> int | None:
    """The storm whose message stands for the incident, unless it was given up this moment.

    It is locked until the transaction ends, so that no other worker gives its message up before the nudge is there.
    """
    return session.scalars(_message_for(channel, incident_id).with_for_update(key_share=True)).first()


def _message_for(channel: str, incident_id: int) -> Select[int]:
    """Select the storm that goes on in the channel, else the one whose message stands for the incident."""
    own = select(StormIncident.storm_id).where(
        StormIncident.channel == channel, StormIncident.incident_id == incident_id
    )
    stands = (Storm.channel == channel, Storm.released_at.is_(None))
    wanted = select(Storm.id).where(*stands, or_(Storm.ended_at.is_(None), Storm.id == own.scalar_subquery()))
    return wanted.order_by(Storm.ended_at.is_not(None), Storm.id).limit(1)


def _resumed(session: Session, channel: str, incident_id: int, promise: datetime) -> int | None:
    """The incident's storm where it is over and this promise was made for all of it; it goes on."""
    storm_id = session.scalar(
        select(Storm.id)
        .join(StormIncident, StormIncident.storm_id == Storm.id)
        .where(Storm.channel == channel, StormIncident.incident_id == incident_id, Storm.promise == promise)
    )
    if storm_id is None:
        return None
    _go_on(session, storm_id)
    return storm_id


def _go_on(session: Session, storm_id: int) -> None:
    """Let a storm that is over go on; its message is posted anew."""
    again = {"ended_at": None, "released_at": None, "posted_at": None}
    session.execute(update(Storm).where(Storm.id == storm_id).values(**again))


def _begun(session: Session, channel: str, *, at: datetime, since: datetime) -> int:
    """The storm that begins with the incidents that came since that instant; another worker may just have begun it.

    One whose message still stands in the channel goes on instead, so that there is one message.
    """
    stands = select(Storm.id).where(Storm.channel == channel, Storm.released_at.is_(None))
    before = session.scalars(stands.order_by(Storm.id.desc()).limit(1).with_for_update(key_share=True)).first()
    if before is None:
        row = {"channel": channel, "began_at": at, "edits": 0, "mentioned": [], "shown": {}}
        insert_new(session, Storm, [row], key=["channel"], unique_where=Storm.ended_at.is_(None))
    else:
        ended = (Storm.id == before, Storm.ended_at.is_not(None))
        again = {"ended_at": None, "began_at": at, "posted_at": None}
        session.execute(update(Storm).where(*ended).values(**again))
    storm_id = session.scalars(select(Storm.id).where(Storm.channel == channel, Storm.ended_at.is_(None))).one()
    joining = (StormIncident.channel == channel, StormIncident.at > since)
    session.execute(update(StormIncident).where(*joining).values(storm_id=storm_id))
    return storm_id


def _record(
    session: Session, channel: str, incident_id: int, *, storm_id: int | None, at: datetime, came: bool
) -> None:
    """Note that the incident came to the channel; where it was there before, only if it `came` once more.

    Without a storm it stays in the one it was in last, which may go on because of a promise.
    """
    statement = insert_into(session, StormIncident)
    changes = {
        "storm_id": func.coalesce(statement.excluded.storm_id, StormIncident.storm_id),
        "at": statement.excluded.at if came else StormIncident.at,
    }
    statement = statement.on_conflict_do_update(index_elements=["channel", "incident_id"], set_=changes)
    session.execute(statement, [{"channel": channel, "incident_id": incident_id, "at": at, "storm_id": storm_id}])


def is_due(session: Session, channel: str, *, at: datetime) -> bool:
    """Whether a storm is to begin in the channel; urgent incidents that nobody has count as if they had come there."""
    since = at - STORM_WITHIN
    came = select(StormIncident.incident_id).where(StormIncident.channel == channel, StormIncident.at > since)
    ids = {*session.scalars(came), *(row.id for row in _unowned(session, since=since))}
    goes_on = select(Storm.id).where(Storm.channel == channel, Storm.ended_at.is_(None))
    return len(ids) >= STORM_INCIDENTS and session.scalars(goes_on).first() is None


def begin(session: Session, channel: str, *, at: datetime) -> None:
    """Begin a storm with what came to the channel lately; the urgent incidents that nobody has are added by a look."""
    _begun(session, channel, at=at, since=at - STORM_WITHIN)


def unowned(session: Session, storm: StormRecord) -> Mapping[int, datetime]:
    """The urgent incidents that nobody has, that were opened since shortly before it began and are not in it yet.

    By row id, each with when it was opened.
    """
    members = set(incident_ids(session, storm.id))
    opened = _unowned(session, since=storm.began_at - STORM_WITHIN)
    return {row.id: row.opened_at for row in opened if row.id not in members}


def add(session: Session, storm: StormRecord, opened: Mapping[int, datetime]) -> None:
    """Add incidents to the storm, by row id with when each came; in the order of their ids, in which all are locked."""
    for number, at in sorted(opened.items()):
        _record(session, storm.channel, number, storm_id=storm.id, at=at, came=False)


def _unowned(session: Session, *, since: datetime) -> Sequence[Row[int, datetime]]:
    """The open incidents of urgent priorities that nobody has and that were opened since."""
    newest = select(func.max(IncidentRow.id)).scalar_subquery()
    return session.execute(
        select(IncidentRow.id, IncidentRow.opened_at).where(
            IncidentRow.id > newest - NEW_ONES_MAX,
            IncidentRow.opened_at > since,
            IncidentRow.state == IncidentState.OPEN.value,
            IncidentRow.assignee.is_(None),
            IncidentRow.priority.in_([priority.value for priority in STORM_PRIORITIES]),
            IncidentRow.replayed.is_(False),
        )
    ).all()
