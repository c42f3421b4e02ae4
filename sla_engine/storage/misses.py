"""Missed targets with the reasons that notes give for them: listed one by one, and counted by reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.incident_names import spoken_number
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import Attribution, BreachReason
from sla_engine.domain.reporting.missed_targets import MissedTarget, MissFilter
from sla_engine.storage.counted_clocks import OF_INCIDENT, PeriodEdges, missed_in
from sla_engine.storage.tables.incidents import Clock, IncidentRow
from sla_engine.storage.tables.notes import ExplainedMiss, SlaNote

_MICROSECOND = timedelta(microseconds=1)
_EXPLAINS = and_(
    ExplainedMiss.incident_id == Clock.incident_id,
    ExplainedMiss.metric == Clock.metric,
    ExplainedMiss.cycle == Clock.cycle,
)
_REASON, _SIDE = ExplainedMiss.reason, ExplainedMiss.attribution
"""What explains a missed target; a list, a count and a file all read it here."""


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """The number of missed clocks that notes give one reason for; None where no note gives one."""

    reason: BreachReason | None
    attribution: Attribution | None
    missed: int


def listed(session: Session, span: PeriodEdges, wanted: MissFilter) -> list[MissedTarget]:
    """The targets missed in the span that fit, the earliest first."""
    rows = session.execute(
        select(Clock, IncidentRow, _REASON, _SIDE)
        .join(IncidentRow, OF_INCIDENT)
        .outerjoin(ExplainedMiss, _EXPLAINS)
        .outerjoin(SlaNote, SlaNote.incident_id == Clock.incident_id)
        .where(*missed_in(span), *_wanted(wanted))
        .order_by(Clock.breached_at, IncidentRow.id, Clock.metric, Clock.cycle)
    )
    return [_missed(clock, incident, reason, side) for clock, incident, reason, side in rows]


def by_reason(session: Session, span: PeriodEdges) -> list[ReasonCount]:
    """Clocks missed in the span by the reason that explains them, the commonest first."""
    rows = session.execute(
        select(_REASON, _SIDE, func.count())
        .select_from(Clock)
        .join(IncidentRow, OF_INCIDENT)
        .outerjoin(ExplainedMiss, _EXPLAINS)
        .where(*missed_in(span))
        .group_by(_REASON, _SIDE)
    )
    counted = [ReasonCount(_reason(reason), _side(side), missed) for reason, side, missed in rows]
    return sorted(counted, key=lambda row: (-row.missed, row.reason or "", row.attribution or ""))


def _wanted(wanted: MissFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.customer is not None:
        yield IncidentRow.customer == wanted.customer
    if wanted.metrics:
        yield Clock.metric.in_([metric.value for metric in wanted.metrics])
    if wanted.reasons:
        yield _REASON.in_([reason.value for reason in wanted.reasons])
    if wanted.sides:
        yield _SIDE.in_([side.value for side in wanted.sides])
    if wanted.priorities:
        yield Clock.priority.in_([priority.value for priority in wanted.priorities])
    if wanted.is_unexplained:
        yield _REASON.is_(None)
    if wanted.person is not None:
        yield or_(IncidentRow.assignee == wanted.person, SlaNote.wanted_from == wanted.person)


def _missed(clock: Clock, incident: IncidentRow, reason: str | None, side: str | None) -> MissedTarget:
    if clock.breached_at is None:
        message = f"the clock {clock.metric} of {incident.key} was selected as missed"
        raise LookupError(message)
    return MissedTarget(
        incident_key=incident.key,
        customer=incident.customer,
        title=incident.title,
        link=incident.link,
        ticket=spoken_number(incident.external_id),
        site=incident.site,
        service=incident.service,
        owner=incident.assignee,
        metric=MetricName(clock.metric),
        cycle=clock.cycle,
        priority=Priority(clock.priority),
        missed_at=clock.breached_at,
        stopped_at=clock.stopped_at,
        target=clock.target_us * _MICROSECOND,
        counted=clock.elapsed_us * _MICROSECOND,
        reason=_reason(reason),
        side=_side(side),
        agreement_version=clock.version_id or incident.agreement_version_id,
    )


def _reason(stored: str | None) -> BreachReason | None:
    return BreachReason(stored) if stored else None


def _side(stored: str | None) -> Attribution | None:
    return Attribution(stored) if stored else None
