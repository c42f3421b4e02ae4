"""What an incident's clocks have to say now: which rungs they reached, folded into one nudge and recorded."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sla_engine.domain.agreements.ladders import AT_BREACH_PERCENT, Recipient, RungPhase
from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.clocks.reading import ClockState, Reading, current
from sla_engine.domain.escalation.ladder_position import Climb, climb
from sla_engine.domain.incidents.events import RungReached
from sla_engine.notifications import AlsoDue, NudgeCause
from sla_engine.services.messages import nudges
from sla_engine.services.unit_of_work.incident_work import Case
from sla_engine.storage.events import NewFact

Found = tuple[Reading, Climb]

SAME_SHARE_POINTS = 5
"""A warning that comes later than this behind its share says the share that is used up by now."""


def announce(case: Case, *, real_now: datetime) -> None:
    """Say all that is due of an incident's clocks in one nudge, and record it."""
    found = case.readings()
    steps = reached(case, found)
    if not steps:
        return
    top_reading, top = max(steps, key=_weight)
    occasion = nudges.Occasion(
        cause=_cause(top_reading, top),
        tell=told(steps),
        key=f"{case.key}:{top_reading.metric}:{top_reading.cycle}:{top.number}:{top.repeat}{_round(top)}",
        reading=top_reading,
        percent=_percent(top_reading, top),
        rung=top.rung.label if top.rung.offset is not None else "",
        repeat=top.repeat,
        also=also_due(steps, top_reading, found=found),
    )
    record(case, steps)
    nudges.post(case, occasion, real_now=real_now)
    if nudges.addressed(case, occasion.tell).owner_alone is None:
        spoken(case)


def reached(case: Case, found: Mapping[MetricName, tuple[Reading, ...]]) -> list[Found]:
    """What each running clock has to say now."""
    steps = []
    for reading in current(found):
        if reading.state is not ClockState.RUNNING:
            continue
        step = climb(
            reading,
            case.terms.ladder(reading.metric),
            case.place(reading),
            acknowledged=case.incident.acknowledged_by is not None,
            snoozed_until=case.incident.snoozed_until,
            zone=case.msp.calendar.tz,
            now=case.now,
        )
        if step is not None:
            steps.append((reading, step))
    return steps


def record(case: Case, steps: Sequence[Found]) -> None:
    """Write down which rungs were reached, also those that were folded into a higher one."""
    case.record_all([fact for reading, step in steps for fact in _facts(case, reading, step)])
    for reading, step in steps:
        case.clocks.announced(reading.metric, reading.cycle, rungs_done=step.number + 1, at=case.now)


def spoken(case: Case) -> None:
    """What was just said counts as the last word on every clock that had been announced: repeats count from it."""
    for (metric, cycle), clock in case.clocks.records().items():
        if clock.rungs_done and clock.stopped_at is None:
            case.clocks.announced(metric, cycle, rungs_done=clock.rungs_done, at=case.now)


def told(steps: Sequence[Found]) -> tuple[Recipient, ...]:
    """Whom all these steps name."""
    return tuple(dict.fromkeys(who for _, step in steps for who in step.tell))


def also_due(
    steps: Sequence[Found], top: Reading | None, *, found: Mapping[MetricName, tuple[Reading, ...]]
) -> tuple[AlsoDue, ...]:
    """The other clocks worth a word: those that became due in the same look, and those already breached."""
    percents = {reading.metric: _percent(reading, step) for reading, step in steps}
    return tuple(
        AlsoDue(
            metric_label=METRICS[reading.metric].label,
            percent=percents.get(reading.metric, AT_BREACH_PERCENT),
            breached=reading.breached,
        )
        for reading in current(found)
        if (top is None or reading.metric is not top.metric)
        and (reading.metric in percents or (reading.breached and not reading.is_over))
    )


def most_pressing(case: Case) -> Reading | None:
    """The clock nearest its due time, or the one longest past it."""
    alive = [reading for reading in current(case.readings()) if not reading.is_over]
    return max(alive, key=lambda reading: reading.share, default=None)


def _weight(found: Found) -> tuple[RungPhase, int, bool, datetime]:
    """Of several clocks the one that is furthest is spoken of first, what is new before what is repeated."""
    _, step = found
    return step.rung.phase, step.rung.percent or 0, not step.repeat, step.reached_at


def _cause(reading: Reading, step: Climb) -> NudgeCause:
    if step.repeat:
        return NudgeCause.REPEAT
    return NudgeCause.BREACH if reading.breached else NudgeCause.AT_RISK


def _percent(reading: Reading, step: Climb) -> int:
    """The rung's share; where a warning came late or names no share, how much is used up now."""
    if step.rung.at_breach or reading.breached:
        return step.rung.percent or AT_BREACH_PERCENT
    used = int(reading.share * 100)
    stated = step.rung.percent
    return used if stated is None or abs(used - stated) > SAME_SHARE_POINTS else stated


def _facts(case: Case, reading: Reading, step: Climb) -> list[NewFact]:
    rungs = [*((number, 0, at) for number, at in step.folded), (step.number, step.repeat, step.reached_at)]
    return [
        NewFact(
            event=RungReached(
                metric=reading.metric.value, cycle=reading.cycle, rung=number, repeat=repeat, reached_at=at
            ),
            at=case.now,
            by="",
            unique_key=f"{case.key}:{reading.metric}:{reading.cycle}:rung:{number}:{repeat}{_round(step)}",
        )
        for number, repeat, at in rungs
    ]


def _round(step: Climb) -> str:
    """What tells the rungs of a breach from those of an earlier one that turned out to be none."""
    return f":{step.round}" if step.round else ""
