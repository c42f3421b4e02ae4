"""Lists open incidents by time left, for whoever asks for some of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Subquery, and_, case, cast, exists, func, not_, or_, select, true
from sqlalchemy.orm import Session

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.incidents.incident import IncidentState
from sla_engine.domain.incidents.incident_filter import LONG_WAIT, STALE_AFTER, IncidentCondition, IncidentFilter
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.storage.events import undone_numbers
from sla_engine.storage.tables.delivery import Outbox
from sla_engine.storage.tables.incidents import Clock, EventRow, IncidentRow, Nudge
from sla_engine.storage.tables.storms import Storm, StormIncident

_UNDOING = "undone"
_ALIVE = (ClockState.RUNNING.value, ClockState.PAUSED.value)


@dataclass(frozen=True, slots=True)
class ListedIncidents:
    """Row ids by the due time of the next clock, those without one last; `count` is how many fit without the limit."""

    ids: list[int]
    count: int


@dataclass(frozen=True, slots=True)
class KnownPeople:
    """The Slack ids of those who may own an incident, and of those among them who are away."""

    ours: Collection[str] = ()
    absent: Collection[str] = ()


NOBODY_KNOWN = KnownPeople()


def has_open(session: Session, owner: str, priority: Priority) -> bool:
    """Whether an incident of this priority is open and its owner's."""
    wanted = IncidentRow.assignee == owner, IncidentRow.state == IncidentState.OPEN.value
    return bool(session.scalar(select(exists().where(*wanted, IncidentRow.priority == priority.value))))


def by_due(
    session: Session,
    wanted: IncidentFilter,
    *,
    now: datetime,
    limit: int | None = None,
    people: KnownPeople = NOBODY_KNOWN,
) -> ListedIncidents:
    """Open incidents that fit the filter; `people` are those who may own one."""
    undone = _undone_lately(session, [wanted], now=now)
    fitting = _fitting(wanted, people=people, now=now, undone=undone)
    first_due = _first_due()
    in_order = fitting.outerjoin(first_due, first_due.c.incident_id == IncidentRow.id).order_by(
        first_due.c.due.is_(None), first_due.c.due, IncidentRow.id
    )
    ids = list(session.scalars(in_order.limit(limit)))
    count = session.scalar(select(func.count()).select_from(fitting.subquery())) or 0
    return ListedIncidents(ids, count)


def open_of_customer(session: Session, customer: str, *, now: datetime, limit: int) -> ListedIncidents:
    """Open incidents of one customer, the most urgent priority first, of equals the oldest."""
    fitting = _fitting(IncidentFilter(customer=customer), people=NOBODY_KNOWN, now=now)
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


def counts(
    session: Session, filters: Sequence[IncidentFilter], *, now: datetime, people: KnownPeople = NOBODY_KNOWN
) -> list[int]:
    """How many open incidents fit each of these filters, counted together in one statement."""
    undone = _undone_lately(session, filters, now=now)
    conditions = (_conditions(wanted, people=people, now=now, undone=undone) for wanted in filters)
    counted = [func.count().filter(and_(true(), *every)) for every in conditions]
    return list(session.execute(select(*counted).select_from(IncidentRow).where(_is_open())).one())


def next_up(session: Session, *, soon: timedelta, now: datetime) -> int | None:
    """The row id of the open incident to look at next; None where no clock of any is due.

    The first is one that nobody promised an update for nor snoozed. Of several it is the most urgent of those late or
    due within `soon`, where there is one; then the one due first.
    """
    first_due = _first_due()
    held = or_(IncidentRow.promise > now, IncidentRow.snoozed_until > now)
    wanted = (
        select(IncidentRow.id)
        .join(first_due, first_due.c.incident_id == IncidentRow.id)
        .where(_is_open())
        .order_by(case((held, 1), else_=0), *_by_urgency(first_due, soon=soon, now=now))
        .limit(1)
    )
    return session.scalar(wanted)


def unowned_and_unsaid(
    session: Session, *, channel: str, soon: timedelta, now: datetime, people: KnownPeople
) -> list[int]:
    """Row ids of the open incidents that nobody has and that no nudge in the channel names, the most urgent first.

    The message of a storm names those that are in it.
    """
    first_due = _first_due()
    in_channel = exists().where(
        Outbox.message == Nudge.message,
        Outbox.op == "post",
        or_(Outbox.destination == channel, Outbox.meant_for == channel),
    )
    nudged = exists().where(Nudge.incident_id == IncidentRow.id, Nudge.live.is_(True), in_channel)
    in_storm = exists().where(
        StormIncident.incident_id == IncidentRow.id, StormIncident.storm_id == Storm.id, Storm.ended_at.is_(None)
    )
    wanted = (
        _fitting(IncidentFilter(conditions=(IncidentCondition.UNASSIGNED,)), people=people, now=now)
        .outerjoin(first_due, first_due.c.incident_id == IncidentRow.id)
        .where(not_(nudged), not_(in_storm))
        .order_by(first_due.c.due.is_(None), *_by_urgency(first_due, soon=soon, now=now))
    )
    return list(session.scalars(wanted))


def _by_urgency(first_due: Subquery, *, soon: timedelta, now: datetime) -> list[ColumnElement[Any]]:
    """What is late or due within `soon` by its priority, then the rest; of equals what is due first."""
    is_soon = first_due.c.due <= now + soon
    by_priority = case((is_soon, IncidentRow.priority), else_="")
    return [case((is_soon, 0), else_=1), by_priority, first_due.c.due, IncidentRow.id.expression]


def promised_by(session: Session, person: str) -> list[int]:
    """Row ids of the open incidents on which this person owes a promised update, the earliest first."""
    makes = or_(
        IncidentRow.acknowledged_by == person,
        and_(IncidentRow.acknowledged_by.is_(None), IncidentRow.assignee == person),
    )
    wanted = select(IncidentRow.id).where(_is_open(), IncidentRow.promise.is_not(None), makes)
    return list(session.scalars(wanted.order_by(IncidentRow.promise, IncidentRow.id)))


def nudged(session: Session, *, owner: str | None) -> list[int]:
    """Row ids of the open incidents about which a nudge lives, the first due first; with `owner` only theirs."""
    first_due = _first_due()
    of_owner = [] if owner is None else [IncidentRow.assignee == owner]
    is_nudged = exists().where(Nudge.incident_id == IncidentRow.id, Nudge.live.is_(True))
    wanted = (
        select(IncidentRow.id)
        .outerjoin(first_due, first_due.c.incident_id == IncidentRow.id)
        .where(_is_open(), is_nudged, *of_owner)
        .order_by(first_due.c.due.is_(None), first_due.c.due, IncidentRow.id)
    )
    return list(session.scalars(wanted))


def resolved_of(session: Session, owner: str, *, since: datetime) -> list[int]:
    """Row ids of an owner's incidents that were resolved since then, the newest first."""
    wanted = select(IncidentRow.id).where(
        IncidentRow.assignee == owner,
        IncidentRow.state == IncidentState.RESOLVED.value,
        IncidentRow.resolved_at >= since,
        IncidentRow.replayed.is_(False),
    )
    return list(session.scalars(wanted.order_by(IncidentRow.resolved_at.desc(), IncidentRow.id.desc())))


def _first_due() -> Subquery:
    """When the next clock of each incident is due."""
    return (
        select(Clock.incident_id, func.min(Clock.due_at).label("due"))
        .where(Clock.current, Clock.due_at.is_not(None), Clock.stopped_at.is_(None))
        .group_by(Clock.incident_id)
        .subquery()
    )


def _fitting(
    wanted: IncidentFilter, *, people: KnownPeople, now: datetime, undone: Collection[int] = ()
) -> Select[int]:
    return select(IncidentRow.id).where(_is_open(), *_conditions(wanted, people=people, now=now, undone=undone))


def _undone_lately(session: Session, filters: Sequence[IncidentFilter], *, now: datetime) -> Collection[int]:
    """The numbers of facts undone lately, where a filter asks what was heard lately: nobody is heard by them."""
    if not any(IncidentCondition.STALE in wanted.conditions for wanted in filters):
        return ()
    return undone_numbers(session, EventRow.occurred_at > now - STALE_AFTER)


def _is_open() -> ColumnElement[bool]:
    return and_(IncidentRow.state == IncidentState.OPEN.value, IncidentRow.replayed.is_(False))


def _conditions(
    wanted: IncidentFilter, *, people: KnownPeople, now: datetime, undone: Collection[int]
) -> list[ColumnElement[bool]]:
    """What an open incident must meet to fit; `undone` are the numbers of facts that were undone lately."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.owner is not None:
        conditions.append(IncidentRow.assignee == wanted.owner)
    if wanted.customer is not None:
        conditions.append(IncidentRow.customer == wanted.customer)
    if wanted.priorities:
        conditions.append(IncidentRow.priority.in_([priority.value for priority in wanted.priorities]))
    if wanted.due_within is not None:
        conditions.append(_has_clock(Clock.due_at <= now + wanted.due_within))
    others = (_condition(condition, people=people, now=now, undone=undone) for condition in wanted.conditions)
    return [*conditions, *others]


def _condition(  # noqa: PLR0911 - one return a condition, and only the one that is asked for is built
    condition: IncidentCondition, *, people: KnownPeople, now: datetime, undone: Collection[int]
) -> ColumnElement[bool]:
    match condition:
        case IncidentCondition.UNASSIGNED:
            return or_(IncidentRow.assignee.is_(None), IncidentRow.assignee.not_in(people.ours))
        case IncidentCondition.OVERDUE:
            return _has_clock(or_(Clock.due_at <= now, Clock.breached_at.is_not(None)))
        case IncidentCondition.WAITING:
            return cast(IncidentRow.paused_for, String) != "[]"
        case IncidentCondition.STALE:
            return not_(_was_heard_of_lately(now, undone=undone))
        case IncidentCondition.NO_PROMISE:
            return IncidentRow.promise.is_(None)
        case IncidentCondition.ANSWERED:
            return IncidentRow.customer_waits_since.is_not(None)
        case IncidentCondition.LONG_WAIT:
            return IncidentRow.waiting_since < now - LONG_WAIT
        case IncidentCondition.ABSENT:
            return IncidentRow.assignee.in_(people.absent)
        case IncidentCondition.UNTOLD:
            return _has_clock(and_(Clock.metric == MetricName.CUSTOMER_UPDATE.value, Clock.due_at <= now))


def _has_clock(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a clock that still runs or rests is like this."""
    return exists().where(Clock.incident_id == IncidentRow.id, Clock.current, Clock.state.in_(_ALIVE), condition)


def _was_heard_of_lately(now: datetime, *, undone: Collection[int]) -> ColumnElement[bool]:
    """Whether somebody reported anything of it lately; what the engine derives and what was undone do not count."""
    return exists().where(
        EventRow.incident_id == IncidentRow.id,
        EventRow.by != "",
        EventRow.occurred_at > now - STALE_AFTER,
        EventRow.kind != _UNDOING,
        EventRow.id.not_in(undone),
    )
