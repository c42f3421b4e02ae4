"""Writes a simulation in words, for the terminal and for Slack; both pass in how they write instants and durations."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import assert_never

from sla_engine.domain.agreements.ladders import AT_BREACH_PERCENT, Repeat, RungPhase
from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.clocks.reading import ClockState, Reading
from sla_engine.domain.escalation.forecast import ForeseenNudge, ForeseenStep
from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.domain.escalation.what_if import ClockChange, Effect
from sla_engine.domain.incidents.reasons import PAUSE_REASONS
from sla_engine.domain.incidents.suppositions import (
    IfHoliday,
    IfOpened,
    IfPaused,
    IfPriority,
    IfResolved,
    IfResumed,
    Supposition,
)
from sla_engine.domain.text.plain_text import one_line
from sla_engine.domain.time.durations import in_business_days
from sla_engine.services.simulation.outlook import Simulation

When = Callable[[datetime], str]
Length = Callable[[timedelta], str]

NOTHING = "–"

EFFECTS: Mapping[Effect, str] = {
    Effect.NONE: "",
    Effect.MAKES_BREACH: "breached by this",
    Effect.REMOVES_BREACH: "breach averted",
    Effect.ENDS_CLOCK: "no longer promised",
}
"""The words for what a change does to the outcome of a clock."""

_OTHER_CAUSES: Mapping[NudgeCause, str] = {
    NudgeCause.UNASSIGNED: "Needs somebody to take it",
    NudgeCause.PAUSE_OUTLIVED: "Still paused, longer than expected",
    NudgeCause.PROMISE_QUESTIONED: "The promised update did not come",
    NudgeCause.PROMISE_LAPSED: "The promise lapsed",
    NudgeCause.CUSTOMER_ANSWERED: "The customer answered in the pause",
}


def supposition_words(simulation: Simulation, *, when: When) -> str:
    """The supposition as it was understood: `INC-1042 is paused now until Tue 09:00: waiting for a vendor`."""
    return one_line(
        _supposition_words(simulation.supposed, simulation, lambda at: "now" if at == simulation.now else when(at))
    )


def _supposition_words(supposed: Supposition, simulation: Simulation, when: When) -> str:
    key = simulation.incidents[0].key if simulation.incidents else ""
    match supposed:
        case IfOpened():
            return f"{supposed.priority.value} for {supposed.customer} opened {_place(supposed)}{when(supposed.at)}"
        case IfPaused():
            until = f" until {when(supposed.until)}" if supposed.until else ""
            return f"{key} is paused {when(supposed.at)}{until}: {PAUSE_REASONS[supposed.reason].label}"
        case IfResumed():
            return f"{key} runs again {when(supposed.at)}"
        case IfPriority():
            return f"{key} gets {supposed.priority.value} {when(supposed.at)}"
        case IfResolved():
            return f"{key} is resolved {when(supposed.at)}"
        case IfHoliday():
            whose = supposed.customer or "everybody"
            year = "" if supposed.day.year == simulation.now.year else f" {supposed.day.year}"
            return f"{supposed.day:%a %-d %b}{year} becomes a holiday for {whose}"
        case _:
            assert_never(supposed)


def _place(supposed: IfOpened) -> str:
    site = f"at site {supposed.site} " if supposed.site else ""
    return site + (f"for service {supposed.service} " if supposed.service else "")


def clock_name(change: ClockChange) -> str:
    """The clock's metric, with the number of its period where that is not the first: `Customer update 2`."""
    metric = METRICS[change.metric]
    return f"{metric.label} {change.after.cycle + 1}" if metric.periodic and change.after.cycle else metric.label


def due_words(reading: Reading | None, *, when: When, length: Length) -> str:
    """The due time of a clock, or its state where it has none."""
    if reading is None:
        return NOTHING
    if reading.state is ClockState.PAUSED:
        left = in_business_days(abs(reading.remaining), reading.target.business_day, write=length)
        return f"rests, {left} {'left' if reading.remaining >= timedelta(0) else 'over'}"
    if reading.state is ClockState.STOPPED:
        return "missed" if reading.breached else "met"
    if not reading.promised:
        return "nothing promised"
    return NOTHING if reading.due_at is None else when(reading.due_at)


def effect_words(change: ClockChange, *, length: Length) -> str:
    """The effect of a change on the outcome, and the time left while the clock is paused."""
    meanwhile = "" if change.left_at_rest is None else _meanwhile(change, change.left_at_rest, length)
    return ", ".join(words for words in (EFFECTS[change.effect], meanwhile) if words)


def _meanwhile(change: ClockChange, left: timedelta, length: Length) -> str:
    words = in_business_days(abs(left), change.after.target.business_day, write=length)
    return f"rests with {words} left" if left >= timedelta(0) else f"rests {words} over"


def nudge_words(nudge: ForeseenNudge, *, length: Length) -> str:
    """The clocks and rungs of a nudge, such as `First reply 75 %`, and how it repeats."""
    if nudge.cause in _OTHER_CAUSES and not nudge.steps:
        return _OTHER_CAUSES[nudge.cause]
    head = f"{_OTHER_CAUSES[nudge.cause]}; " if nudge.cause in _OTHER_CAUSES else ""
    first = [f"{METRICS[step.metric].label} {_rung(step)}" for step in nudge.news if not step.repeat]
    again = [step for step in nudge.news if step.repeat]
    words = ", ".join(first)
    if again:
        words += f"{', and ' if words else ''}again {', '.join(METRICS[step.metric].label for step in again)}"
        words += "".join(dict.fromkeys(_goes_on(step.rung.repeat, length) for step in again if step.rung.repeat))
    return head + words


def place_words(nudge: ForeseenNudge, names: Mapping[str, str]) -> tuple[str, str]:
    """The names of the people whom a nudge mentions, and the place where it is posted."""
    people = ", ".join(one_line(names.get(person, person)) for person in nudge.to) or "nobody"
    return people, "direct message" if nudge.channel is None else "dispatcher channel"


def _rung(step: ForeseenStep) -> str:
    if step.rung.phase is RungPhase.AT or (step.rung.percent == AT_BREACH_PERCENT and step.breached):
        return "breached"
    return step.rung.label


def _goes_on(repeat: Repeat | None, length: Length) -> str:
    if repeat is None:
        return ""
    slower = ", later each time" if repeat.backoff > 1 else ""
    wall = "" if repeat.wall else " of open time"
    higher = f", from the {repeat.up_after + 1}. on a rung higher" if repeat.up_after else ""
    return f" (then every {length(repeat.every)}{wall}{slower}{higher} until acknowledged)"


def rest_words(simulation: Simulation) -> str:
    """The numbers of incidents that would change but are not listed, and of those that would not change."""
    parts = []
    if simulation.more:
        parts.append(
            f"{simulation.more} more incident{'s' if simulation.more > 1 else ''} would change and "
            f"{'are' if simulation.more > 1 else 'is'} not listed."
        )
    if simulation.unchanged:
        parts.append(f"{simulation.unchanged} open incident{'s' if simulation.unchanged > 1 else ''} would not change.")
    return " ".join(parts)
