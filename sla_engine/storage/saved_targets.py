"""Finds the targets that were met late in their time, after somebody was nudged about them."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.reporting.saved_target import SavedTarget
from sla_engine.storage.tables.incidents import Clock, IncidentRow

_SAVED_LEFT = 4
"""Saved: less than one so-many-th of the target was left."""


def count(session: Session, *, since: datetime, until: datetime | None = None) -> int:
    """How many were saved since an instant, and before another where one is given."""
    before = () if until is None else (Clock.outcome_at < until, Clock.stopped_at < until)
    wanted = select(func.count()).select_from(Clock).join(IncidentRow).where(*_saved(since), *before)
    return session.scalar(wanted) or 0


def listed(session: Session, *, since: datetime) -> tuple[SavedTarget, ...]:
    """Those saved since an instant, the last one first."""
    columns = (
        IncidentRow.key,
        IncidentRow.customer,
        IncidentRow.title,
        Clock.metric,
        Clock.stopped_at,
        Clock.target_us - Clock.elapsed_us,
    )
    wanted = select(*columns).join(IncidentRow).where(*_saved(since)).order_by(Clock.stopped_at.desc(), IncidentRow.id)
    return tuple(
        SavedTarget(
            incident_key=key,
            customer=customer,
            title=title,
            metric=MetricName(metric),
            stopped_at=stopped_at,
            left=timedelta(microseconds=left),
        )
        for key, customer, title, metric, stopped_at, left in session.execute(wanted)
        if stopped_at is not None
    )


def _saved(since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Clock.outcome_at >= since,
        Clock.state == ClockState.STOPPED.value,
        Clock.stopped_at >= since,
        Clock.breached_at.is_(None),
        Clock.last_nudged_at < Clock.stopped_at,
        (Clock.target_us - Clock.elapsed_us) * _SAVED_LEFT < Clock.target_us,
        IncidentRow.replayed.is_(False),
    )
