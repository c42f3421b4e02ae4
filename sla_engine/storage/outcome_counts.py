"""Counts outcomes in several spans at once, by customer, metric and priority."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.reporting.attainment import Attainment
from sla_engine.storage.counted_clocks import OF_INCIDENT, PeriodEdges, decided_in
from sla_engine.storage.tables.incidents import Clock, IncidentRow

_MICROSECOND = timedelta(microseconds=1)


class OutcomeKind(NamedTuple):
    """What an outcome is of."""

    customer: str
    metric: MetricName
    priority: Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgentOutcome:
    """An outcome at P1: late or not, and by how much open time; None while that grows."""

    incident_key: str
    customer: str
    metric: MetricName
    is_missed: bool
    late_by: timedelta | None


def by_kind(session: Session, spans: Sequence[PeriodEdges]) -> list[dict[OutcomeKind, Attainment]]:
    """The outcomes in each of these spans, which follow one another without a gap, oldest first."""
    number = case(*((Clock.outcome_at < end, place) for place, (_, end) in enumerate(spans)))
    # Grouped outside: PostgreSQL does not see that two expressions with parameters are the same.
    placed = (
        select(
            number.label("number"),
            IncidentRow.customer,
            Clock.metric,
            Clock.priority,
            case((Clock.breached_at.is_(None), 1), else_=0).label("met"),
        )
        .join(IncidentRow, OF_INCIDENT)
        .where(*decided_in((spans[0][0], spans[-1][1])))
        .subquery()
    )
    groups = placed.c.number, placed.c.customer, placed.c.metric, placed.c.priority
    counts: list[dict[OutcomeKind, Attainment]] = [{} for _ in spans]
    for place, customer, metric, priority, met, of in session.execute(
        select(*groups, func.sum(placed.c.met), func.count()).group_by(*groups)
    ):
        kind = OutcomeKind(customer, MetricName(metric), Priority(priority))
        counts[place][kind] = Attainment(int(met), of)
    return counts


def urgent(session: Session, span: PeriodEdges) -> list[UrgentOutcome]:
    """The outcomes at P1 in the span, in the order of their incidents."""
    columns = (
        IncidentRow.key,
        IncidentRow.customer,
        Clock.metric,
        Clock.breached_at,
        Clock.stopped_at,
        Clock.elapsed_us - Clock.target_us,
    )
    rows = session.execute(
        select(*columns)
        .join(Clock, OF_INCIDENT)
        .where(*decided_in(span), Clock.priority == Priority.P1.value)
        .order_by(IncidentRow.id, Clock.metric, Clock.cycle)
    )
    return [
        UrgentOutcome(
            incident_key=key,
            customer=customer,
            metric=MetricName(metric),
            is_missed=breached_at is not None,
            late_by=over * _MICROSECOND if breached_at is not None and stopped_at is not None and over > 0 else None,
        )
        for key, customer, metric, breached_at, stopped_at, over in rows
    ]
