"""One decision about a promise or a pause: what is recorded and said as its time comes, and the next look."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sla_engine.domain.escalation.decide import decide
from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.domain.escalation.rung_instants import JUST_AFTER
from sla_engine.domain.escalation.situation import Situation
from sla_engine.domain.incidents.events import (
    Breached,
    CustomerReplied,
    Event,
    PromiseLapsed,
    PromiseQuestioned,
    Resolved,
    Resumed,
    RungReached,
)
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.upkeep.duties import Duty
from tests.unit.sla_engine.domain.escalation.situations import (
    BREACH,
    DEV,
    GONE,
    HALF,
    KEY,
    LONG,
    VENDOR,
    D,
    M,
    acknowledged,
    cause_of,
    climbing,
    entries_after,
    looked,
    next_due,
    nudge,
    pausing,
    recorded,
    situation,
)
from tests.unit.sla_engine.domain.escalation.test_recipients import DANA, TOM
from tests.unit.sla_engine.domain.histories import (
    RESPONSE,
    at,
)

# ------------------------------------------------------------------ a promise that passed


def test_a_promise_is_asked_about_at_its_instant_and_lapses_a_grace_later() -> None:
    promised = situation(acknowledged("mon 09:05", "mon 10:00"))
    assert decide(promised, now=at("mon 10:00") - JUST_AFTER).facts == ()
    asked = looked(promised, "mon 10:00")
    assert recorded(asked) == [PromiseQuestioned(promised=at("mon 10:00"))]
    assert (cause_of(asked), next_due(asked, Duty.PROMISE)) == (NudgeCause.PROMISE_QUESTIONED, at("mon 10:10"))
    assert looked(promised, "mon 10:00", "mon 10:09").nudge is None
    lapsed = looked(promised, "mon 10:00", "mon 10:10")
    assert recorded(lapsed) == [PromiseLapsed(promised=at("mon 10:00"))]
    assert (cause_of(lapsed), next_due(lapsed, Duty.PROMISE)) == (NudgeCause.PROMISE_LAPSED, None)


def test_a_promise_is_left_alone_by_a_look_at_the_clocks() -> None:
    promised = situation(acknowledged("mon 09:05", "mon 10:00"))
    assert decide(promised, now=at("mon 10:00"), duties={Duty.CLOCK}).facts == ()


def test_each_promise_is_asked_about_under_a_name_of_its_own() -> None:
    first = situation(acknowledged("mon 09:05", "mon 10:00"))
    again = situation(acknowledged("mon 09:05", "mon 09:30"), acknowledged("mon 09:10", "mon 10:00"))
    assert nudge(looked(first, "mon 10:00")).key != nudge(looked(again, "mon 10:00")).key


@pytest.mark.parametrize(
    ("holder", "asked"),
    [(TOM, (TOM,)), (DANA, ()), (DEV, ()), (GONE, ())],
    ids=["a technician", "the dispatcher", "another dispatcher", "somebody who is gone"],
)
def test_who_does_not_dispatch_is_asked_by_a_message_of_their_own(holder: str, asked: tuple[str, ...]) -> None:
    start = situation(acknowledged("mon 09:05", "mon 10:00"))
    entries = tuple(replace(entry, by=holder) for entry in start.history)
    promised = replace(start, history=entries)
    assert looked(promised, "mon 10:00").asked == asked
    assert looked(promised, "mon 10:00", "mon 10:10").asked == ()


def test_who_let_a_promise_lapse_is_mentioned_then_and_not_with_the_question() -> None:
    promised = situation(acknowledged("mon 09:05", "mon 10:00"))
    assert nudge(looked(promised, "mon 10:00")).mention_too == ()  # whoever is being asked is called anyway
    assert nudge(looked(promised, "mon 10:00", "mon 10:10")).mention_too == (TOM,)


def test_nobody_is_asked_about_a_promise_once_the_incident_is_resolved_by_a_fact_told_late() -> None:
    resolved = situation(acknowledged("mon 09:30", "mon 10:00"), ("mon 09:20", Resolved()))
    assert resolved.incident.promise == at("mon 10:00")
    decision = looked(resolved, "mon 10:00")
    assert (decision.facts, decision.nudge, next_due(decision, Duty.PROMISE)) == ((), None, None)


# ------------------------------------------------------------------ clocks beside a promise


def test_a_rung_that_a_promise_meets_is_said_in_its_message_and_tells_its_people() -> None:
    promised = situation(acknowledged("mon 09:05", "mon 09:30"), agreement=climbing(HALF, BREACH))
    decision = looked(promised, "mon 09:30")
    assert (cause_of(decision), nudge(decision).tell) == (NudgeCause.PROMISE_QUESTIONED, (D, M))
    assert [step.number for _, step in nudge(decision).steps] == [0]
    assert [type(event) for event in recorded(decision)] == [PromiseQuestioned, RungReached]


def test_a_repeat_that_falls_due_with_a_lapse_is_not_said_beside_it_and_counts_from_it() -> None:
    promised = situation(acknowledged("mon 09:31", "mon 09:45"), agreement=climbing(HALF, BREACH))
    decision = looked(promised, "mon 09:30", "mon 09:45", "mon 09:55")
    assert (cause_of(decision), nudge(decision).steps, nudge(decision).tell) == (NudgeCause.PROMISE_LAPSED, (), (D,))
    assert decision.nudged == ((RESPONSE, 0),)


@pytest.mark.parametrize(
    ("promise", "looks", "fact"),
    [("mon 09:50", ["mon 10:01"], PromiseQuestioned), ("mon 09:50", ["mon 09:50", "mon 10:01"], PromiseLapsed)],
    ids=["a question", "a lapse"],
)
def test_a_target_missed_as_a_promise_passes_is_announced_as_a_miss(
    promise: str, looks: list[str], fact: type[Event]
) -> None:
    promised = situation(acknowledged("mon 09:05", promise), agreement=climbing(BREACH))
    decision = looked(promised, *looks)
    assert (cause_of(decision), nudge(decision).percent) == (NudgeCause.BREACH, 100)
    assert [type(event) for event in recorded(decision)] == [Breached, fact, RungReached]


# ------------------------------------------------------------------ pauses


def test_a_pause_that_outlived_its_end_is_spoken_of_at_the_end_and_a_day_later() -> None:
    paused = situation(pausing("mon 09:05", VENDOR, "mon 10:00"))
    assert (looked(paused, "mon 09:59").nudge, next_due(looked(paused, "mon 09:59"), Duty.PAUSE)) == (
        None,
        at("mon 10:00"),
    )
    decision = looked(paused, "mon 10:00")
    assert (cause_of(decision), nudge(decision).text) == (NudgeCause.PAUSE_OUTLIVED, VENDOR)
    assert (nudge(decision).tell, nudge(decision).mention_too) == ((D,), (TOM,))
    assert next_due(decision, Duty.PAUSE) == at("tue 10:00")
    assert nudge(looked(paused, "mon 10:00", "tue 10:00")).key != nudge(decision).key


def test_a_pause_without_an_end_or_ended_by_then_is_not_spoken_of() -> None:
    endless = situation(pausing("mon 09:05", VENDOR))
    ended = situation(pausing("mon 09:05", VENDOR, "mon 10:00"), ("mon 09:30", Resumed()))
    for paused in (endless, ended):
        decision = looked(paused, "tue 10:00")
        assert (decision.nudge, next_due(decision, Duty.PAUSE)) == (None, None)


def test_of_two_pauses_the_one_whose_end_came_is_named() -> None:
    paused = situation(pausing("mon 09:05", PauseReason.PARTS, "tue 12:00"), pausing("mon 09:06", VENDOR, "mon 10:00"))
    assert nudge(looked(paused, "mon 10:00")).text == VENDOR


def test_a_word_about_a_pause_does_not_put_off_the_repeats_of_a_miss() -> None:
    start = looked(situation(agreement=climbing(BREACH)), "mon 10:01").armed
    paused = start.after(entries_after(start, pausing("mon 10:05", VENDOR, "mon 10:15")))
    decision = looked(paused, "mon 10:15")
    assert (cause_of(decision), decision.nudged) == (NudgeCause.PAUSE_OUTLIVED, ())
    assert decision.timers[Duty.CLOCK, f"{KEY}:{RESPONSE}"] == at("mon 10:31")


REPLY = "mon 09:30", CustomerReplied(text="any news?")


def replied(*facts: tuple[str, Event]) -> Situation:
    """A pause for a customer whose agreement does not end it with their reply."""
    return situation(*facts, agreement=replace(LONG, reply_ends_pause=False))


def test_a_reply_in_a_pause_is_told_once() -> None:
    paused = replied(pausing("mon 09:05", PauseReason.CUSTOMER), REPLY)
    decision = looked(paused, "mon 09:30")
    assert (cause_of(decision), nudge(decision).text) == (NudgeCause.CUSTOMER_ANSWERED, "any news?")
    assert next_due(decision, Duty.PAUSE) is None
    assert looked(paused, "mon 09:30", "mon 09:31").nudge is None


def test_a_reply_is_looked_at_as_soon_as_anything_is() -> None:
    paused = replied(pausing("mon 09:05", PauseReason.CUSTOMER), REPLY)
    assert decide(paused, now=at("mon 09:30"), duties={Duty.CLOCK}).due == {Duty.PAUSE}


def test_a_reply_is_told_before_the_pause_that_it_outlived_and_that_a_day_later() -> None:
    paused = replied(pausing("mon 09:05", PauseReason.CUSTOMER, "mon 09:20"), REPLY)
    decision = looked(paused, "mon 09:30")
    assert (cause_of(decision), next_due(decision, Duty.PAUSE)) == (NudgeCause.CUSTOMER_ANSWERED, at("tue 09:30"))
    assert cause_of(looked(paused, "mon 09:30", "tue 09:30")) is NudgeCause.PAUSE_OUTLIVED


def test_a_pause_that_ends_as_a_promise_passes_is_spoken_of_in_the_next_due_of_that_instant() -> None:
    start = situation(acknowledged("mon 09:05", "mon 10:00"), pausing("mon 09:06", VENDOR, "mon 10:00"))
    first = looked(start, "mon 10:00")
    assert (cause_of(first), first.due) == (NudgeCause.PROMISE_QUESTIONED, frozenset({Duty.PAUSE}))
    second = decide(first.armed, now=at("mon 10:00"), duties=first.due)
    assert (cause_of(second), second.due) == (NudgeCause.PAUSE_OUTLIVED, frozenset())


def test_a_look_at_the_promise_alone_leaves_the_pause_s_look_as_it_was() -> None:
    start = situation(acknowledged("mon 09:05", "mon 10:30"), pausing("mon 09:06", VENDOR, "mon 10:00"))
    paused = looked(start, "mon 10:00").armed
    decision = decide(paused, now=at("mon 10:30"), duties={Duty.PROMISE})
    assert (cause_of(decision), next_due(decision, Duty.PAUSE)) == (NudgeCause.PROMISE_QUESTIONED, at("tue 10:00"))
