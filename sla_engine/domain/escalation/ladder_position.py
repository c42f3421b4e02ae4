"""Position of a clock on its ladder: the rungs reached, and when to look again. Pure; `now` comes in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from sla_engine.domain.agreements.ladders import Ladder, Recipient, Rung, RungPhase
from sla_engine.domain.clocks.reading import Reading, share_instant
from sla_engine.domain.escalation.climb import Climb
from sla_engine.domain.incidents.events import CHANGED_RULES, Corrected, RungReached
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.time.local_time import Zone
from sla_engine.domain.time.reach import due_after

JUST_AFTER = timedelta(microseconds=1)
"""At the grace instant itself the target is still met; a breach exists from the next instant on."""

GRACE_AFTER_CHANGE = timedelta(minutes=5)
"""A target that a change made overdue at once is announced after this: whoever made the change may act first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderPlace:
    """How far a clock was announced: the rungs that were said or spoken for, and the one whose repeats run.

    `round` counts from 0 how often a breach that was said turned out not to be one, so that it can be said anew.
    """

    said: frozenset[int] = frozenset()
    repeating: int | None = None
    repeats_done: int = 0
    last_nudged_at: datetime | None = None
    round: int = 0

    def after(self, step: Climb, ladder: Ladder) -> "LadderPlace":
        """The place once this was said; of the rungs it speaks for, the last one that repeats goes on repeating."""
        heard = replace(self, last_nudged_at=step.said_at)
        if step.repeat:
            return replace(heard, repeats_done=step.repeat)
        for number in (*(number for number, _ in step.folded), step.number):
            heard = _reached(heard, number, ladder)
        return heard


def place_of(
    history: Sequence[Entry], reading: Reading, ladder: Ladder, *, last_nudged_at: datetime | None
) -> LadderPlace:
    """How far up its ladder a clock is by the facts, in the order in which they were recorded.

    A rung that repeats goes on repeating until a higher one that repeats is said. What a change of rules made overdue
    is not announced after the event: the rungs reached by then count as said.
    """
    place = LadderPlace(last_nudged_at=last_nudged_at)
    for entry in history:
        event = entry.event
        if not isinstance(event, RungReached | Corrected):
            continue
        if (event.metric, event.cycle) == (reading.metric.value, reading.cycle):
            place = _place_after(place, event, entry.at, ladder)
            if isinstance(event, Corrected) and event.cause == CHANGED_RULES and event.breached_after is not None:
                place = replace(place, said=place.said | _reached_by(entry.at, reading, ladder))
    return replace(place, said=place.said | _spoken_for(ladder, place.said))


def climb(
    reading: Reading,
    ladder: Ladder,
    place: LadderPlace,
    *,
    acknowledged: bool,
    snoozed_until: datetime | None,
    zone: Zone,
    now: datetime,
) -> Climb | None:
    """What must be said of a running clock at `now`; None when nothing is due. `zone` is where quiet hours are read.

    Of several rungs reached the latest speaks for all; a warning is not said any more once the breach was. Of a miss
    that was waived nothing more is said.
    """
    if reading.waived_at is not None:
        return None
    reached = [
        (rung.at_breach, at, number)
        for number, rung, at in _unsaid(reading, ladder, place)
        if at <= now == rung.said_from(now, zone)
    ]
    if reached:
        return _said_of(reached, ladder, place, now=now)
    if acknowledged or place.repeating is None:
        return None
    due = _repeat_due(reading, ladder, place, snoozed_until=snoozed_until)
    rung, number = ladder.rungs[place.repeating], place.repeats_done + 1
    if due is None or not due <= now == rung.said_from(now, zone):
        return None
    tell = _told_by_repeat(reading, ladder, place.repeating, number)
    return Climb(
        rung=rung,
        number=place.repeating,
        repeat=number,
        reached_at=due,
        said_at=now,
        tell=tell,
        round=place.round,
    )


def next_look(
    reading: Reading,
    ladder: Ladder,
    place: LadderPlace,
    *,
    acknowledged: bool,
    snoozed_until: datetime | None,
    zone: Zone,
    now: datetime,
) -> datetime | None:
    """When a running clock must be looked at next: for its breach, or what is to be said of it.

    In the past where something is overdue and no quiet hours hold it back; None where the miss was waived.
    """
    if reading.waived_at is not None:
        return None
    looks = [_said_at(rung, at, zone, now=now) for _, rung, at in _unsaid(reading, ladder, place)]
    if not acknowledged and place.repeating is not None:
        due = _repeat_due(reading, ladder, place, snoozed_until=snoozed_until)
        looks += [] if due is None else [_said_at(ladder.rungs[place.repeating], due, zone, now=now)]
    breach = None if reading.breached else breach_instant(reading)
    looks += [] if breach is None else [breach]
    return min(looks, default=None)


def rung_instant(reading: Reading, rung: Rung) -> datetime | None:
    """When a rung is reached if nothing changes: a warning before the breach, the others with it or after it.

    A breach that a change made is announced after its grace, and the warnings that it skipped are not said before it.
    """
    breach = breach_instant(reading)
    match rung.phase:
        case RungPhase.BEFORE:
            return breach if reading.breached_on_change else _warning_instant(reading, rung)
        case RungPhase.AT:
            return breach
        case RungPhase.AFTER:
            after = None if breach is None else _after_breach(reading, rung)
            return None if after is None or breach is None else max(after, breach)
        case _:
            assert_never(rung.phase)


def breach_instant(reading: Reading) -> datetime | None:
    """When the breach is announced, past or to come; None while no due time is known."""
    if reading.breached_at is not None:
        grace = GRACE_AFTER_CHANGE if reading.breached_on_change else JUST_AFTER
        return reading.breached_at + grace
    return None if reading.grace_until is None else reading.grace_until + JUST_AFTER


def _warning_instant(reading: Reading, rung: Rung) -> datetime | None:
    """At its share, or that long before due; never before the clock last began to run."""
    if rung.offset is None:
        return share_instant(reading, rung.percent or 0)
    began, due, left = reading.running_since, reading.due_at, -rung.offset
    if began is None or due is None:
        return None
    if rung.wall:
        return max(due - left, began)
    calendar = reading.target.calendar
    return began if calendar.elapsed(began, due) <= left else calendar.subtract(due, left)


def _after_breach(reading: Reading, rung: Rung) -> datetime | None:
    """At its share, or that long after the breach; open time does not count while the clock rests."""
    if rung.offset is None:
        return share_instant(reading, rung.percent or 0)
    breach, began = reading.breached_at or reading.grace_until, reading.running_since
    if breach is None or began is None:
        return None
    if rung.wall:
        return breach + rung.offset
    calendar = reading.target.calendar
    counted = due_after(calendar, breach, rung.offset)
    if counted is None:
        return None
    if reading.elapsed < reading.target.duration:  # not breached yet, or by an earlier target that was shorter
        return counted
    left = reading.target.duration + rung.offset - reading.elapsed_before_run
    return counted if left <= timedelta(0) else max(counted, due_after(calendar, began, left) or counted)


def _place_after(place: LadderPlace, fact: RungReached | Corrected, at: datetime, ladder: Ladder) -> LadderPlace:
    match fact:
        case Corrected(breached_after=breach):
            return place if breach is not None and breach <= at else _unbreached(place, ladder)
        case RungReached(rung=number, repeat=repeat):
            if not 0 <= number < len(ladder.rungs):
                return place
            if repeat:
                again = number == place.repeating
                return replace(place, repeats_done=max(place.repeats_done, repeat)) if again else place
            return _reached(place, number, ladder)
        case _:
            assert_never(fact)


def _reached_by(at: datetime, reading: Reading, ladder: Ladder) -> frozenset[int]:
    instants = ((number, rung_instant(reading, rung)) for number, rung in enumerate(ladder.rungs))
    return frozenset(number for number, reached_at in instants if reached_at is not None and reached_at <= at)


def _reached(place: LadderPlace, number: int, ladder: Ladder) -> LadderPlace:
    """The place with one rung more; its repeats take over, but not from a rung beyond it that quiet hours let pass."""
    place = replace(place, said=place.said | {number})
    rung, before = ladder.rungs[number], place.repeating
    if rung.repeat is None or (before is not None and ladder.rungs[before].phase > rung.phase):
        return place
    return replace(place, repeating=number, repeats_done=0)


def _unbreached(place: LadderPlace, ladder: Ladder) -> LadderPlace:
    """The place without the rungs that were said because of a breach which was none."""
    warned = frozenset(number for number in place.said if not ladder.rungs[number].at_breach)
    if warned == place.said:
        return place
    still = place.repeating if place.repeating in warned else None
    repeats = place.repeats_done if still is not None else 0
    return replace(place, said=warned, repeating=still, repeats_done=repeats, round=place.round + 1)


def _spoken_for(ladder: Ladder, said: frozenset[int]) -> set[int]:
    """Shares below one that was said: older histories name only the highest of those that were reached."""
    highest = max((ladder.rungs[number].percent or 0 for number in said), default=0)
    return {n for n, rung in enumerate(ladder.rungs) if rung.quiet is None and 0 < (rung.percent or 0) < highest}


def _unsaid(reading: Reading, ladder: Ladder, place: LadderPlace) -> Iterator[tuple[int, Rung, datetime]]:
    """The rungs that are still to be said, each with when it is reached; warnings only before the breach was said."""
    breach_said = any(ladder.rungs[number].at_breach for number in place.said)
    for number, rung in enumerate(ladder.rungs):
        at = rung_instant(reading, rung)
        if at is not None and number not in place.said and (rung.at_breach or not breach_said):
            yield number, rung, at


def _said_of(reached: list[tuple[bool, datetime, int]], ladder: Ladder, place: LadderPlace, *, now: datetime) -> Climb:
    """The latest of the rungs reached; those of the same instant have their people told too."""
    *folded, (at_breach, at, number) = sorted(reached)
    together = [n for breaking, when, n in reached if (breaking, when) == (at_breach, at)]
    return Climb(
        rung=ladder.rungs[number],
        number=number,
        reached_at=at,
        said_at=now,
        tell=tuple(dict.fromkeys(who for n in together for who in ladder.rungs[n].tell)),
        folded=tuple((n, when) for _, when, n in folded),
        round=place.round,
    )


def _said_at(rung: Rung, at: datetime, zone: Zone, *, now: datetime) -> datetime:
    return at if rung.quiet is None else rung.said_from(max(at, now), zone)


def _repeat_due(
    reading: Reading, ladder: Ladder, place: LadderPlace, *, snoozed_until: datetime | None
) -> datetime | None:
    repeat = None if place.repeating is None else ladder.rungs[place.repeating].repeat
    if repeat is None or place.last_nudged_at is None:
        return None
    wait = repeat.wait(place.repeats_done + 1)
    said = place.last_nudged_at
    due = said + wait if repeat.wall else due_after(reading.target.calendar, said, wait)
    return due if due is None or snoozed_until is None else max(due, snoozed_until)


def _told_by_repeat(reading: Reading, ladder: Ladder, number: int, repeat: int) -> tuple[Recipient, ...]:
    """The rung's people, and those of as many rungs above it as the repeat goes up."""
    rung = ladder.rungs[number]
    up = 0 if rung.repeat is None else rung.repeat.rungs_up(repeat)
    order = sorted(range(len(ladder.rungs)), key=lambda n: _height(reading, ladder.rungs[n], n))
    higher = order[order.index(number) + 1 :][:up]
    return tuple(dict.fromkeys(who for n in (number, *higher) for who in ladder.rungs[n].tell))


def _height(reading: Reading, rung: Rung, number: int) -> tuple[bool, datetime, int]:
    """How far up a rung lies: by the instant at which this clock reaches it."""
    return rung.at_breach, rung_instant(reading, rung) or reading.started_at, number
