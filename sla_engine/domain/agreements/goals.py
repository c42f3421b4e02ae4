"""The goals of an MSP or of one customer: which share of what was promised is to be kept, over which period."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.priorities import Priority

MONTHS_A_YEAR = 12


class GoalPeriod(StrEnum):
    """The calendar period over which misses are counted against a goal."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def months(self) -> int:
        """Its length in months."""
        return {"month": 1, "quarter": 3, "year": MONTHS_A_YEAR}[self.value]

    @property
    def longer(self) -> "GoalPeriod | None":
        """The next longer one; None after the year."""
        return {"month": GoalPeriod.QUARTER, "quarter": GoalPeriod.YEAR}.get(self.value)

    def around(self, day: date) -> tuple[date, date]:
        """Its first day, and the first day after it, of the one in which a day lies."""
        month = (day.month - 1) // self.months * self.months
        after = month + self.months
        return date(day.year, month + 1, 1), date(day.year + after // MONTHS_A_YEAR, after % MONTHS_A_YEAR + 1, 1)


@dataclass(frozen=True, slots=True)
class GoalSubject:
    """What a goal is about: one metric or all (None), at one priority or at all of them (None)."""

    metric: MetricName | None = None
    priority: Priority | None = None

    def covers(self, metric: MetricName, priority: Priority) -> bool:
        """Whether an outcome of this metric and priority counts."""
        return self.metric in (None, metric) and self.priority in (None, priority)


OVERALL = GoalSubject()


@dataclass(frozen=True, slots=True, kw_only=True)
class Goals:
    """The goals as they were written: the share to be kept (above 0, at most 1) for each subject that has one.

    `per` is the shortest period that misses are counted over.
    """

    shares: Mapping[GoalSubject, Fraction] = field(default_factory=dict)
    per: GoalPeriod = GoalPeriod.MONTH

    @property
    def overall(self) -> Fraction | None:
        """The goal for everything together; None where there is none."""
        return self.shares.get(OVERALL)


NO_GOALS = Goals()
