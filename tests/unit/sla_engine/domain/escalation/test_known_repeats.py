"""Repeats that say nothing new, played at once, leave what deciding about each of them leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.ladders import Ladder, Repeat, Rung
from sla_engine.domain.clocks.reading import current
from sla_engine.domain.escalation.decide import decide
from sla_engine.domain.escalation.decision import Decision
from sla_engine.domain.escalation.forecast import MOST_INSTANTS, forecast
from sla_engine.domain.escalation.known_repeats import after_known_repeats
from sla_engine.domain.escalation.situation import Situation
from sla_engine.domain.incidents.events import RungReached
from tests.unit.sla_engine.domain.escalation.situations import (
    BREACH,
    HALF,
    A,
    D,
    acknowledged,
    climbing,
    looked,
    situation,
)
from tests.unit.sla_engine.domain.histories import ALWAYS, RESOLUTION, RESPONSE, at, hours, minutes, promising, target

SLOW = Rung(percent=50, tell=(A,), repeat=Repeat(every=minutes(40), backoff=1.5))
TWO_CLOCKS = replace(
    promising(target(RESPONSE, hours(1), calendar=ALWAYS), target(RESOLUTION, hours(2), calendar=ALWAYS)),
    ladders={
        RESPONSE: Ladder((HALF, BREACH)),
        "default": Ladder((SLOW, Rung(percent=100, tell=(D,), repeat=Repeat(every=minutes(25), up_after=3)))),
    },
)
UNTIL = at("tue 09:00")


def walked(start: Decision, *, until: datetime) -> tuple[Situation, datetime]:
    """The situation after each instant at which something is due before `until`, decided one after another."""
    decision = start
    while True:
        due = [when for when in decision.timers.values() if when is not None and when > decision.now]
        if min(due) >= until:
            return decision.situation, decision.now
        decision = decide(decision.armed, now=min(due))


def on_ladders(situation: Situation, decision: Decision) -> list[object]:
    """The places of the clocks that are not over on their ladders."""
    return [situation.place(reading) for reading in current(decision.readings) if not reading.is_over]


@pytest.mark.parametrize(
    "agreement", [climbing(HALF, BREACH), climbing(SLOW, BREACH), TWO_CLOCKS], ids=["one", "backing off", "two clocks"]
)
def test_repeats_played_at_once_leave_what_deciding_about_each_leaves(agreement: Agreement) -> None:
    start = looked(situation(agreement=agreement), "mon 09:30", "mon 10:00", "mon 11:00", "mon 11:30")
    exact, last = walked(start, until=UNTIL)
    played, last_played = after_known_repeats(
        start.armed, start.readings, after=start.now, until=UNTIL, is_news=lambda _, step: not step.repeat
    )
    assert last_played == last > start.now
    assert on_ladders(played, start) == on_ladders(exact, start)
    assert (played.in_channel, played.to_owner) == (exact.in_channel, exact.to_owner)
    assert played.incident == exact.incident
    repeats = [entry.event for entry in exact.history if isinstance(entry.event, RungReached) and entry.event.repeat]
    assert len(repeats) > 20
    assert len(played.history) <= len(start.situation.history) + 2, "the history does not grow with the repeats"


def test_it_stops_before_a_repeat_that_is_news() -> None:
    start = looked(situation(agreement=climbing(HALF, BREACH)), "mon 09:30", "mon 10:01")
    _, last = after_known_repeats(
        start.armed, start.readings, after=start.now, until=UNTIL, is_news=lambda _, step: step.repeat == 4
    )
    assert last == at("mon 11:31")


def test_nothing_is_repeated_once_somebody_is_on_it() -> None:
    facts = acknowledged("mon 10:05", "mon 12:00")
    start = looked(situation(facts, agreement=climbing(HALF, BREACH)), "mon 10:10")
    played = after_known_repeats(start.armed, start.readings, after=start.now, until=UNTIL, is_news=lambda *_: False)
    assert played == (start.armed, start.now)


def test_a_forecast_sees_what_comes_after_more_repeats_than_it_decides_about() -> None:
    often = replace(HALF, repeat=Repeat(every=minutes(5)))
    resolution_half_used = at("mon 09:00") + hours(200)
    assert (resolution_half_used - at("mon 09:30")) / minutes(5) > MOST_INSTANTS
    start = situation(agreement=climbing(often))
    foreseen = forecast(start, (), start=at("mon 09:01"))
    assert resolution_half_used in [nudge.at for nudge in foreseen]
