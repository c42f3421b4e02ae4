"""Whom posted nudges called, and when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sla_engine.domain.escalation.silence import Call
from sla_engine.domain.incidents.incident import IncidentState
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.storage.tables.incidents import EventRow, IncidentRow
from sla_engine.storage.tables.shifts import NudgeRecipient
from sla_engine.storage.upserts import insert_new


@dataclass(frozen=True, slots=True, kw_only=True)
class NudgeCall:
    """A posted nudge as it called people; `metric` and `rung` are empty where no rung of a clock caused it."""

    message: str
    incident_id: int
    called_at: datetime
    priority: Priority
    metric: str = ""
    rung: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerCalls:
    """The nudges that called the owner of open incidents about them, oldest first, and the owner's last act."""

    person: str
    calls: tuple[Call, ...]
    last_act: datetime | None


def keep(session: Session, call: NudgeCall, people: Sequence[str]) -> None:
    """Keep whom a nudge called when it was posted; what is kept already stays."""
    rows = [
        {
            "message": call.message,
            "person": person,
            "incident_id": call.incident_id,
            "called_at": call.called_at,
            "priority": call.priority.value,
            "metric": call.metric,
            "rung": call.rung,
        }
        for person in people
    ]
    insert_new(session, NudgeRecipient, rows, key=["message", "person"])


def of_owners(session: Session, *, since: datetime) -> list[OwnerCalls]:
    """For everybody who was nudged about an open incident of theirs since then: those nudges, and their last act."""
    wanted = (
        select(NudgeRecipient.person, NudgeRecipient.called_at, IncidentRow.priority)
        .join(IncidentRow, IncidentRow.id == NudgeRecipient.incident_id)
        .where(
            NudgeRecipient.called_at > since,
            IncidentRow.assignee == NudgeRecipient.person,
            IncidentRow.state == IncidentState.OPEN.value,
        )
        .order_by(NudgeRecipient.person, NudgeRecipient.called_at)
    )
    calls: dict[str, list[Call]] = {}
    for person, called_at, priority in session.execute(wanted):
        calls.setdefault(person, []).append(Call(at=called_at, priority=Priority(priority)))
    acts = dict(last_acts(session, list(calls)))
    return [OwnerCalls(person=person, calls=tuple(own), last_act=acts.get(person)) for person, own in calls.items()]


def last_acts(session: Session, people: Sequence[str]) -> Iterator[tuple[str, datetime | None]]:
    """When each of these people recorded a fact last; None for somebody who never did."""
    for person in people:
        newest = select(func.max(EventRow.recorded_at)).where(EventRow.by == person, EventRow.by != "")
        yield person, session.scalar(newest)
