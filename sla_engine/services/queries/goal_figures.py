"""How the goals stand: the MSP's own, and those of each customer, by the agreement in force or else by `msp.yaml`."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from sla_engine.domain.agreements.goals import OVERALL, GoalPeriod, Goals, GoalSubject
from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.reporting.attainment import Attainment
from sla_engine.domain.reporting.customers_to_call import CallCause, CustomerCall
from sla_engine.domain.reporting.digest_parts import EVERYTHING, GoalFigures
from sla_engine.domain.reporting.goals import GoalStanding, meets, standing
from sla_engine.services.queries.outcome_history import Counts, OutcomeHistory, by_customer, of_subject

HUNDRED = 100


def goal_figures(goals: Goals, history: OutcomeHistory, *, counted: Counts) -> tuple[GoalFigures, ...]:
    """The MSP's goals, the overall one first; `counted` are the outcomes of the period itself."""
    ordered = sorted(goals.shares.items(), key=lambda goal: goal[0] != OVERALL)
    return tuple(
        GoalFigures(
            label=_label(subject),
            percent=float(HUNDRED * share),
            is_met=_is_met(share, of_subject(counted, subject)),
            standing=_standing(subject, share, goals, history),
        )
        for subject, share in ordered
    )


def customers_by_goal(
    goals: Mapping[str, Goals], history: OutcomeHistory, *, counted: Counts
) -> Iterator[CustomerCall]:
    """The customers with a miss in the period whose goal is broken or one miss away; without a goal, how many of all.

    `goals` are those of each customer.
    """
    subjects = {OVERALL, *(subject for own in goals.values() for subject in own.shares)}
    missed = {subject: by_customer(counted, subject) for subject in subjects}
    for customer in sorted(name for name, outcomes in missed[OVERALL].items() if outcomes.missed):
        own, of_customer = goals[customer], history.of(customer)
        reached = {
            subject: _standing(subject, share, own, of_customer)
            for subject, share in own.shares.items()
            if missed[subject].get(customer, Attainment(0, 0)).missed
        }
        judged = {subject: now for subject, now in reached.items() if now is not None}
        for subject, now in judged.items():
            if now.is_broken or now.is_one_miss_away:
                yield _call(customer, subject, now, of_customer)
        if not judged:
            yield _often_late(customer, of_customer)


def _label(subject: GoalSubject) -> str:
    metric = EVERYTHING if subject.metric is None else METRICS[subject.metric].label.lower()
    return metric if subject.priority is None else f"{metric}, {subject.priority}"


def _is_met(share: Fraction, outcomes: Attainment) -> bool | None:
    return meets(share, outcomes) if outcomes.of else None


def _standing(subject: GoalSubject, share: Fraction, goals: Goals, history: OutcomeHistory) -> GoalStanding | None:
    return standing(
        share, goals.per, day=history.day, so_far=history.so_far(subject), weeks=history.weekly_counts(subject)
    )


def _call(customer: str, subject: GoalSubject, reached: GoalStanding, history: OutcomeHistory) -> CustomerCall:
    return CustomerCall(
        customer=customer,
        cause=CallCause.GOAL_BROKEN if reached.is_broken else CallCause.GOAL_ONE_MISS_AWAY,
        missed=reached.missed,
        of=history.so_far(subject)[reached.period].of,
        allowed=reached.allowed,
        period=reached.period,
        metric=subject.metric,
        priority=subject.priority,
    )


def _often_late(customer: str, history: OutcomeHistory) -> CustomerCall:
    outcomes = history.so_far(OVERALL)[GoalPeriod.MONTH]
    return CustomerCall(customer=customer, cause=CallCause.OFTEN_LATE, missed=outcomes.missed, of=outcomes.of)
