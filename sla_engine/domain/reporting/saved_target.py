"""A target that was met late in its time: what nudging saved."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.domain.agreements.metrics import MetricName


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedTarget:
    """A target that was met with less than a quarter of its time left, after a nudge; `left` is open time."""

    incident_key: str
    customer: str
    title: str
    metric: MetricName
    stopped_at: datetime
    left: timedelta
