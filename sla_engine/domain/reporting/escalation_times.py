"""How soon people act on nudges: exact counts and order statistics, no estimates.

A nudge is acted on when somebody it called records a fact on its incident before the next nudge, or the next rung, of
that incident. One that nobody acted on counts once that is certain: the next one came, the incident is over, or a day
has passed.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.promises import Promise, PromiseOutcome

DECIDED_AFTER = timedelta(hours=24)
"""So long after a nudge without a successor nobody is waited for."""

FEWEST_BY_NAME = 10
"""Somebody with fewer nudges is not shown to others by name."""

FEWEST_OF_RUNG = 30
SELDOM_PERCENT = 20
"""A rung of which so many nudges were sent and fewer than so many percent acted on is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledNudge:
    """A posted nudge: when it called whom (UTC), and the rung of the clock that caused it, empty for another cause."""

    called_at: datetime
    people: frozenset[str]
    priority: Priority
    metric: str = ""
    rung: str = ""


@dataclass(frozen=True, slots=True)
class RecordedAct:
    """A fact that somebody recorded on an incident, at the instant it happened."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class NudgeOutcome:
    """A nudge and how long after it somebody acted; None for nobody."""

    nudge: CalledNudge
    acted_after: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationTimes:
    """The figures over some nudges: how many, how many of them acted on, and how soon.

    `half_within` is the smallest time within which half of those acted on were, `slowest_tenth` the smallest time that
    the slowest tenth took (None for fewer than ten); `promises_kept` of `promises` that were decided.
    """

    nudges: int = 0
    acted_on: int = 0
    half_within: timedelta | None = None
    slowest_tenth: timedelta | None = None
    promises: int = 0
    promises_kept: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SeldomActedOn:
    """A rung of a priority whose nudges hardly anybody acts on."""

    metric: str
    rung: str
    priority: Priority
    nudges: int
    acted_on: int


def outcomes(
    nudges: Sequence[CalledNudge],
    acts: Sequence[RecordedAct],
    rungs: Collection[datetime],
    *,
    is_open: bool,
    now: datetime,
) -> list[NudgeOutcome]:
    """The outcome of each nudge of one incident that is certain by `now`; `rungs` are when rungs were announced."""
    steps = sorted({*rungs, *(nudge.called_at for nudge in nudges)})
    decided = []
    for nudge in nudges:
        following = next((step for step in steps if step > nudge.called_at), None)
        within = [
            act.at
            for act in acts
            if act.by in nudge.people and act.at > nudge.called_at and (following is None or act.at < following)
        ]
        is_certain = following is not None or not is_open or now - nudge.called_at >= DECIDED_AFTER
        if within or is_certain:
            decided.append(NudgeOutcome(nudge, min(within) - nudge.called_at if within else None))
    return decided


def escalation_times(outcomes: Iterable[NudgeOutcome], promises: Iterable[Promise]) -> EscalationTimes:
    """The figures over these nudges and promises."""
    known = list(outcomes)
    times = sorted(outcome.acted_after for outcome in known if outcome.acted_after is not None)
    verdicts = [verdict for verdict in map(_is_kept, promises) if verdict is not None]
    tenth = len(times) // 10
    return EscalationTimes(
        nudges=len(known),
        acted_on=len(times),
        half_within=times[ceil(len(times) / 2) - 1] if times else None,
        slowest_tenth=times[len(times) - tenth] if tenth else None,
        promises=len(verdicts),
        promises_kept=sum(verdicts),
    )


def seldom_acted_on(outcomes: Iterable[NudgeOutcome]) -> list[SeldomActedOn]:
    """The rungs that hardly anybody acts on, those with the most nudges first."""
    by_rung: dict[tuple[str, str, Priority], list[NudgeOutcome]] = {}
    for outcome in outcomes:
        if outcome.nudge.rung:
            key = outcome.nudge.metric, outcome.nudge.rung, outcome.nudge.priority
            by_rung.setdefault(key, []).append(outcome)
    seldom = []
    for (metric, rung, priority), sent in by_rung.items():
        acted_on = sum(outcome.acted_after is not None for outcome in sent)
        if len(sent) >= FEWEST_OF_RUNG and acted_on * 100 < SELDOM_PERCENT * len(sent):
            seldom.append(
                SeldomActedOn(metric=metric, rung=rung, priority=priority, nudges=len(sent), acted_on=acted_on)
            )
    return sorted(seldom, key=lambda one: (-one.nudges, one.priority, one.metric, one.rung))


def _is_kept(promise: Promise) -> bool | None:
    """Whether a promise was kept; None while that is open, and for one renewed before it was due."""
    if promise.outcome is PromiseOutcome.RENEWED:
        return None if promise.at is None or promise.at <= promise.due else False
    return None if promise.is_alive else promise.outcome is PromiseOutcome.KEPT
