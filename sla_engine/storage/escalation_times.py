"""Reads posted nudges with what people did on their incidents, to count how soon they act."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from sla_engine.domain.incidents.events import Acknowledged, CustomerUpdated, RungReached, Undone
from sla_engine.domain.incidents.incident import IncidentState
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.stored_names import STORED_NAMES
from sla_engine.domain.reporting.escalation_times import CalledNudge, RecordedAct
from sla_engine.storage.events import undone_numbers
from sla_engine.storage.tables.incidents import EventRow, IncidentRow
from sla_engine.storage.tables.shifts import NudgeRecipient

_KIND = {event: name for name, event in STORED_NAMES.items()}


@dataclass(slots=True)
class NudgedIncident:
    """An incident that was nudged about: its nudges and acts in order, when rungs were announced, if it is open."""

    is_open: bool
    nudges: list[CalledNudge] = field(default_factory=list)
    acts: list[RecordedAct] = field(default_factory=list)
    rungs: list[datetime] = field(default_factory=list)


def nudged_incidents(session: Session, *, since: datetime, person: str | None = None) -> list[NudgedIncident]:
    """The incidents with nudges since then, or those with nudges that called one person; all of their nudges."""
    wanted = _incidents(since, person)
    states = session.execute(select(IncidentRow.id, IncidentRow.state).where(IncidentRow.id.in_(wanted)))
    by_id = {number: NudgedIncident(is_open=state == IncidentState.OPEN.value) for number, state in states}
    _read_nudges(session, by_id, wanted, since=since)
    _read_facts(session, by_id, wanted, since=since)
    return list(by_id.values())


def incidents_promised_by(session: Session, people: Collection[str], *, since: datetime) -> list[int]:
    """The incidents (row ids) on which one of these people recorded a fact that may hold a promise since then."""
    kinds = [_KIND[Acknowledged], _KIND[CustomerUpdated]]
    wanted = select(EventRow.incident_id).where(
        EventRow.by.in_(people), EventRow.by != "", EventRow.recorded_at >= since, EventRow.kind.in_(kinds)
    )
    return sorted(set(session.scalars(wanted)))


def _incidents(since: datetime, person: str | None) -> Select[int]:
    opened = IncidentRow.state != IncidentState.TAKEN_BACK.value  # one taken back counts as never opened
    wanted = (
        select(NudgeRecipient.incident_id)
        .join(IncidentRow, IncidentRow.id == NudgeRecipient.incident_id)
        .where(NudgeRecipient.called_at >= since, opened)
    )
    return wanted if person is None else wanted.where(NudgeRecipient.person == person)


def _read_nudges(session: Session, by_id: dict[int, NudgedIncident], wanted: Select[int], *, since: datetime) -> None:
    rows = session.scalars(
        select(NudgeRecipient)
        .where(NudgeRecipient.incident_id.in_(wanted), NudgeRecipient.called_at >= since)
        .order_by(NudgeRecipient.called_at, NudgeRecipient.message)
    )
    of_message: dict[str, list[NudgeRecipient]] = {}
    for row in rows:
        of_message.setdefault(row.message, []).append(row)
    for called in of_message.values():
        first = called[0]
        nudge = CalledNudge(
            called_at=first.called_at,
            people=frozenset(row.person for row in called),
            priority=Priority(first.priority),
            metric=first.metric,
            rung=first.rung,
        )
        by_id[first.incident_id].nudges.append(nudge)


def _read_facts(session: Session, by_id: dict[int, NudgedIncident], wanted: Select[int], *, since: datetime) -> None:
    of_them = EventRow.incident_id.in_(wanted), EventRow.recorded_at >= since
    undone = undone_numbers(session, *of_them)
    rung = _KIND[RungReached]
    columns = EventRow.id, EventRow.incident_id, EventRow.kind, EventRow.occurred_at, EventRow.by
    facts = select(*columns).where(*of_them, or_(EventRow.by != "", EventRow.kind == rung)).order_by(EventRow.id)
    for number, incident_id, kind, at, by in session.execute(facts):
        if kind == rung:
            by_id[incident_id].rungs.append(at)
        elif kind != _KIND[Undone] and number not in undone:
            by_id[incident_id].acts.append(RecordedAct(at, by))
