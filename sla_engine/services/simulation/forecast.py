"""A nudge that is still to come: when, why, which rungs it tells of, who hears it and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.agreements.ladders import Recipient, Rung
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.escalation.ladder_position import Climb
from sla_engine.domain.escalation.recipients import addressees
from sla_engine.domain.incidents.incident import Incident
from sla_engine.notifications import NudgeCause

Said = tuple[Reading, Climb]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeseenStep:
    """One rung of one clock in a nudge; repeat 0 is the rung itself, 1 the first time it is said again."""

    metric: MetricName
    cycle: int
    rung: Rung
    repeat: int
    breached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeseenNudge:
    """One message that will be posted at `at` (UTC): why, to whom (Slack ids), and where.

    `channel` is None for a direct message.
    """

    at: datetime
    cause: NudgeCause
    to: tuple[str, ...]
    channel: str | None
    steps: tuple[ForeseenStep, ...] = ()

    @property
    def news(self) -> tuple[ForeseenStep, ...]:
        """The steps worth a word: rungs and their first repeats; all of them where there is nothing else."""
        return tuple(step for step in self.steps if step.repeat <= 1) or self.steps


def told_by(steps: Sequence[Said]) -> tuple[Recipient, ...]:
    """Whom all these steps name."""
    return tuple(dict.fromkeys(who for _, step in steps for who in step.tell))


def addressed(
    incident: Incident,
    msp: Msp,
    *,
    at: datetime,
    cause: NudgeCause,
    tell: Sequence[Recipient],
    steps: Sequence[Said] = (),
    too: Sequence[str] = (),
) -> ForeseenNudge:
    """The nudge with the people who hear it: the owner, the dispatcher on duty at that instant, the manager."""
    called = addressees(msp, tell=tell, owner=incident.assignee, customer=incident.customer, now=at, too=too)
    return ForeseenNudge(
        at=at,
        cause=cause,
        to=called.people,
        channel=msp.dispatcher_channel if called.owner_alone is None else None,
        steps=tuple(_step(reading, step) for reading, step in steps),
    )


def _step(reading: Reading, step: Climb) -> ForeseenStep:
    return ForeseenStep(
        metric=reading.metric,
        cycle=reading.cycle,
        rung=step.rung,
        repeat=step.repeat,
        breached=reading.breached,
    )
