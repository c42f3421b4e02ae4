"""Repeats that say nothing new, played one after another in a forecast without measuring every clock each time.

A clock that nobody stops repeats for days what was said before, and only what comes after those days is asked for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sla_engine.domain.agreements.ladders import Ladder
from sla_engine.domain.clocks.outcomes import Readings
from sla_engine.domain.clocks.reading import ClockState, Reading, current
from sla_engine.domain.escalation.escalation_step import EscalationStep
from sla_engine.domain.escalation.ladder_position import LadderPlace, next_check, step_due
from sla_engine.domain.escalation.ladder_steps import recipients_of, rung_facts
from sla_engine.domain.escalation.nudges import ClockStep, NudgeCause, Occasion, called
from sla_engine.domain.escalation.situation import Situation
from sla_engine.domain.incidents.new_fact import NewFact

IsNews = Callable[[Reading, EscalationStep], bool]
"""Whether a step of a clock says anything that was not said before."""


@dataclass(slots=True)
class _Clock:
    """A clock that is not over, with its place on its ladder as repeats are played."""

    reading: Reading
    ladder: Ladder
    place: LadderPlace
    last_step: EscalationStep | None = None


def after_known_repeats(
    situation: Situation, readings: Readings, *, after: datetime, until: datetime, is_news: IsNews
) -> tuple[Situation, datetime]:
    """The situation once the repeats after one instant and before another were posted, and when the last one was.

    It stops at the first instant at which anything else is due: a rung, a miss, or a repeat that `is_news`. Of the
    repeats of a rung, the last one alone is in the history, since the place on a ladder follows from it.
    """
    if situation.incident.acknowledged_by is not None:
        return situation, after
    clocks = [
        _Clock(reading, situation.terms.ladder(reading.metric), situation.place(reading))
        for reading in current(readings)
        if not reading.is_over
    ]
    posted = situation
    while True:
        at, due = _next_due(posted, clocks, now=after)
        if at is None or not after < at < until:
            break
        steps = [(clock, _step(posted, clock, now=at)) for clock in due]
        if any(step is None or not step.repeat or is_news(clock.reading, step) for clock, step in steps):
            break
        known = [(clock, step) for clock, step in steps if step is not None]
        posted, after = _posted(posted, clocks, known, now=at), at
    return _recorded(situation, posted, clocks, now=after), after


def _next_due(situation: Situation, clocks: Sequence[_Clock], *, now: datetime) -> tuple[datetime | None, list[_Clock]]:
    """The next instant at which clocks have anything due, and those clocks."""
    checks = [(clock, _check(situation, clock, now=now)) for clock in clocks if _runs(clock)]
    at = min((check for _, check in checks if check is not None), default=None)
    return at, [clock for clock, check in checks if check is not None and check == at]


def _runs(clock: _Clock) -> bool:
    return clock.reading.state is ClockState.RUNNING


def _check(situation: Situation, clock: _Clock, *, now: datetime) -> datetime | None:
    zone, quiet_until = situation.msp.calendar.tz, situation.repeats_from
    return next_check(
        clock.reading, clock.ladder, clock.place, acknowledged=False, repeats_from=quiet_until, zone=zone, now=now
    )


def _step(situation: Situation, clock: _Clock, *, now: datetime) -> EscalationStep | None:
    zone, quiet_until = situation.msp.calendar.tz, situation.repeats_from
    return step_due(
        clock.reading, clock.ladder, clock.place, acknowledged=False, repeats_from=quiet_until, zone=zone, now=now
    )


def _posted(
    situation: Situation, clocks: Sequence[_Clock], steps: Sequence[tuple[_Clock, EscalationStep]], *, now: datetime
) -> Situation:
    """The situation once these repeats are posted in one message; the wait of what was announced begins anew."""
    announced: list[ClockStep] = [(clock.reading, step) for clock, step in steps]
    nudge = Occasion(cause=NudgeCause.REPEAT, tell=recipients_of(announced), key="")
    addressees = called(nudge, situation.incident, situation.history, msp=situation.msp, now=now)
    posted = situation.posted(nudge, addressees, now=now)
    for clock, step in steps:
        clock.place, clock.last_step = clock.place.after(step, clock.ladder), step
    if posted.in_channel is not situation.in_channel:
        for clock in clocks:
            if clock.place.announced:
                clock.place = replace(clock.place, last_nudged_at=now)
    return posted


def _recorded(before: Situation, posted: Situation, clocks: Sequence[_Clock], *, now: datetime) -> Situation:
    """The situation with the last repeat of each clock in its history, and when each was announced last."""
    steps = [(clock.reading, clock.last_step) for clock in clocks if clock.last_step is not None]
    if not steps:
        return before
    facts: list[NewFact] = rung_facts(before, steps, now=now)
    recorded = posted.recording(facts, now=now)
    on_record = {(clock.reading.metric, clock.reading.cycle): clock.place.last_nudged_at for clock in clocks}
    stored = {
        key: replace(clock, nudged_at=on_record[key]) if key in on_record else clock
        for key, clock in recorded.clocks.items()
    }
    return replace(recorded, clocks=stored)
