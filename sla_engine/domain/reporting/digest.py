"""The figures of one weekly digest, finished and plain, so that they can be stored, printed and compared."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sla_engine.domain.clocks.attribution import AttributedTime
from sla_engine.domain.clocks.pause_habits import PauseHabits
from sla_engine.domain.reporting.attainment import Attainment
from sla_engine.domain.reporting.control_limits import WeekVerdict
from sla_engine.domain.reporting.customers_to_call import CallCause, CustomerCall
from sla_engine.domain.reporting.digest_parts import (
    EVERYTHING,
    ClosedDay,
    Decisions,
    GoalFigures,
    UnfixedProblem,
    UsualWeeks,
    WeekShare,
)
from sla_engine.domain.reporting.escalation_times import EscalationTimes
from sla_engine.domain.reporting.posted_figures import ChangedWeek


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Met of all; percentages (0 to 100, two decimals) and their 95 % interval, None without any outcome."""

    met: int
    of: int
    percent: float | None
    low: float | None
    high: float | None

    @classmethod
    def of_attainment(cls, attainment: Attainment) -> "Share":
        """The share of an attainment, in percent."""
        low, high = attainment.interval or (None, None)
        return cls(
            met=attainment.met,
            of=attainment.of,
            percent=percent(attainment.share),
            low=percent(low),
            high=percent(high),
        )

    @property
    def missed(self) -> int:
        """The number of misses."""
        return self.of - self.met


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The share of this week, of the last one, and the mean of the four weeks before this one (percent)."""

    this_week: Share
    last_week: Share
    four_weeks_mean: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricFigures:
    """One metric's week; median and ninth decile of the open time its finished clocks counted.

    `first_median_seconds` is the median up to the first stop, where reopening made it another one; else None.
    """

    metric: str
    label: str
    trend: Trend
    median_seconds: float | None
    p90_seconds: float | None
    first_median_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerMisses:
    """One customer's week, by clock."""

    customer: str
    missed: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonMisses:
    """The missed clocks that the notes explain with one reason."""

    reason: str
    label: str
    attribution: str
    missed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFor:
    """The number of matters that wait, and since when the first one does."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A customer who complained on the phone, about which incident, when and to whom."""

    incident_key: str
    customer: str
    title: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenClock:
    """One open clock; `at` is when it is due, or since when it is breached."""

    incident_key: str
    customer: str
    priority: str
    metric_label: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenClocks:
    """The number of open clocks, the first of them, and of how many incidents they are; 0 where that was not kept."""

    count: int
    first: tuple[OpenClock, ...]
    incidents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeCount:
    """The number of open incidents of one age in business days."""

    age: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BallHeld:
    """Open time of `incidents` resolved ones, in seconds by who held the ball; parts of ours are given apart too."""

    incidents: int
    us_seconds: float
    customer_seconds: float
    third_party_seconds: float
    answered_seconds: float
    outlived_seconds: float
    pauses_outlived: int

    @classmethod
    def of(cls, attributed_time: AttributedTime, *, incidents: int) -> "BallHeld":
        """The attribution of several incidents' open time, in seconds."""
        return cls(
            incidents=incidents,
            us_seconds=attributed_time.us.total_seconds(),
            customer_seconds=attributed_time.customer.total_seconds(),
            third_party_seconds=attributed_time.third_party.total_seconds(),
            answered_seconds=attributed_time.answered.total_seconds(),
            outlived_seconds=attributed_time.outlived.total_seconds(),
            pauses_outlived=attributed_time.pauses_outlived,
        )

    @property
    def attributed_time(self) -> AttributedTime:
        """The same as timedeltas."""
        return AttributedTime(
            us=timedelta(seconds=self.us_seconds),
            customer=timedelta(seconds=self.customer_seconds),
            third_party=timedelta(seconds=self.third_party_seconds),
            answered=timedelta(seconds=self.answered_seconds),
            outlived=timedelta(seconds=self.outlived_seconds),
            pauses_outlived=self.pauses_outlived,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestFigures:
    """One ISO week of the MSP, or one month: outcomes by their instant in `[starts, ends)`, open matters as of `as_of`.

    `customers` are the worst five with enough outcomes to be compared; `customers_few` had too few to rank.
    `unexplained` are misses that no written note explains yet. Misses `waived` and incidents `merged` undecided count
    nowhere else. `held` is the attribution of what was resolved in the week, or None. `only_replayed`: all of it is
    another desk's log, which counts where there is nothing else. `changed` weeks were posted with other figures.
    `complaints` are oldest first. `goals` begin with the overall one, `weeks` end with this one. `most_late` and
    `most_untold` are the customers with the most misses and missed customer updates. `urgent_ahead` are P1 or P2.
    `decided` are the decisions of the week. `waits_long`: something has waited for a business day. `suggested` is what
    notes suggest, `sop_effects` what SOPs changed, `problems` are open at `as_of`. `habits` are of pauses,
    `escalation` of acts.
    """

    week: str
    zone: str
    starts: datetime
    ends: datetime
    as_of: datetime
    clocks: Trend
    incidents: Trend
    metrics: tuple[MetricFigures, ...]
    customers: tuple[CustomerMisses, ...]
    customers_few: tuple[CustomerMisses, ...]
    customers_more: int
    reasons: tuple[ReasonMisses, ...]
    unexplained: int
    updates_missed: int
    updates_of: int
    notes_owed: WaitingFor
    notes_to_review: WaitingFor
    decisions_waiting: WaitingFor
    sops_overdue: WaitingFor
    at_risk: OpenClocks
    breached_open: OpenClocks
    backlog: tuple[AgeCount, ...]
    waived: int = 0
    merged: int = 0
    held: BallHeld | None = None
    only_replayed: bool = False
    changed: tuple[ChangedWeek, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    is_month: bool = False
    goals: tuple[GoalFigures, ...] = ()
    usual: UsualWeeks | None = None
    weeks: tuple[WeekShare, ...] = ()
    calls: tuple[CustomerCall, ...] = ()
    most_late: CustomerMisses | None = None
    most_untold: CustomerMisses | None = None
    urgent_ahead: int = 0
    closed_ahead: tuple[ClosedDay, ...] = ()
    saved: int = 0
    decided: Decisions | None = None
    waits_long: bool = True
    suggested: tuple[str, ...] = ()
    problems: tuple[UnfixedProblem, ...] = ()
    sop_effects: tuple[str, ...] = ()
    habits: PauseHabits = field(default_factory=PauseHabits)
    escalation: EscalationTimes = field(default_factory=EscalationTimes)

    @property
    def name(self) -> str:
        """The period in words: `Week 2016-W12`, `Month 2016-03`."""
        return f"{self.unit.capitalize()} {self.week}"

    @property
    def unit(self) -> str:
        """What is counted: a week or a month."""
        return "month" if self.is_month else "week"

    @property
    def overall_goal(self) -> GoalFigures | None:
        """The goal for everything together; None without one."""
        return next((goal for goal in self.goals if goal.label == EVERYTHING), None)

    @property
    def is_current(self) -> bool:
        """Whether what is open was counted as of the present, and not as of the period's end."""
        return self.as_of != self.ends

    @property
    def waiting(self) -> int:
        """The number of notes, decisions and procedures that wait for somebody."""
        queues = (self.notes_owed, self.notes_to_review, self.decisions_waiting, self.sops_overdue)
        return sum(queue.count for queue in queues)

    @property
    def quiet(self) -> bool:
        """Whether one line is enough: an ordinary period that meets its goals, without a missed P1, and nothing waits.

        Without a goal nothing may have been missed.
        """
        unusual = self.usual is not None and self.usual.verdict is WeekVerdict.UNUSUALLY_BAD
        goal = self.overall_goal
        is_met = not self.clocks.this_week.missed if goal is None else goal.is_met is not False
        pressing = any(call.cause in PRESSING for call in self.calls)
        return is_met and not unusual and not pressing and not self.complaints and not self.waits_long

    @property
    def not_counted(self) -> str:
        """The misses and incidents left out of the figures, in words; empty when there are none."""
        misses = f"{self.waived} {'miss' if self.waived == 1 else 'misses'} waived"
        incidents = f"{self.merged} {'incident' if self.merged == 1 else 'incidents'} merged"
        return ", ".join(text for count, text in ((self.waived, misses), (self.merged, incidents)) if count)

    @property
    def open_incidents(self) -> int:
        """The number of open incidents."""
        return sum(row.count for row in self.backlog)


PRESSING = (CallCause.MISSED_P1, CallCause.COMPLAINT, CallCause.GOAL_BROKEN)
"""The reasons to call a customer that no quiet week has."""

REPLAYED_ONLY = "Replayed incidents only: this database holds no others."  # said in a digest of replayed logs alone


def percent(share: float | None) -> float | None:
    """A share as a percentage with two decimals."""
    return None if share is None else round(100 * share, 2)
