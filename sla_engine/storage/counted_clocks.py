"""Which clocks and incidents the figures count; every figure, list and file of misses is selected by these conditions.

A cancelled clock has no outcome, and a waived miss counts nowhere but among the waived. The outcome's instant is the
breach, else the stop. Replayed incidents count only where the database holds no others.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, not_, or_
from sqlalchemy.orm import aliased

from sla_engine.domain.clocks.reading import ClockState
from sla_engine.storage.tables.incidents import Clock, IncidentRow

PeriodEdges = tuple[datetime, datetime]
"""The first instant of a span, and the first one after it."""

_LIVE = aliased(IncidentRow)
ANY_LIVE = exists().where(_LIVE.replayed.is_(False))
COUNTED = or_(IncidentRow.replayed.is_(False), not_(ANY_LIVE))
"""The incidents that count."""

HAS_OUTCOME = Clock.state != ClockState.CANCELLED.value
COUNTS = and_(HAS_OUTCOME, Clock.waived_at.is_(None))
"""The clocks that count."""

OF_INCIDENT = IncidentRow.id == Clock.incident_id


def within(span: PeriodEdges) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The clocks whose outcome lies in the span."""
    start, end = span
    return Clock.outcome_at >= start, Clock.outcome_at < end


def decided_in(span: PeriodEdges) -> tuple[ColumnElement[bool], ...]:
    """The clocks of the span that count, met or missed."""
    return COUNTS, COUNTED, *within(span)


def missed_in(span: PeriodEdges) -> tuple[ColumnElement[bool], ...]:
    """Those of them that were missed."""
    return *decided_in(span), Clock.breached_at.is_not(None)
