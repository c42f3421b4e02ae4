"""Lists open incidents by time left, for whoever asks for some of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.incidents.incident import IncidentState
from sla_engine.domain.incidents.incident_filter import STALE_AFTER, IncidentCondition, IncidentFilter
from sla_engine.storage.tables.incidents import Clock, EventRow, IncidentRow

_ALIVE = (ClockState.RUNNING.value, ClockState.PAUSED.value)


@dataclass(frozen=True, slots=True)
class ListedIncidents:
    """Row ids by the due time of the next clock, those without one last; `count` is how many fit without the limit."""

    ids: list[int]
    count: int


def by_due(
    session: Session, wanted: IncidentFilter, *, now: datetime, limit: int | None = None, ours: Collection[str] = ()
) -> ListedIncidents:
    """Open incidents that fit the filter; `ours` are the people who may own one."""
    fitting = _fitting(wanted, ours=ours, now=now)
    first_due = (
        select(Clock.incident_id, func.min(Clock.due_at).label("due"))
        .where(Clock.current, Clock.due_at.is_not(None), Clock.stopped_at.is_(None))
        .group_by(Clock.incident_id)
        .subquery()
    )
    in_order = fitting.outerjoin(first_due, first_due.c.incident_id == IncidentRow.id).order_by(
        first_due.c.due.is_(None), first_due.c.due, IncidentRow.id
    )
    ids = list(session.scalars(in_order.limit(limit)))
    count = session.scalar(select(func.count()).select_from(fitting.subquery())) or 0
    return ListedIncidents(ids, count)


def open_of_customer(session: Session, customer: str, *, now: datetime, limit: int) -> ListedIncidents:
    """Open incidents of one customer, the most urgent priority first, of equals the oldest."""
    fitting = _fitting(IncidentFilter(customer=customer), ours=(), now=now)
    in_order = fitting.order_by(IncidentRow.priority, IncidentRow.opened_at, IncidentRow.id)
    count = session.scalar(select(func.count()).select_from(fitting.subquery())) or 0
    return ListedIncidents(list(session.scalars(in_order.limit(limit))), count)


def last_resolved(session: Session, customer: str) -> int | None:
    """Row id of the incident of this customer that was resolved last; None when none ever was."""
    wanted = (
        select(IncidentRow.id)
        .where(
            IncidentRow.customer == customer,
            IncidentRow.state == IncidentState.RESOLVED.value,
            IncidentRow.replayed.is_(False),
        )
        .order_by(IncidentRow.resolved_at.desc())
        .limit(1)
    )
    return session.scalar(wanted)


def _fitting(wanted: IncidentFilter, *, ours: Collection[str], now: datetime) -> Select[int]:
    conditions: list[ColumnElement[bool]] = [
        IncidentRow.state == IncidentState.OPEN.value,
        IncidentRow.replayed.is_(False),
    ]
    if wanted.owner is not None:
        conditions.append(IncidentRow.assignee == wanted.owner)
    if wanted.customer is not None:
        conditions.append(IncidentRow.customer == wanted.customer)
    if wanted.priorities:
        conditions.append(IncidentRow.priority.in_([priority.value for priority in wanted.priorities]))
    if wanted.due_within is not None:
        conditions.append(_has_clock(Clock.due_at <= now + wanted.due_within))
    conditions += [_condition(condition, ours=ours, now=now) for condition in wanted.conditions]
    return select(IncidentRow.id).where(and_(*conditions))


def _condition(condition: IncidentCondition, *, ours: Collection[str], now: datetime) -> ColumnElement[bool]:
    match condition:
        case IncidentCondition.UNASSIGNED:
            return or_(IncidentRow.assignee.is_(None), IncidentRow.assignee.not_in(ours))
        case IncidentCondition.OVERDUE:
            return _has_clock(or_(Clock.due_at <= now, Clock.breached_at.is_not(None)))
        case IncidentCondition.WAITING:
            return cast(IncidentRow.paused_for, String) != "[]"
        case IncidentCondition.STALE:
            return not_(_was_heard_of_since(now))
        case IncidentCondition.NO_PROMISE:
            return IncidentRow.promise.is_(None)


def _has_clock(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a clock that still runs or rests is like this."""
    return exists().where(Clock.incident_id == IncidentRow.id, Clock.current, Clock.state.in_(_ALIVE), condition)


def _was_heard_of_since(now: datetime) -> ColumnElement[bool]:
    """Whether somebody reported anything of it lately; what the engine derives does not count."""
    return exists().where(
        EventRow.incident_id == IncidentRow.id, EventRow.by != "", EventRow.occurred_at > now - STALE_AFTER
    )
