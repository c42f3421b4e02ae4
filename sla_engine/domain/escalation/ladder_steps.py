"""Turns the steps that are due on an incident's ladders into at most one message."""

from collections.abc import Sequence
from datetime import datetime

from sla_engine.domain.agreements.ladders import AT_BREACH_PERCENT, Recipient, RungPhase
from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.clocks.outcomes import Readings
from sla_engine.domain.clocks.reading import ClockState, Reading, current
from sla_engine.domain.escalation.escalation_step import EscalationStep
from sla_engine.domain.escalation.ladder_position import step_due
from sla_engine.domain.escalation.nudges import AlsoDue, ClockStep, NudgeCause, Occasion
from sla_engine.domain.escalation.situation import Situation
from sla_engine.domain.incidents.events import RungReached
from sla_engine.domain.incidents.new_fact import NewFact

SAME_SHARE_POINTS = 5
"""A warning that comes more percentage points than this behind its share names the share used up by now."""


def ladder_nudge(situation: Situation, readings: Readings, *, now: datetime) -> Occasion | None:
    """One message about every step that is due, headed by the most urgent clock; None when nothing is due."""
    steps = steps_due(situation, readings, now=now)
    if not steps:
        return None
    reading, step = max(steps, key=_urgency)
    clock = f"{situation.incident.key}:{reading.metric}:{reading.cycle}"
    return Occasion(
        cause=_cause(reading, step),
        tell=recipients_of(steps),
        key=f"{clock}:{step.number}:{step.repeat}{_round_suffix(step)}",
        reading=reading,
        percent=_percent(reading, step),
        rung=step.rung.label if step.rung.offset is not None else "",
        repeat=step.repeat,
        also=also_due(readings, steps, reading),
        steps=steps,
    )


def steps_due(situation: Situation, readings: Readings, *, now: datetime) -> tuple[ClockStep, ...]:
    """The rung or repeat that each running clock has to announce now."""
    steps = []
    for reading in current(readings):
        if reading.state is not ClockState.RUNNING:
            continue
        step = step_due(
            reading,
            situation.terms.ladder(reading.metric),
            situation.place(reading),
            acknowledged=situation.incident.acknowledged_by is not None,
            repeats_from=situation.repeats_from,
            zone=situation.msp.calendar.tz,
            now=now,
        )
        if step is not None:
            steps.append((reading, step))
    return tuple(steps)


def recipients_of(steps: Sequence[ClockStep]) -> tuple[Recipient, ...]:
    """Everybody whom these steps notify, once each."""
    return tuple(dict.fromkeys(who for _, step in steps for who in step.tell))


def also_due(readings: Readings, steps: Sequence[ClockStep], top: Reading | None) -> tuple[AlsoDue, ...]:
    """The other clocks that the message mentions: those with a step due at the same instant, and those breached."""
    percents = {reading.metric: _percent(reading, step) for reading, step in steps}
    others = (reading for reading in current(readings) if top is None or reading.metric is not top.metric)
    return tuple(
        AlsoDue(
            metric_label=METRICS[reading.metric].label,
            percent=percents.get(reading.metric, AT_BREACH_PERCENT),
            breached=reading.breached,
            due_at=reading.due_at,
            breached_at=reading.breached_at,
        )
        for reading in others
        if reading.metric in percents or (reading.breached and not reading.is_over)
    )


def most_pressing(readings: Readings) -> Reading | None:
    """The clock nearest its due time, or the one longest past it."""
    alive = [reading for reading in current(readings) if not reading.is_over]
    return max(alive, key=lambda reading: reading.share, default=None)


def rung_facts(situation: Situation, steps: Sequence[ClockStep], *, now: datetime) -> list[NewFact]:
    """The facts about the rungs these steps announce, also those that were folded into a higher one."""
    return [fact for reading, step in steps for fact in _facts(situation.incident.key, reading, step, now=now)]


def _urgency(clock_step: ClockStep) -> tuple[bool, RungPhase, int, bool, datetime]:
    """Sort key of the clock that heads the message: a new miss, phase, percent, then a rung before a repeat."""
    reading, step = clock_step
    is_new_miss = reading.breached and not step.repeat
    return is_new_miss, step.rung.phase, step.rung.percent or 0, not step.repeat, step.reached_at


def _cause(reading: Reading, step: EscalationStep) -> NudgeCause:
    if step.repeat:
        return NudgeCause.REPEAT
    return NudgeCause.BREACH if reading.breached else NudgeCause.AT_RISK


def _percent(reading: Reading, step: EscalationStep) -> int:
    """The rung's share; where a warning came late or names no share, how much is used up now."""
    if step.rung.at_breach or reading.breached:
        return step.rung.percent or AT_BREACH_PERCENT
    used = int(reading.share * 100)
    stated = step.rung.percent
    return used if stated is None or abs(used - stated) > SAME_SHARE_POINTS else stated


def _facts(key: str, reading: Reading, step: EscalationStep, *, now: datetime) -> list[NewFact]:
    clock = f"{key}:{reading.metric}:{reading.cycle}:rung"
    rungs = [*((number, 0, at) for number, at in step.folded), (step.number, step.repeat, step.reached_at)]
    return [
        NewFact(
            event=RungReached(
                metric=reading.metric.value, cycle=reading.cycle, rung=number, repeat=repeat, reached_at=at
            ),
            at=now,
            by="",
            unique_key=f"{clock}:{number}:{repeat}{_round_suffix(step)}",
        )
        for number, repeat, at in rungs
    ]


def _round_suffix(step: EscalationStep) -> str:
    """The part of a key that separates the rungs of a breach from those of an earlier one that was none."""
    return f":{step.round}" if step.round else ""
