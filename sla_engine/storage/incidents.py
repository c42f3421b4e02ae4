"""Incidents as records, loaded, locked, created and saved; their keys are given here and never reused."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sla_engine.domain.errors import UnknownIncident
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.text.names import folded
from sla_engine.storage.settings import take_numbers
from sla_engine.storage.tables import Incident

KEY_PREFIX = "INC-"
FIRST_NUMBER = 1001


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRecord:
    """What an incident is now: `state` is open, resolved, merged, moved (to another customer) or deleted.

    People are Slack ids; instants are SLA time.
    """

    id: int
    key: str
    customer: str
    agreement_version_id: int
    source: str
    external_id: str | None
    link: str | None
    title: str
    priority: Priority
    state: str
    opened_at: datetime
    opened_by: str
    resolved_at: datetime | None = None
    assignee: str | None = None
    responsible: str | None = None
    paused_for: tuple[PauseReason, ...] = ()
    pause_until: datetime | None = None
    customer_waits_since: datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    promise: datetime | None = None
    snoozed_until: datetime | None = None
    promise_asked_at: datetime | None = None
    site: str | None = None
    service: str | None = None
    merged_into: str | None = None
    replayed: bool = False
    last_hash: str | None = None

    @property
    def is_open(self) -> bool:
        """False once resolved, or over for another reason."""
        return self.state == "open"

    @property
    def is_over(self) -> bool:
        """Whether nothing that is told of it moves it any more."""
        return self.state in ("merged", "moved", "deleted")


_FIELDS = [field.name for field in fields(IncidentRecord)]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIncident:
    """What is known of an incident before it has a key."""

    customer: str
    agreement_version_id: int
    title: str
    priority: Priority
    opened_at: datetime
    opened_by: str
    source: str
    external_id: str | None = None
    link: str | None = None
    site: str | None = None
    service: str | None = None
    replayed: bool = False


def create(session: Session, new: NewIncident) -> IncidentRecord:
    """A new open incident with the next key."""
    return create_all(session, [new])[0]


def create_all(session: Session, new: Sequence[NewIncident]) -> list[IncidentRecord]:
    """New open incidents with the next keys, in their order."""
    numbers = take_numbers(session, "incident", first=FIRST_NUMBER, count=len(new))
    rows = [_new_row(each, number) for each, number in zip(new, numbers, strict=True)]
    session.add_all(rows)
    session.flush()
    return [_record(row) for row in rows]


def _new_row(new: NewIncident, number: int) -> Incident:
    return Incident(
        key=f"{KEY_PREFIX}{number}",
        customer=new.customer,
        agreement_version_id=new.agreement_version_id,
        source=new.source,
        external_id=new.external_id,
        link=new.link,
        title=new.title,
        priority=new.priority.value,
        state="open",
        opened_at=new.opened_at,
        opened_by=new.opened_by,
        paused_for=[],
        site=new.site,
        service=new.service,
        replayed=new.replayed,
    )


def lock(session: Session, key: str) -> IncidentRecord:
    """The incident, locked until the transaction ends.

    Raises: UnknownIncident with the keys that look like it.
    """
    row = session.scalar(select(Incident).where(Incident.key == normal_key(key)).with_for_update())
    if row is None:
        raise UnknownIncident(key, _near(session, key))
    return _record(row)


def lock_by_id(session: Session, incident_id: int) -> IncidentRecord:
    """The incident with this row id, locked until the transaction ends."""
    return _record(session.scalars(select(Incident).where(Incident.id == incident_id).with_for_update()).one())


def lock_all(session: Session, keys: Sequence[str]) -> dict[str, IncidentRecord]:
    """Several incidents by key, locked in the order of their ids, so that no two transactions wait in a circle.

    Raises: UnknownIncident with the keys that look like it.
    """
    numbers: dict[int, str] = {}
    for key in keys:
        number = session.scalar(select(Incident.id).where(Incident.key == normal_key(key)))
        if number is None:
            raise UnknownIncident(key, _near(session, key))
        numbers[number] = normal_key(key)
    return {numbers[number]: lock_by_id(session, number) for number in sorted(numbers)}


def find(session: Session, key: str) -> IncidentRecord:
    """The incident, to look at.

    Raises: UnknownIncident with the keys that look like it.
    """
    row = session.scalar(select(Incident).where(Incident.key == normal_key(key)))
    if row is None:
        raise UnknownIncident(key, _near(session, key))
    return _record(row)


def by_ids(session: Session, ids: Sequence[int]) -> dict[int, IncidentRecord]:
    """Incidents by row id."""
    return {row.id: _record(row) for row in session.scalars(select(Incident).where(Incident.id.in_(ids)))}


@dataclass(frozen=True, slots=True)
class IncidentWords:
    """What a notice says of an incident, as stored: also of one whose row cannot be read otherwise."""

    key: str
    customer: str
    priority: str
    title: str
    link: str | None


def words_of(session: Session, incident_id: int | None) -> IncidentWords | None:
    """What a notice says of the incident with this row id; None without one."""
    columns = Incident.key, Incident.customer, Incident.priority, Incident.title, Incident.link
    row = session.execute(select(*columns).where(Incident.id == incident_id)).one_or_none()
    return None if row is None else IncidentWords(*row)


def priority_of(session: Session, incident_id: int | None) -> Priority | None:
    """An incident's priority; None without one that is known."""
    words = words_of(session, incident_id)
    return Priority(words.priority) if words is not None and words.priority in set(Priority) else None


def find_external(session: Session, *, source: str, external_id: str) -> IncidentRecord | None:
    """The incident another system knows by this id, locked; None when we have none."""
    row = session.scalar(
        select(Incident).where(Incident.source == source, Incident.external_id == external_id).with_for_update()
    )
    return None if row is None else _record(row)


def save(session: Session, record: IncidentRecord) -> None:
    """Write the record back."""
    row = session.get_one(Incident, record.id)
    for name in _FIELDS:
        value = getattr(record, name)
        if name == "paused_for":
            value = [reason.value for reason in record.paused_for]
        elif name == "priority":
            value = record.priority.value
        if getattr(row, name) != value:
            setattr(row, name, value)


def normal_key(text: str) -> str:
    """`inc-1042`, `1042`, ` INC-1042 ` and `INC–1042` all mean INC-1042."""
    bare = folded(text).upper()
    return f"{KEY_PREFIX}{bare}" if bare.isdigit() else bare


def count_open(session: Session) -> int:
    """How many incidents are open (replayed ones excluded)."""
    found = select(func.count()).select_from(Incident).where(Incident.state == "open", Incident.replayed.is_(False))
    return session.scalar(found) or 0


def _near(session: Session, key: str) -> tuple[str, ...]:
    recent = session.scalars(select(Incident.key).order_by(Incident.id.desc()).limit(500)).all()
    return tuple(difflib.get_close_matches(normal_key(key), recent, n=3, cutoff=0.7))


def record_of(columns: Mapping[str, Any]) -> IncidentRecord:
    """The incident that a row's columns describe.

    Raises: ValueError when its priority or a pause reason is none.
    """
    values = {name: columns[name] for name in _FIELDS}
    values["priority"] = Priority(values["priority"])
    values["paused_for"] = tuple(PauseReason(reason) for reason in values["paused_for"])
    return IncidentRecord(**values)


def _record(row: Incident) -> IncidentRecord:
    return record_of({name: getattr(row, name) for name in _FIELDS})
