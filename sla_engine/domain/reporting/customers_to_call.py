"""Whom to call this week: the customers with whom a service manager should speak first, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sla_engine.domain.agreements.goals import GoalPeriod
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.reporting.attainment import FEWEST_TO_RANK

MOST_CALLED = 3


class CallCause(StrEnum):
    """Why a customer should be called, the weightiest first."""

    MISSED_P1 = "missed_p1"
    COMPLAINT = "complaint"
    GOAL_BROKEN = "goal_broken"
    GOAL_ONE_MISS_AWAY = "goal_one_miss_away"
    OFTEN_LATE = "often_late"

    @property
    def rank(self) -> int:
        """0 for the weightiest."""
        return list(CallCause).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCall:
    """One customer to call; which fields are set depends on the cause.

    A missed P1: `missed` of `of` P1 incidents of the week and, where there was only one, its `incident_key`, `metric`
    and by how much open time it was late (None while that still grows). A complaint: the incident, its title and when.
    Else `missed` of `of` outcomes of the `period` so far and how many misses the goal allows in it; `metric` and
    `priority` are those the goal is about, None for all.
    """

    customer: str
    cause: CallCause
    missed: int = 0
    of: int = 0
    allowed: int | None = None
    period: GoalPeriod = GoalPeriod.MONTH
    incident_key: str = ""
    title: str = ""
    metric: MetricName | None = None
    priority: Priority | None = None
    late_seconds: float | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerWeek:
    """One customer's week: promises kept of those decided, and why to call them; None for no reason."""

    customer: str
    met: int
    of: int
    call: CustomerCall | None


def customers_to_call(reasons: Iterable[CustomerCall]) -> tuple[CustomerCall, ...]:
    """The three customers to call first, each with the weightiest reason."""
    return tuple(weightiest(reasons).values())[:MOST_CALLED]


def weightiest(reasons: Iterable[CustomerCall]) -> dict[str, CustomerCall]:
    """Each customer that has a reason to be called with the weightiest one, the first to call first.

    Within one cause those with more misses come first, and then by name. Often late is nobody with fewer than five
    outcomes.
    """
    chosen: dict[str, CustomerCall] = {}
    for reason in sorted(reasons, key=_order):
        if reason.cause is not CallCause.OFTEN_LATE or (reason.of >= FEWEST_TO_RANK and reason.missed):
            chosen.setdefault(reason.customer, reason)
    return chosen


def _order(reason: CustomerCall) -> tuple[int, float, int, str]:
    """Sort key: cause; who is often late by the share missed, everybody else by the number; then the name."""
    share = reason.missed / reason.of if reason.cause is CallCause.OFTEN_LATE and reason.of else 0.0
    return reason.cause.rank, -share, -reason.missed, reason.customer
