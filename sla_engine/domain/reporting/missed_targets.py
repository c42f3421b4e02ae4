"""Missed targets one by one, and together where they are of one incident: what a figure of misses opens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import Attribution, BreachReason


@dataclass(frozen=True, slots=True, kw_only=True)
class MissFilter:
    """Which missed targets somebody asks for; what is empty or None leaves nothing out.

    `person` keeps the incidents that they have, or whose note they are asked for.
    """

    customer: str | None = None
    metrics: tuple[MetricName, ...] = ()
    reasons: tuple[BreachReason, ...] = ()
    sides: tuple[Attribution, ...] = ()
    priorities: tuple[Priority, ...] = ()
    is_unexplained: bool = False
    person: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedTarget:
    """One missed target of an incident.

    `missed_at` is when it was due, `counted` the open time its clock had counted when it was last measured. `reason`
    and `side` are those of the note that explains it, None while none does. `business_day` is the length of one where
    the target was written in them.
    """

    incident_key: str
    customer: str
    title: str
    link: str | None
    ticket: str | None
    site: str | None
    service: str | None
    owner: str | None
    metric: MetricName
    cycle: int
    priority: Priority
    missed_at: datetime
    stopped_at: datetime | None
    target: timedelta
    counted: timedelta
    reason: BreachReason | None
    side: Attribution | None
    agreement_version: int
    """The version that counts for it."""
    business_day: timedelta | None = None

    @property
    def late_by(self) -> timedelta | None:
        """The open time from the due instant to the act that came too late; None while it still has not come."""
        return None if self.stopped_at is None else max(self.counted - self.target, timedelta(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedIncident:
    """The missed targets of one incident, at least one, the earliest first."""

    targets: tuple[MissedTarget, ...]

    @property
    def first(self) -> MissedTarget:
        """The target that was missed first."""
        return self.targets[0]

    @property
    def is_explained(self) -> bool:
        """Whether a note explains each of them."""
        return all(target.reason is not None for target in self.targets)


def by_incident(targets: Sequence[MissedTarget]) -> tuple[MissedIncident, ...]:
    """The incidents of these targets, in the order of each one's first."""
    of_incident: dict[str, list[MissedTarget]] = {}
    for target in targets:
        of_incident.setdefault(target.incident_key, []).append(target)
    return tuple(MissedIncident(targets=tuple(missed)) for missed in of_incident.values())
