"""Reads incidents from their rows, locks, creates and saves them; gives them their keys, which are never reused."""

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sla_engine.domain.incidents.errors import UnknownIncident
from sla_engine.domain.incidents.incident import Incident, IncidentState
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.text.names import folded
from sla_engine.storage.settings import take_numbers
from sla_engine.storage.tables.incidents import IncidentRow

KEY_PREFIX = "INC-"
FIRST_NUMBER = 1001

_LOCKED = "locked incidents"
_FIELDS = [field.name for field in fields(Incident)]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIncident:
    """An incident before it has a key."""

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


def create(session: Session, new: NewIncident) -> Incident:
    """A new open incident with the next key."""
    return create_all(session, [new])[0]


def create_all(session: Session, new: Sequence[NewIncident]) -> list[Incident]:
    """New open incidents with the next keys, in their order."""
    numbers = take_numbers(session, "incident", first=FIRST_NUMBER, count=len(new))
    rows = [_new_row(incident, number) for incident, number in zip(new, numbers, strict=True)]
    session.add_all(rows)
    session.flush()
    return [from_locked_row(session, row) for row in rows]


def _new_row(new: NewIncident, number: int) -> IncidentRow:
    return IncidentRow(
        key=f"{KEY_PREFIX}{number}",
        customer=new.customer,
        agreement_version_id=new.agreement_version_id,
        source=new.source,
        external_id=new.external_id,
        link=new.link,
        title=new.title,
        priority=new.priority.value,
        state=IncidentState.OPEN.value,
        opened_at=new.opened_at,
        opened_by=new.opened_by,
        paused_for=[],
        site=new.site,
        service=new.service,
        replayed=new.replayed,
    )


def lock(session: Session, key: str) -> Incident:
    """The incident, locked until the transaction ends.

    Raises: UnknownIncident with the keys that look like it.
    """
    row = session.scalar(select(IncidentRow).where(IncidentRow.key == normal_key(key)).with_for_update())
    if row is None:
        raise UnknownIncident(key, _near(session, key))
    return from_locked_row(session, row)


def lock_by_id(session: Session, incident_id: int) -> Incident:
    """The incident with this row id, locked until the transaction ends."""
    row = session.scalars(select(IncidentRow).where(IncidentRow.id == incident_id).with_for_update()).one()
    return from_locked_row(session, row)


def lock_all(session: Session, keys: Sequence[str]) -> dict[str, Incident]:
    """Several incidents by key, locked in the order of their ids, so that no two transactions wait in a circle.

    Raises: UnknownIncident with the keys that look like it.
    """
    numbers: dict[int, str] = {}
    for key in keys:
        number = session.scalar(select(IncidentRow.id).where(IncidentRow.key == normal_key(key)))
        if number is None:
            raise UnknownIncident(key, _near(session, key))
        numbers[number] = normal_key(key)
    return {numbers[number]: lock_by_id(session, number) for number in sorted(numbers)}


def find(session: Session, key: str) -> Incident:
    """The incident, to be read only.

    Raises: UnknownIncident with the keys that look like it.
    """
    row = session.scalar(select(IncidentRow).where(IncidentRow.key == normal_key(key)))
    if row is None:
        raise UnknownIncident(key, _near(session, key))
    return read(row)


def by_ids(session: Session, ids: Sequence[int]) -> dict[int, Incident]:
    """Incidents by row id."""
    return {row.id: read(row) for row in session.scalars(select(IncidentRow).where(IncidentRow.id.in_(ids)))}


def customers_of(session: Session, keys: Collection[str]) -> set[str]:
    """The customers of the incidents with these keys."""
    return set(session.scalars(select(IncidentRow.customer).where(IncidentRow.key.in_(list(keys)))))


@dataclass(frozen=True, slots=True)
class IncidentTexts:
    """The texts with which a notice names an incident, as stored: also of one whose row cannot be read otherwise."""

    key: str
    customer: str
    priority: str
    title: str
    link: str | None


def texts_of(session: Session, incident_id: int | None) -> IncidentTexts | None:
    """The texts with which a notice names the incident with this row id; None without one."""
    columns = IncidentRow.key, IncidentRow.customer, IncidentRow.priority, IncidentRow.title, IncidentRow.link
    row = session.execute(select(*columns).where(IncidentRow.id == incident_id)).one_or_none()
    return None if row is None else IncidentTexts(*row)


def priority_of(session: Session, incident_id: int | None) -> Priority | None:
    """The priority of the incident with this row id; None without one, or where its priority cannot be read."""
    texts = texts_of(session, incident_id)
    if texts is None or texts.priority not in set(Priority):
        return None
    return Priority(texts.priority)


def find_external(session: Session, *, source: str, external_id: str) -> Incident | None:
    """The incident another system knows by this id, locked; None when we have none."""
    row = session.scalar(
        select(IncidentRow)
        .where(IncidentRow.source == source, IncidentRow.external_id == external_id)
        .with_for_update()
    )
    return None if row is None else from_locked_row(session, row)


def last_hash(session: Session, incident_id: int) -> str | None:
    """The hash of the incident's newest fact, which the next one covers; None before the first."""
    return session.get_one(IncidentRow, incident_id).last_hash


def save(session: Session, incident: Incident, *, last_hash: str | None) -> None:
    """Write the incident back, with the hash of its newest fact."""
    row = session.get_one(IncidentRow, incident.id)
    for name, value in (_columns(incident) | {"last_hash": last_hash}).items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _columns(incident: Incident) -> dict[str, Any]:
    columns = {name: getattr(incident, name) for name in _FIELDS}
    reasons = [reason.value for reason in incident.paused_for]
    return columns | {"priority": incident.priority.value, "state": incident.state.value, "paused_for": reasons}


def normal_key(text: str) -> str:
    """`inc-1042`, `inc1042`, `1042`, ` INC-1042 ` and `INC–1042` all mean INC-1042."""
    written = folded(text).upper()
    number = written.removeprefix(KEY_PREFIX).removeprefix(KEY_PREFIX.rstrip("-"))
    return f"{KEY_PREFIX}{number}" if number.isdigit() else written


def count_open(session: Session) -> int:
    """Count the open incidents, without replayed ones."""
    wanted = (
        select(func.count())
        .select_from(IncidentRow)
        .where(IncidentRow.state == IncidentState.OPEN.value, IncidentRow.replayed.is_(False))
    )
    return session.scalar(wanted) or 0


def _near(session: Session, key: str) -> tuple[str, ...]:
    recent = session.scalars(select(IncidentRow.key).order_by(IncidentRow.id.desc()).limit(500)).all()
    return tuple(difflib.get_close_matches(normal_key(key), recent, n=3, cutoff=0.7))


def incident_of(columns: Mapping[str, Any]) -> Incident:
    """The incident that a row's columns describe.

    Raises: ValueError when its priority, its state or a pause reason is none.
    """
    values = {name: columns[name] for name in _FIELDS}
    values["priority"] = Priority(values["priority"])
    values["state"] = IncidentState(values["state"])
    values["paused_for"] = tuple(PauseReason(reason) for reason in values["paused_for"])
    return Incident(**values)


def read(row: IncidentRow) -> Incident:
    """The incident that a row describes, to look at."""
    return incident_of({name: getattr(row, name) for name in _FIELDS})


def from_locked_row(session: Session, row: IncidentRow) -> Incident:
    """The incident of a locked or new row; the session keeps the row, so that it is not read again to be saved."""
    session.info.setdefault(_LOCKED, {})[row.id] = row
    return read(row)
