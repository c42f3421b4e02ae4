"""The outcomes of the weeks before a period and of its year, by customer, metric and priority, read once for all goals.

A period that goes on is counted until now.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sla_engine.domain.agreements.goals import GoalPeriod, GoalSubject
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.reporting.attainment import Attainment
from sla_engine.domain.reporting.control_limits import MOST_WEEKS
from sla_engine.domain.time.local_time import local_day, local_hour
from sla_engine.domain.time.months import Month
from sla_engine.domain.time.periods import Period
from sla_engine.domain.time.weeks import Week
from sla_engine.storage import outcome_counts
from sla_engine.storage.database import Session
from sla_engine.storage.outcome_counts import OutcomeKind

Counts = Mapping[OutcomeKind, Attainment]
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeHistory:
    """The counts of `weeks` (oldest first; the last one is the period's last) and of the `months` of the year so far.

    `day` is the last day counted; `is_over` says that the last week is complete.
    """

    day: date
    is_over: bool
    weeks: Sequence[tuple[Week, Counts]]
    months: Sequence[tuple[Month, Counts]]

    def by_week(self) -> list[tuple[Week, Attainment]]:
        """All outcomes of each week."""
        return [(week, together(counts)) for week, counts in self.weeks]

    def so_far(self, subject: GoalSubject) -> dict[GoalPeriod, Attainment]:
        """The outcomes of a subject in the running month, quarter and year."""
        return {period: sum(self._of_period(period, subject), Attainment(0, 0)) for period in GoalPeriod}

    def weekly_counts(self, subject: GoalSubject) -> list[int]:
        """The number of outcomes of a subject in each complete week, oldest first."""
        complete = self.weeks if self.is_over else self.weeks[:-1]
        return [of_subject(counts, subject).of for _, counts in complete]

    def of(self, customer: str) -> "OutcomeHistory":
        """The same history of one customer's outcomes alone."""
        return replace(
            self,
            weeks=[(week, _narrowed(counts, customer)) for week, counts in self.weeks],
            months=[(month, _narrowed(counts, customer)) for month, counts in self.months],
        )

    def _of_period(self, period: GoalPeriod, subject: GoalSubject) -> Iterator[Attainment]:
        first, _ = period.around(self.day)
        for month, counts in self.months:
            if date(month.year, month.number, 1) >= first:
                yield of_subject(counts, subject)


def read_history(session: Session, period: Period, *, zone: str, now: datetime) -> OutcomeHistory:
    """The history that a digest of this period looks back on."""
    ends = min(period.span(zone=zone)[1], now)
    day = local_day(ends - _INSTANT, zone=zone)
    last = Week.of_day(day)
    weeks = [last.before(back) for back in range(MOST_WEEKS, 0, -1)] + [last]
    months = [Month(day.year, number) for number in range(1, day.month + 1)]
    of_weeks = outcome_counts.by_kind(session, _cut([week.span(zone=zone) for week in weeks], ends))
    of_months = outcome_counts.by_kind(session, _cut([month.span(zone=zone) for month in months], ends))
    return OutcomeHistory(
        day=day,
        is_over=local_hour(last.following().monday, zone=zone) <= ends,
        weeks=list(zip(weeks, of_weeks, strict=True)),
        months=list(zip(months, of_months, strict=True)),
    )


def of_subject(counts: Counts, subject: GoalSubject) -> Attainment:
    """The outcomes that a goal is about."""
    covered = (counts[kind] for kind in counts if subject.covers(kind.metric, kind.priority))
    return sum(covered, Attainment(0, 0))


def _narrowed(counts: Counts, customer: str) -> Counts:
    kinds = (OutcomeKind(customer, metric, priority) for metric in MetricName for priority in Priority)
    return {kind: counts[kind] for kind in kinds if kind in counts}


def by_customer(counts: Counts, subject: GoalSubject) -> dict[str, Attainment]:
    """The outcomes that a goal is about, of each customer."""
    of_each: dict[str, Attainment] = {}
    for kind, outcomes in counts.items():
        if subject.covers(kind.metric, kind.priority):
            of_each[kind.customer] = of_each.get(kind.customer, Attainment(0, 0)) + outcomes
    return of_each


def together(counts: Counts) -> Attainment:
    """All outcomes."""
    return sum(counts.values(), Attainment(0, 0))


def _cut(spans: Iterable[tuple[datetime, datetime]], ends: datetime) -> list[tuple[datetime, datetime]]:
    """The spans, the last of them up to `ends`."""
    return [(start, min(end, max(start, ends))) for start, end in spans]
