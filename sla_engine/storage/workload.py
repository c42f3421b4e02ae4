"""Counts how much each person has, and how often they had a customer's incidents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sla_engine.domain.incidents.incident import IncidentState
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.storage.tables.incidents import IncidentRow


@dataclass(frozen=True, slots=True)
class OwnedIncidents:
    """How many open incidents somebody owns, and how many of them are urgent."""

    count: int = 0
    urgent: int = 0


def owned(session: Session, *, urgent: Sequence[Priority]) -> Mapping[str, OwnedIncidents]:
    """The open incidents of each owner; `urgent` are the priorities that count as urgent."""
    names = [priority.value for priority in urgent]
    counted = (
        select(
            IncidentRow.assignee,
            func.count(),
            func.count().filter(IncidentRow.priority.in_(names)),
        )
        .where(
            IncidentRow.state == IncidentState.OPEN.value,
            IncidentRow.assignee.is_not(None),
            IncidentRow.replayed.is_(False),
        )
        .group_by(IncidentRow.assignee)
    )
    return {
        owner: OwnedIncidents(count, urgent_count)
        for owner, count, urgent_count in session.execute(counted)
        if owner is not None
    }


def handled(session: Session, customer: str) -> Mapping[str, int]:
    """How many incidents of a customer each person had last, open or over."""
    counted = (
        select(IncidentRow.responsible, func.count())
        .where(IncidentRow.customer == customer, IncidentRow.responsible.is_not(None))
        .group_by(IncidentRow.responsible)
    )
    return {person: count for person, count in session.execute(counted) if person is not None}
