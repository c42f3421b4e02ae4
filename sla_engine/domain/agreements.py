"""What was promised to one customer, as finished values: every default filled in, every holiday a date."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sla_engine.domain.calendars import Calendar
from sla_engine.domain.ladders import DEFAULT_LADDER, Ladder
from sla_engine.domain.metrics import MetricName
from sla_engine.domain.priorities import Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """How much open time one metric has at one priority, and on which calendar.

    `waiting` is the longer period of a periodic metric while a pause reason holds.
    """

    metric: MetricName
    priority: Priority
    duration: timedelta
    calendar: Calendar
    waiting: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One version of what was promised to one customer."""

    customer: str
    effective: datetime
    calendar: Calendar
    targets: tuple[Target, ...]
    ladders: Mapping[str, Ladder] = field(default_factory=dict)
    extras: Mapping[str, Any] = field(default_factory=dict)
    """Parts other services read as they stand: services, assets, reporting, fee, credits, problems, review."""

    def target(self, metric: MetricName, priority: Priority) -> Target | None:
        """The target of this metric at this priority; None when nothing was promised."""
        return next((t for t in self.targets if t.metric is metric and t.priority is priority), None)

    def ladder(self, metric: MetricName) -> Ladder:
        """The metric's own ladder, else the agreement's default, else the product's."""
        return self.ladders.get(metric.value) or self.ladders.get("default") or DEFAULT_LADDER
