"""What gives a period's figures their meaning: the goals, the weeks before, whom to call, what is ahead."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.goals import OVERALL, Goals, GoalSubject
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.clocks.pause_habits import PauseHabits
from sla_engine.domain.reporting.attainment import Attainment
from sla_engine.domain.reporting.control_limits import control_limits, percent_of
from sla_engine.domain.reporting.customers_to_call import CustomerCall, CustomerWeek, customers_to_call, weightiest
from sla_engine.domain.reporting.digest import BallHeld, Complaint, CustomerMisses, DigestFigures
from sla_engine.domain.reporting.digest_parts import (
    ClosedDay,
    Decisions,
    GoalFigures,
    UnfixedProblem,
    UsualWeeks,
    WeekShare,
)
from sla_engine.domain.reporting.escalation_times import EscalationTimes
from sla_engine.domain.time.local_time import local_day
from sla_engine.domain.time.months import Month
from sla_engine.domain.time.periods import Period
from sla_engine.domain.time.weeks import Week
from sla_engine.services.agreements.book import AgreementBook
from sla_engine.services.notes.sop_effects import recent_effects
from sla_engine.services.notes.suggestions import suggestions_of_week
from sla_engine.services.queries.attribution_totals import held_the_ball
from sla_engine.services.queries.complaints import complaints_of
from sla_engine.services.queries.digest_ahead import AHEAD, closed_days, decisions
from sla_engine.services.queries.digest_calls import complaint_calls, urgent_calls
from sla_engine.services.queries.digest_problems import unfixed_problems
from sla_engine.services.queries.escalation_figures import team_times
from sla_engine.services.queries.goal_figures import customers_by_goal, goal_figures
from sla_engine.services.queries.outcome_history import Counts, OutcomeHistory, by_customer, read_history
from sla_engine.services.queries.pause_habits import pause_habits_of
from sla_engine.storage import agreements as agreement_versions
from sla_engine.storage import figures, outcome_counts, saved_targets, sops
from sla_engine.storage.counted_clocks import PeriodEdges
from sla_engine.storage.database import Session

_UPDATES = GoalSubject(metric=MetricName.CUSTOMER_UPDATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodContext:
    """The parts of a digest that compare, name and look ahead."""

    complaints: tuple[Complaint, ...]
    goals: tuple[GoalFigures, ...]
    usual: UsualWeeks | None
    weeks: tuple[WeekShare, ...]
    calls: tuple[CustomerCall, ...]
    most_late: CustomerMisses | None
    most_untold: CustomerMisses | None
    closed_ahead: tuple[ClosedDay, ...]
    decided: Decisions | None
    suggested: tuple[str, ...]
    problems: tuple[UnfixedProblem, ...]
    sop_effects: tuple[str, ...]
    saved: int
    urgent_ahead: int
    held: BallHeld | None
    habits: PauseHabits
    escalation: EscalationTimes

    def added_to(self, counted: DigestFigures) -> DigestFigures:
        """The figures with these parts, which have the same names there."""
        return replace(counted, **{part.name: getattr(self, part.name) for part in fields(self)})


def read_context(
    session: Session, msp: Msp, period: Period, *, agreements: AgreementBook, now: datetime, at: datetime
) -> PeriodContext:
    """The context of a period whose open matters are counted as of `at`."""
    span = period.span(zone=msp.zone)
    (counted,) = outcome_counts.by_kind(session, [span])
    history = read_history(session, period, zone=msp.zone, now=now)
    in_force = _in_force(session, agreements, at=at)
    complaints = complaints_of(session, *span)
    reasons = _reasons_to_call(session, msp, span, counted=counted, history=history, in_force=in_force)
    return PeriodContext(
        complaints=complaints,
        goals=goal_figures(msp.goals, history, counted=counted),
        usual=None if isinstance(period, Month) else _usual(history),
        weeks=tuple(WeekShare(week=str(week), met=share.met, of=share.of) for week, share in history.by_week()),
        calls=customers_to_call(reasons),
        most_late=_most_missed(counted, OVERALL),
        most_untold=_most_missed(counted, _UPDATES),
        closed_ahead=closed_days(in_force.values(), today=local_day(at, zone=msp.zone)),
        decided=decisions(sops.decided_between(session, *span), starts=span[0], zone=msp.zone, at=at),
        suggested=tuple(suggestion.sentence for suggestion in suggestions_of_week(session, msp, now=at)),
        problems=unfixed_problems(session) if at != span[1] else (),
        sop_effects=tuple(sop.sentence for sop in recent_effects(session, now=at)),
        saved=saved_targets.count(session, since=span[0], until=span[1]),
        urgent_ahead=figures.urgent_due_soon(session, at=at, until=at + AHEAD),
        held=held_the_ball(session, agreements, span),
        habits=pause_habits_of(session, agreements, span),
        escalation=team_times(session, msp, since=span[0], until=span[1], now=at),
    )


def customer_weeks(
    session: Session, msp: Msp, week: Week, *, agreements: AgreementBook, now: datetime
) -> list[CustomerWeek]:
    """The week of every customer with an outcome or a reason to call them, those to call first."""
    span = week.span(zone=msp.zone)
    (counted,) = outcome_counts.by_kind(session, [span])
    history = read_history(session, week, zone=msp.zone, now=now)
    in_force = _in_force(session, agreements, at=now)
    reasons = _reasons_to_call(session, msp, span, counted=counted, history=history, in_force=in_force)
    calls, outcomes = weightiest(reasons), by_customer(counted, OVERALL)
    others = sorted(outcomes.keys() - calls.keys(), key=lambda customer: (-outcomes[customer].missed, customer))
    return [
        CustomerWeek(customer=customer, met=kept.met, of=kept.of, call=calls.get(customer))
        for customer in (*calls, *others)
        for kept in (outcomes.get(customer, Attainment(0, 0)),)
    ]


def _reasons_to_call(
    session: Session,
    msp: Msp,
    span: PeriodEdges,
    *,
    counted: Counts,
    history: OutcomeHistory,
    in_force: Mapping[str, Agreement],
) -> list[CustomerCall]:
    goals = {kind.customer: _goals_of(kind.customer, in_force, msp) for kind in counted}
    return [
        *urgent_calls(outcome_counts.urgent(session, span)),
        *complaint_calls(complaints_of(session, *span)),
        *customers_by_goal(goals, history, counted=counted),
    ]


def _in_force(session: Session, agreements: AgreementBook, *, at: datetime) -> dict[str, Agreement]:
    """The agreement of each customer in force at an instant."""
    numbers = agreement_versions.all_in_force(session, at=at)
    return {customer: agreements.by_version(session, number) for customer, number in numbers.items()}


def _goals_of(customer: str, in_force: Mapping[str, Agreement], msp: Msp) -> Goals:
    agreement = in_force.get(customer)
    return msp.goals if agreement is None or agreement.goals is None else agreement.goals


def _usual(history: OutcomeHistory) -> UsualWeeks | None:
    """What the last week is beside those before it; None where that cannot be said yet."""
    *before, (_, week) = history.by_week()
    limits = control_limits([share for _, share in before])
    if limits is None or not week.of:
        return None
    verdict = limits.verdict(percent_of(week))
    return UsualWeeks(low=float(limits.lower), high=float(limits.upper), verdict=verdict)


def _most_missed(counted: Counts, subject: GoalSubject) -> CustomerMisses | None:
    """The customer with the most misses of a subject, by name where several have as many; None without a miss."""
    outcomes = by_customer(counted, subject)
    worst = min(outcomes, key=lambda customer: (-outcomes[customer].missed, customer), default=None)
    if worst is None or not outcomes[worst].missed:
        return None
    return CustomerMisses(customer=worst, missed=outcomes[worst].missed, of=outcomes[worst].of)
