"""One decision about several clocks: which heads the message, which is named beside it, and when to look next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.ladders import Ladder, Repeat, Rung
from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.domain.escalation.rung_instants import JUST_AFTER
from sla_engine.domain.incidents.events import Acknowledged
from sla_engine.domain.upkeep.duties import Duty
from tests.unit.sla_engine.domain.escalation.situations import (
    BREACH,
    KEY,
    VENDOR,
    A,
    D,
    M,
    cause_of,
    climbing,
    entries_after,
    looked,
    nudge,
    pausing,
    situation,
)
from tests.unit.sla_engine.domain.histories import (
    ALWAYS,
    PLAN,
    RESOLUTION,
    RESPONSE,
    at,
    hours,
    minutes,
    promising,
    target,
)

# ------------------------------------------------------------------ the headline of several clocks

BEYOND = Rung(percent=150, tell=(M,), repeat=Repeat(every=minutes(30)))


def two_clocks(*rungs: Rung, plan: timedelta) -> Agreement:
    """A first response within the hour and a plan, round the clock, under one ladder."""
    targets = (target(RESPONSE, hours(1), calendar=ALWAYS), target(PLAN, plan, calendar=ALWAYS))
    return replace(promising(*targets), ladders={"default": Ladder(rungs)})


def test_a_new_miss_heads_the_message_in_which_another_clock_s_miss_is_repeated() -> None:
    start = situation(agreement=two_clocks(BREACH, BEYOND, plan=minutes(120)))
    decision = looked(start, "mon 10:01", "mon 10:31", "mon 11:01")
    assert {(r.metric, s.repeat) for r, s in nudge(decision).steps} == {(RESPONSE, 1), (PLAN, 0)}
    reading = nudge(decision).reading
    assert reading is not None
    assert (cause_of(decision), reading.metric, nudge(decision).percent) == (NudgeCause.BREACH, PLAN, 100)
    assert [(also.metric_label, also.breached) for also in nudge(decision).also] == [("First reply", True)]
    assert nudge(decision).repeat == 0


def test_of_two_new_misses_the_one_that_is_further_heads_the_message() -> None:
    decision = looked(situation(agreement=two_clocks(BREACH, BEYOND, plan=minutes(120))), "mon 11:01")
    assert (cause_of(decision), nudge(decision).percent) == (NudgeCause.BREACH, 150)


def test_a_repeated_miss_heads_the_message_before_another_clock_s_warning() -> None:
    warning = Rung(percent=75, tell=(D,))
    decision = looked(situation(agreement=two_clocks(warning, BREACH, plan=minutes(120))), "mon 10:01", "mon 10:31")
    assert {(r.metric, s.repeat) for r, s in nudge(decision).steps} == {(RESPONSE, 1), (PLAN, 0)}
    assert (cause_of(decision), nudge(decision).repeat) == (NudgeCause.REPEAT, 1)


def test_a_repeat_alone_is_headed_as_one() -> None:
    decision = looked(situation(agreement=climbing(BREACH)), "mon 10:01", "mon 10:31")
    assert (cause_of(decision), nudge(decision).repeat) == (NudgeCause.REPEAT, 1)


def test_a_message_says_when_to_look_next() -> None:
    start = situation(agreement=two_clocks(BREACH, BEYOND, plan=minutes(120)))
    timers = looked(start, "mon 10:01").timers
    assert timers[Duty.CLOCK, f"{KEY}:{RESPONSE}"] == at("mon 10:30")
    assert timers[Duty.CLOCK, f"{KEY}:{PLAN}"] == at("mon 11:00") + JUST_AFTER
    assert timers[Duty.CLOCK, f"{KEY}:{RESOLUTION}"] is None  # nothing promised


def test_a_word_to_the_owner_alone_does_not_put_off_what_the_channel_hears_again() -> None:
    owner = Rung(percent=75, tell=(A,))
    decision = looked(situation(agreement=two_clocks(owner, BREACH, plan=minutes(100))), "mon 10:01", "mon 10:16")
    assert decision.nudged == ((PLAN, 0),)
    assert decision.timers[Duty.CLOCK, f"{KEY}:{RESPONSE}"] == at("mon 10:31")


def test_a_miss_that_somebody_has_is_named_beside_another_clock_s_new_one() -> None:
    has_it = ("mon 10:02", Acknowledged())
    decision = looked(situation(has_it, agreement=two_clocks(BREACH, plan=minutes(120))), "mon 10:01", "mon 11:01")
    assert {(r.metric, s.repeat) for r, s in nudge(decision).steps} == {(PLAN, 0)}
    assert [(also.metric_label, also.breached) for also in nudge(decision).also] == [("First reply", True)]


def test_a_missed_clock_that_rests_is_neither_repeated_nor_looked_at() -> None:
    agreement = two_clocks(BREACH, plan=minutes(30))
    start = looked(situation(agreement=agreement), "mon 09:31").armed
    paused = start.after(entries_after(start, pausing("mon 09:40", VENDOR)))
    decision = looked(paused, "mon 10:01", "mon 10:02")
    assert (decision.nudge, decision.timers[Duty.CLOCK, f"{KEY}:{PLAN}"]) == (None, None)
