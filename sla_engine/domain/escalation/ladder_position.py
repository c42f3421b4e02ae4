"""Position of a clock on its ladder: which rungs are due, and when to check it next. Pure; `now` comes in."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from sla_engine.domain.agreements.ladders import Ladder, Recipient, Rung
from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.escalation.escalation_step import EscalationStep
from sla_engine.domain.escalation.rung_instants import breach_instant, rung_instant
from sla_engine.domain.incidents.events import CHANGED_RULES, Corrected, RungReached, Undone
from sla_engine.domain.incidents.history import Entry, undone_facts
from sla_engine.domain.time.local_time import Zone
from sla_engine.domain.time.reach import due_after


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderPlace:
    """The place of a clock on its ladder: the rungs announced so far, and the one whose repeats run.

    `round` counts from 0 how often an announced breach turned out to be none, and what was announced because of an act
    that was undone, so that the same is announced anew when it is reached again.
    """

    announced: frozenset[int] = frozenset()
    repeating: int | None = None
    repeats_done: int = 0
    last_nudged_at: datetime | None = None
    round: int = 0

    def after(self, step: EscalationStep, ladder: Ladder) -> "LadderPlace":
        """The place once a step was announced; of the rungs in it, the last one that repeats goes on repeating."""
        place = replace(self, last_nudged_at=step.announced_at)
        if step.repeat:
            return replace(place, repeats_done=step.repeat)
        for number in (*(number for number, _ in step.folded), step.number):
            place = _with_rung(place, number, ladder)
        return place


def place_of(
    history: Sequence[Entry], reading: Reading, ladder: Ladder, *, last_nudged_at: datetime | None
) -> LadderPlace:
    """The place of a clock on its ladder by the facts, in the order in which they were recorded.

    A rung that repeats goes on repeating until a higher one that repeats is announced. The rungs reached before a
    change of rules made the clock overdue count as announced: nobody is nudged after the event.
    """
    return _place_without((), history, reading, ladder, last_nudged_at=last_nudged_at)


def _place_without(
    undone: Collection[int],
    history: Sequence[Entry],
    reading: Reading,
    ladder: Ladder,
    *,
    last_nudged_at: datetime | None,
) -> LadderPlace:
    """The place without what was undone; that is looked for only where the history has an undoing."""
    clock, place, repeats = (reading.metric.value, reading.cycle), LadderPlace(last_nudged_at=last_nudged_at), 0
    for entry in history:
        event = entry.event
        if not isinstance(event, (RungReached, Corrected)):
            if isinstance(event, Undone) and not undone:
                numbers = {-1, *undone_facts(history)}  # never empty
                return _place_without(numbers, history, reading, ladder, last_nudged_at=last_nudged_at)
            continue
        if (event.metric, event.cycle) != clock:
            continue
        if entry.seq in undone:
            place = replace(place, round=place.round + 1)
            continue
        if isinstance(event, RungReached) and event.repeat:
            repeats = max(repeats, event.repeat) if event.rung == place.repeating else repeats
            continue
        place = _place_after(replace(place, repeats_done=repeats), event, entry.at, ladder)
        repeats = place.repeats_done
        if isinstance(event, Corrected) and event.cause == CHANGED_RULES and event.breached_after is not None:
            place = replace(place, announced=place.announced | _reached_by(entry.at, reading, ladder))
    announced = place.announced | _lower_shares(ladder, place.announced)
    return replace(place, announced=announced, repeats_done=repeats)


def step_due(
    reading: Reading,
    ladder: Ladder,
    place: LadderPlace,
    *,
    acknowledged: bool,
    repeats_from: datetime | None,
    zone: Zone,
    now: datetime,
) -> EscalationStep | None:
    """The step of a running clock to announce at `now`; None when none is due. `zone` is where quiet hours are read.

    Several rungs reached are one step, that of the latest; a warning is not announced after the breach was. Nothing
    is announced of a waived miss. No repeat is due before `repeats_from`.
    """
    if reading.waived_at is not None:
        return None
    reached = [
        (rung.at_breach, at, number)
        for number, rung, at in _unannounced(reading, ladder, place)
        if at <= now and not _is_quiet(rung, now, zone)
    ]
    if reached:
        return _latest_rung(reached, ladder, place, now=now)
    if acknowledged:
        return None
    return _repeat_step(reading, ladder, place, repeats_from=repeats_from, zone=zone, now=now)


def next_check(
    reading: Reading,
    ladder: Ladder,
    place: LadderPlace,
    *,
    acknowledged: bool,
    repeats_from: datetime | None,
    zone: Zone,
    now: datetime,
) -> datetime | None:
    """The instant at which a running clock must be checked next, for its breach or for a step to announce.

    In the past where something is overdue and no quiet hours hold it back; None where the miss was waived.
    """
    if reading.waived_at is not None:
        return None
    checks = [_announced_at(rung, at, zone, now=now) for _, rung, at in _unannounced(reading, ladder, place)]
    repeat_at = None if acknowledged else _repeat_due(reading, ladder, place, repeats_from=repeats_from)
    if repeat_at is not None and place.repeating is not None:
        checks.append(_announced_at(ladder.rungs[place.repeating], repeat_at, zone, now=now))
    breach = None if reading.breached else breach_instant(reading)
    if breach is not None:
        checks.append(breach)
    return min(checks, default=None)


# ---------------------------------------------------------------------- the place by the facts


def _place_after(place: LadderPlace, fact: RungReached | Corrected, at: datetime, ladder: Ladder) -> LadderPlace:
    """The place after a rung or a correction; repeats, of which there may be hundreds, are counted by the caller."""
    match fact:
        case Corrected(breached_after=breach):
            return place if breach is not None and breach <= at else _unbreached(place, ladder)
        case RungReached(rung=number):
            return _with_rung(place, number, ladder) if 0 <= number < len(ladder.rungs) else place
        case _:
            assert_never(fact)


def _reached_by(at: datetime, reading: Reading, ladder: Ladder) -> frozenset[int]:
    instants = ((number, rung_instant(reading, rung)) for number, rung in enumerate(ladder.rungs))
    return frozenset(number for number, reached_at in instants if reached_at is not None and reached_at <= at)


def _with_rung(place: LadderPlace, number: int, ladder: Ladder) -> LadderPlace:
    """The place with one rung more; its repeats take over, but not from a rung beyond it that quiet hours let pass."""
    place = replace(place, announced=place.announced | {number})
    rung, before = ladder.rungs[number], place.repeating
    if rung.repeat is None or (before is not None and ladder.rungs[before].phase > rung.phase):
        return place
    return replace(place, repeating=number, repeats_done=0)


def _unbreached(place: LadderPlace, ladder: Ladder) -> LadderPlace:
    """The place without the rungs that were announced because of a breach which was none."""
    warnings = frozenset(number for number in place.announced if not ladder.rungs[number].at_breach)
    if warnings == place.announced:
        return place
    if place.repeating in warnings:
        return replace(place, announced=warnings, round=place.round + 1)
    return replace(place, announced=warnings, repeating=None, repeats_done=0, round=place.round + 1)


def _lower_shares(ladder: Ladder, announced: frozenset[int]) -> set[int]:
    """The shares below one that was announced: older histories name only the highest of those that were reached."""
    highest = max((ladder.rungs[number].percent or 0 for number in announced), default=0)
    return {
        number
        for number, rung in enumerate(ladder.rungs)
        if rung.quiet is None and rung.percent is not None and 0 < rung.percent < highest
    }


# ---------------------------------------------------------------------- rungs to announce


def _unannounced(reading: Reading, ladder: Ladder, place: LadderPlace) -> Iterator[tuple[int, Rung, datetime]]:
    """The rungs still to be announced, each with when it is reached; warnings only before the breach was announced."""
    after_breach = any(ladder.rungs[number].at_breach for number in place.announced)
    for number, rung in enumerate(ladder.rungs):
        at = rung_instant(reading, rung)
        if at is not None and number not in place.announced and (rung.at_breach or not after_breach):
            yield number, rung, at


def _latest_rung(
    reached: list[tuple[bool, datetime, int]], ladder: Ladder, place: LadderPlace, *, now: datetime
) -> EscalationStep:
    """The latest of the rungs reached; the people of others reached at the same instant are notified too."""
    *folded, (at_breach, at, number) = sorted(reached)
    same_instant = [other for breaking, when, other in reached if (breaking, when) == (at_breach, at)]
    return EscalationStep(
        rung=ladder.rungs[number],
        number=number,
        reached_at=at,
        announced_at=now,
        tell=_recipients_of(same_instant, ladder),
        folded=tuple((lower, when) for _, when, lower in folded),
        round=place.round,
        is_miss=at_breach and not any(ladder.rungs[other].at_breach for other in place.announced),
    )


def _recipients_of(numbers: Sequence[int], ladder: Ladder) -> tuple[Recipient, ...]:
    """Everybody these rungs name, once each, in the order of the rungs."""
    return tuple(dict.fromkeys(who for number in numbers for who in ladder.rungs[number].tell))


def _is_quiet(rung: Rung, at: datetime, zone: Zone) -> bool:
    return rung.after_quiet_hours(at, zone) != at


def _announced_at(rung: Rung, at: datetime, zone: Zone, *, now: datetime) -> datetime:
    """The instant at which a rung reached at `at` is announced; quiet hours count from now on only."""
    return at if rung.quiet is None else rung.after_quiet_hours(max(at, now), zone)


# ---------------------------------------------------------------------- repeats


def _repeat_step(
    reading: Reading,
    ladder: Ladder,
    place: LadderPlace,
    *,
    repeats_from: datetime | None,
    zone: Zone,
    now: datetime,
) -> EscalationStep | None:
    """The repeat that is due at `now` outside quiet hours; None when there is none."""
    due = _repeat_due(reading, ladder, place, repeats_from=repeats_from)
    if place.repeating is None or due is None or due > now:
        return None
    rung, repeat = ladder.rungs[place.repeating], place.repeats_done + 1
    if _is_quiet(rung, now, zone):
        return None
    return EscalationStep(
        rung=rung,
        number=place.repeating,
        repeat=repeat,
        reached_at=due,
        announced_at=now,
        tell=_repeat_recipients(reading, ladder, place.repeating, repeat),
        round=place.round,
    )


def _repeat_due(
    reading: Reading, ladder: Ladder, place: LadderPlace, *, repeats_from: datetime | None
) -> datetime | None:
    """The instant of the next repeat, not before `repeats_from`; None where no rung repeats."""
    repeat = None if place.repeating is None else ladder.rungs[place.repeating].repeat
    if repeat is None or place.last_nudged_at is None:
        return None
    wait = repeat.wait(place.repeats_done + 1)
    last = place.last_nudged_at
    due = last + wait if repeat.wall else due_after(reading.target.calendar, last, wait)
    return due if due is None or repeats_from is None else max(due, repeats_from)


def _repeat_recipients(reading: Reading, ladder: Ladder, number: int, repeat: int) -> tuple[Recipient, ...]:
    """The rung's people, and those of as many rungs above it as the repeat goes up."""
    rung = ladder.rungs[number]
    levels = 0 if rung.repeat is None else rung.repeat.rungs_up(repeat)
    upwards = sorted(range(len(ladder.rungs)), key=lambda other: _height(reading, ladder.rungs[other], other))
    above = upwards[upwards.index(number) + 1 :]
    return _recipients_of([number, *above[:levels]], ladder)


def _height(reading: Reading, rung: Rung, number: int) -> tuple[bool, datetime, int]:
    """Sort key of the rungs of a clock: by the instant at which it reaches them."""
    return rung.at_breach, rung_instant(reading, rung) or reading.started_at, number
