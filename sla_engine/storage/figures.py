"""Aggregates for the weekly digest: the outcomes of a span, and the open clocks and incidents at an instant.

What counts is said in `counted_clocks`, and misses by their reason are in `misses`. A past instant is read from what
is stored now: a resolved incident that was reopened counts as open ever since it opened.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, not_, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.incidents.incident import OVER
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.reporting.attainment import Attainment
from sla_engine.storage.counted_clocks import (
    ANY_LIVE,
    COUNTED,
    COUNTS,
    HAS_OUTCOME,
    OF_INCIDENT,
    PeriodEdges,
    decided_in,
    within,
)
from sla_engine.storage.tables.incidents import Clock, IncidentRow

Moment = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]
_MICROSECOND = timedelta(microseconds=1)
_NOT_OVER = IncidentRow.state.not_in([state.value for state in OVER])
_RESTING = aliased(Clock)
_RESTED = exists().where(
    _RESTING.incident_id == IncidentRow.id, _RESTING.metric == MetricName.RESOLUTION.value, _RESTING.paused_open_us > 0
)
_DECIDED = aliased(Clock)
_IS_RESOLUTION = Clock.metric == MetricName.RESOLUTION.value
_MET = func.sum(case((Clock.breached_at.is_(None), 1), else_=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockLine:
    """One open clock, with what a person needs to find its incident."""

    incident_key: str
    customer: str
    priority: str
    metric: MetricName
    at: datetime
    """The instant at which it is due, or was breached."""


class ClockLines(NamedTuple):
    """How many clocks there are, the first of them, and of how many incidents they are."""

    total: int
    lines: list[ClockLine]
    incidents: int


@dataclass(frozen=True, slots=True)
class Durations:
    """Open time of several clocks in the same order: in all, and up to the first stop where one was reopened."""

    in_all: list[timedelta] = field(default_factory=list)
    first: list[timedelta] = field(default_factory=list)


def by_metric(session: Session, span: PeriodEdges) -> dict[MetricName, Attainment]:
    """Outcomes of clocks in the span, by metric."""
    rows = session.execute(
        select(Clock.metric, _MET, func.count())
        .join(IncidentRow, OF_INCIDENT)
        .where(*decided_in(span))
        .group_by(Clock.metric)
    )
    return {MetricName(metric): Attainment(int(met), of) for metric, met, of in rows}


def by_customer(session: Session, span: PeriodEdges) -> dict[str, Attainment]:
    """Outcomes of clocks in the span, by customer."""
    rows = session.execute(
        select(IncidentRow.customer, _MET, func.count())
        .join(Clock, OF_INCIDENT)
        .where(*decided_in(span))
        .group_by(IncidentRow.customer)
    )
    return {customer: Attainment(int(met), of) for customer, met, of in rows}


def by_incident(session: Session, span: PeriodEdges, *, customer: str | None = None) -> Attainment:
    """Incidents decided in the span: missed at their first breach, met when resolved without any until then.

    With a `customer` only theirs are counted.
    """
    start, end = span
    touched = select(Clock.incident_id).where(COUNTS, Clock.breached_at.is_not(None), *within(span))
    first = (
        select(func.min(Clock.breached_at).label("at"))
        .join(IncidentRow, OF_INCIDENT)
        .where(COUNTS, COUNTED, *_of(customer), Clock.incident_id.in_(touched))
        .group_by(Clock.incident_id)
        .subquery()
    )
    missed = session.scalar(select(func.count()).select_from(first).where(first.c.at >= start, first.c.at < end)) or 0
    met = _resolved_unmissed(session, span, customer=customer)
    return Attainment(met, met + missed)


def _of(customer: str | None) -> tuple[ColumnElement[bool], ...]:
    return () if customer is None else (IncidentRow.customer == customer,)


def _resolved_unmissed(session: Session, span: PeriodEdges, *, customer: str | None) -> int:
    """Resolutions of the span that stand, with no miss before them.

    One stands until the incident is reopened. Where that begins a new cycle, or only the first resolution counts, its
    clock stays stopped, and it stands for good.
    """
    by_clock = (
        select(Clock.incident_id.label("incident_id"), Clock.stopped_at.label("at"))
        .join(IncidentRow, OF_INCIDENT)
        .where(COUNTS, COUNTED, _NOT_OVER, _IS_RESOLUTION, Clock.stopped_at.is_not(None), *within(span))
        .where(*_of(customer))
    )
    has_clock = exists().where(
        _DECIDED.incident_id == IncidentRow.id,
        _DECIDED.metric == MetricName.RESOLUTION.value,
        _DECIDED.state != ClockState.CANCELLED.value,
        _DECIDED.waived_at.is_(None),
        _DECIDED.stopped_at.is_not(None),
    )
    measured = exists().where(Clock.incident_id == IncidentRow.id, COUNTS)
    of_span = (*_resolved(span), *_of(customer))
    by_row = select(IncidentRow.id, IncidentRow.resolved_at).where(*of_span, measured, not_(has_clock))
    resolved = union(by_clock, by_row).subquery()
    missed_before = exists().where(
        Clock.incident_id == resolved.c.incident_id, COUNTS, Clock.breached_at <= resolved.c.at
    )
    return session.scalar(select(func.count()).select_from(resolved).where(not_(missed_before))) or 0


def durations(session: Session, span: PeriodEdges) -> dict[MetricName, Durations]:
    """Open time counted by the clocks with an outcome in the span that have stopped since, by metric."""
    rows = session.execute(
        select(Clock.metric, Clock.elapsed_us, func.coalesce(Clock.first_elapsed_us, Clock.elapsed_us))
        .join(IncidentRow, OF_INCIDENT)
        .where(COUNTS, COUNTED, Clock.stopped_at.is_not(None), *within(span))
    )
    durations_of: dict[MetricName, Durations] = {}
    for metric, elapsed, first in rows:
        of_metric = durations_of.setdefault(MetricName(metric), Durations())
        of_metric.in_all.append(elapsed * _MICROSECOND)
        of_metric.first.append(first * _MICROSECOND)
    return durations_of


def waived(session: Session, span: PeriodEdges) -> int:
    """The number of misses of the span that were waived, and so count nowhere else."""
    wanted = (HAS_OUTCOME, Clock.waived_at.is_not(None), Clock.breached_at.is_not(None), *within(span))
    return _count_clocks(session, wanted)


def merged(session: Session, span: PeriodEdges) -> int:
    """The number of incidents merged into others in the span before any of their targets was met or missed."""
    decided = exists().where(Clock.incident_id == IncidentRow.id, HAS_OUTCOME)
    wanted = (
        not_(decided),
        IncidentRow.merged_into.is_not(None),
        IncidentRow.resolved_at >= span[0],
        IncidentRow.resolved_at < span[1],
    )
    return session.scalar(select(func.count()).select_from(IncidentRow).where(COUNTED, *wanted)) or 0


def never_rested(session: Session, span: PeriodEdges) -> tuple[int, timedelta]:
    """Incidents resolved in the span whose resolution clocks never rested: how many, and all they counted."""
    count, counted = session.execute(
        select(func.count(Clock.incident_id.distinct()), func.sum(Clock.elapsed_us))
        .join(IncidentRow, OF_INCIDENT)
        .where(Clock.metric == MetricName.RESOLUTION.value, *_resolved(span), not_(_RESTED))
    ).one()
    return count, int(counted or 0) * _MICROSECOND


def rested_in(session: Session, span: PeriodEdges) -> list[int]:
    """Row ids of the incidents resolved in the span whose resolution clocks rested, within open time."""
    return list(session.scalars(select(IncidentRow.id).where(*_resolved(span), _RESTED).order_by(IncidentRow.id)))


def paused_in(session: Session, span: PeriodEdges) -> list[int]:
    """Row ids of the incidents with a clock that rested, or rests, and that ran in the span."""
    start, end = span
    rested = or_(Clock.paused_open_us > 0, Clock.state == ClockState.PAUSED.value)
    ran = and_(Clock.started_at < end, or_(Clock.stopped_at.is_(None), Clock.stopped_at >= start))
    wanted = select(Clock.incident_id).join(IncidentRow, OF_INCIDENT).where(COUNTED, HAS_OUTCOME, rested, ran)
    return sorted(set(session.scalars(wanted)))


def due_soon(session: Session, *, at: datetime, until: datetime, limit: int) -> ClockLines:
    """Clocks open and unbreached at that instant which are due before `until`: how many, and the first of them."""
    return _lines(session, Clock.due_at, _due(at, until), limit=limit)


def urgent_due_soon(session: Session, *, at: datetime, until: datetime) -> int:
    """The number of those clocks that are P1 or P2."""
    return _count_clocks(session, (*_due(at, until), Clock.priority.in_([Priority.P1.value, Priority.P2.value])))


def breached_and_open(session: Session, at: datetime, *, limit: int) -> ClockLines:
    """Clocks open at that instant and breached before it: how many, and the longest breached."""
    return _lines(session, Clock.breached_at, (COUNTS, _open_at(at), Clock.breached_at <= at), limit=limit)


def open_by_age(session: Session, at: datetime, *, bounds: Sequence[datetime]) -> list[int]:
    """Count the incidents open at that instant by age: opened since the first bound, since the second, …, earlier."""
    ages = [(IncidentRow.opened_at >= bound, number) for number, bound in enumerate(bounds)]
    age = case(*ages, else_=len(bounds)) if ages else literal(0)
    still_open = or_(IncidentRow.resolved_at.is_(None), IncidentRow.resolved_at > at)
    # Grouped outside: PostgreSQL does not see that two expressions with parameters are the same.
    aged = select(age.label("age")).where(COUNTED, IncidentRow.opened_at <= at, still_open).subquery()
    rows = session.execute(select(aged.c.age, func.count()).group_by(aged.c.age))
    counts: dict[int, int] = {number: count for number, count in rows}  # noqa: C416 - rows are no tuples to mypy
    return [counts.get(number, 0) for number in range(len(bounds) + 1)]


def only_replayed(session: Session) -> bool:
    """Whether there are incidents, and all were replayed from another desk's log; only then are these counted."""
    return bool(session.scalar(select(exists().where(IncidentRow.id.is_not(None)) & not_(ANY_LIVE))))


def _resolved(span: PeriodEdges) -> tuple[ColumnElement[bool], ...]:
    """Resolved in the span; merged, moved and deleted incidents were not."""
    return COUNTED, _NOT_OVER, IncidentRow.resolved_at >= span[0], IncidentRow.resolved_at < span[1]


def _due(at: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    unbreached = or_(Clock.breached_at.is_(None), Clock.breached_at > at)
    return COUNTS, _open_at(at), unbreached, Clock.due_at >= at, Clock.due_at < until


def _open_at(at: datetime) -> ColumnElement[bool]:
    return and_(Clock.started_at <= at, or_(Clock.stopped_at.is_(None), Clock.stopped_at > at))


def _lines(session: Session, at: Moment, conditions: Sequence[ColumnElement[bool]], *, limit: int) -> ClockLines:
    clocks = select(func.count(), func.count(IncidentRow.id.distinct())).select_from(Clock)
    count, of_incidents = session.execute(clocks.join(IncidentRow, OF_INCIDENT).where(COUNTED, *conditions)).one()
    rows = session.execute(
        select(IncidentRow.key, IncidentRow.customer, Clock.priority, Clock.metric, at)
        .join(IncidentRow, OF_INCIDENT)
        .where(COUNTED, *conditions)
        .order_by(at, IncidentRow.id, Clock.metric)
        .limit(limit)
    )
    lines = [
        ClockLine(incident_key=key, customer=customer, priority=priority, metric=MetricName(metric), at=when)
        for key, customer, priority, metric, when in rows
        if when is not None
    ]
    return ClockLines(count, lines, of_incidents)


def _count_clocks(session: Session, conditions: Sequence[ColumnElement[bool]]) -> int:
    counted = select(func.count()).select_from(Clock).join(IncidentRow, OF_INCIDENT).where(COUNTED, *conditions)
    return session.scalar(counted) or 0
