"""When a nudge is a new message, which notifies, and when an edit, which does not; and how long a repeat waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from sla_engine.domain.agreements.ladders import Ladder, Recipient, Repeat, Rung
from sla_engine.domain.clocks.reading import current
from sla_engine.domain.escalation.decide import decide
from sla_engine.domain.escalation.escalation_step import EscalationStep
from sla_engine.domain.escalation.nudges import NudgeCause, Occasion, changed_for_the_worse
from sla_engine.domain.escalation.placement import QUIET_AFTER_POST, VisibleMessage, is_new_message
from sla_engine.domain.escalation.recipients import Addressees
from sla_engine.domain.incidents.events import Event, PrioritySet, Reopened, Resolved
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.upkeep.duties import Duty
from tests.unit.sla_engine.domain.escalation.situations import (
    BREACH,
    HALF,
    KEY,
    LONG,
    M,
    cause_of,
    climbing,
    looked,
    situation,
)
from tests.unit.sla_engine.domain.histories import (
    ALWAYS,
    RESOLUTION,
    RESPONSE,
    at,
    hours,
    minutes,
    promising,
    target,
)

DANA, MIRA, TOM = "U0DANA", "U0MIRA", "U0TOM"
NINE = at("mon 09:00")
LIVE = VisibleMessage(told=frozenset({DANA}), posted_at=NINE)


def occasion(cause: NudgeCause, *, repeat: int = 0, is_miss: bool = False) -> Occasion:
    reading = current(decide(situation(agreement=LONG), now=NINE).readings)[0]
    step = EscalationStep(
        rung=Rung(percent=75, tell=(Recipient.DISPATCHER,)),
        number=0,
        repeat=repeat,
        reached_at=NINE,
        announced_at=NINE,
        tell=(Recipient.DISPATCHER,),
        is_miss=is_miss,
    )
    return Occasion(cause=cause, tell=(Recipient.DISPATCHER,), key="k", steps=((reading, step),))


@pytest.mark.parametrize(
    ("nudge", "people", "live", "is_new"),
    [
        pytest.param(occasion(NudgeCause.AT_RISK), [DANA], None, True, id="nothing is there yet"),
        pytest.param(occasion(NudgeCause.AT_RISK), [DANA], LIVE, False, id="another rung for people who were told"),
        pytest.param(occasion(NudgeCause.AT_RISK), [], LIVE, False, id="another rung for nobody"),
        pytest.param(occasion(NudgeCause.AT_RISK), [DANA, MIRA], LIVE, True, id="a rung for somebody not told yet"),
        pytest.param(occasion(NudgeCause.BREACH, is_miss=True), [DANA], LIVE, True, id="a miss"),
        pytest.param(occasion(NudgeCause.BREACH), [DANA], LIVE, False, id="a rung after the miss, for the same people"),
        pytest.param(occasion(NudgeCause.BREACH), [MIRA], LIVE, True, id="a rung after the miss, for the manager"),
        pytest.param(occasion(NudgeCause.REPEAT, repeat=1), [DANA], LIVE, True, id="a repeat"),
        pytest.param(occasion(NudgeCause.AT_RISK, repeat=2), [DANA], LIVE, True, id="a rung beside a repeat"),
        pytest.param(occasion(NudgeCause.HELP), [DANA], LIVE, True, id="a call for help"),
        pytest.param(occasion(NudgeCause.UNASSIGNED), [DANA], LIVE, True, id="handed back: a call for somebody else"),
        pytest.param(occasion(NudgeCause.REOPENED), [DANA], LIVE, True, id="a reopening"),
        pytest.param(occasion(NudgeCause.PRIORITY_RAISED), [DANA], LIVE, True, id="a rise to P1"),
        pytest.param(occasion(NudgeCause.PROMISE_QUESTIONED), [DANA], LIVE, True, id="a promise that passed"),
        pytest.param(occasion(NudgeCause.PROMISE_LAPSED), [DANA], LIVE, True, id="a promise that lapsed"),
        pytest.param(occasion(NudgeCause.PAUSE_OUTLIVED), [DANA], LIVE, True, id="a pause that outlived its end"),
        pytest.param(occasion(NudgeCause.CUSTOMER_ANSWERED), [DANA], LIVE, False, id="a reply, all told"),
        pytest.param(occasion(NudgeCause.CUSTOMER_ANSWERED), [DANA, TOM], LIVE, True, id="a reply, owner not told yet"),
    ],
)
def test_only_what_must_be_noticed_is_a_new_message(
    nudge: Occasion, people: Sequence[str], live: VisibleMessage | None, *, is_new: bool
) -> None:
    assert is_new_message(nudge, Addressees(people=tuple(people)), live=live) is is_new


def test_a_message_to_the_owner_alone_is_always_new() -> None:
    alone = Addressees(people=(TOM,), owner_alone=TOM)
    assert is_new_message(occasion(NudgeCause.AT_RISK), alone, live=VisibleMessage(told=frozenset({TOM})))


@pytest.mark.parametrize(
    ("in_channel", "to_owner", "expected"),
    [
        (None, None, None),
        (LIVE, None, NINE + QUIET_AFTER_POST),
        (LIVE, replace(LIVE, posted_at=at("mon 09:03")), at("mon 09:08")),
        (replace(LIVE, posted_at=None), None, None),
    ],
)
def test_repeats_wait_for_a_few_minutes_after_the_last_message(
    in_channel: VisibleMessage | None, to_owner: VisibleMessage | None, expected: datetime | None
) -> None:
    assert replace(situation(), in_channel=in_channel, to_owner=to_owner).repeats_from == expected


def test_a_snooze_that_ends_later_counts_instead() -> None:
    quiet = replace(situation(), in_channel=LIVE)
    snoozed = replace(quiet, incident=replace(quiet.incident, snoozed_until=NINE + timedelta(hours=1)))
    assert snoozed.repeats_from == NINE + timedelta(hours=1)


@pytest.mark.parametrize(
    ("facts", "news", "cause"),
    [
        ([], [Reopened(text="printer again")], None),
        ([Resolved()], [Reopened(text="printer again")], NudgeCause.REOPENED),
        ([Resolved()], [Reopened(), Resolved()], None),
        ([], [PrioritySet(priority=Priority.P1)], NudgeCause.PRIORITY_RAISED),
        ([], [PrioritySet(priority=Priority.P3)], None),
        ([PrioritySet(priority=Priority.P1)], [PrioritySet(priority=Priority.P1)], None),
        ([], [PrioritySet(priority=Priority.P1), PrioritySet(priority=Priority.P2)], None),
        ([Resolved()], [PrioritySet(priority=Priority.P1)], None),
        ([Resolved()], [Reopened(text="again"), PrioritySet(priority=Priority.P1)], NudgeCause.REOPENED),
    ],
)
def test_a_reopening_and_a_rise_to_p1_are_announced(
    facts: Sequence[Event], news: Sequence[Event], cause: NudgeCause | None
) -> None:
    before = situation(*(("mon 10:00", fact) for fact in facts))
    after = situation(
        *(("mon 10:00", fact) for fact in facts), *((f"mon 11:0{minute}", fact) for minute, fact in enumerate(news))
    )
    announced = changed_for_the_worse(after.incident, after.history, after.history[len(before.history) :])
    assert (None if announced is None else announced.cause) is cause


def test_an_edit_does_not_put_off_the_repeats_of_other_clocks() -> None:
    both = promising(target(RESPONSE, hours(1), calendar=ALWAYS), target(RESOLUTION, minutes(70), calendar=ALWAYS))
    warned = looked(situation(agreement=replace(both, ladders={"default": Ladder((HALF,))})), "mon 09:30", "mon 09:35")
    assert (cause_of(warned), warned.nudged) == (NudgeCause.AT_RISK, ((RESOLUTION, 0),))
    assert warned.timers[Duty.CLOCK, f"{KEY}:{RESPONSE}"] == at("mon 09:40")


def test_a_new_message_puts_off_the_repeats_of_every_clock_it_is_about() -> None:
    missed = looked(situation(agreement=climbing(HALF, BREACH)), "mon 09:30", "mon 09:40")
    assert (cause_of(missed), missed.nudged) == (NudgeCause.REPEAT, ((RESPONSE, 0),))
    assert missed.situation.in_channel == VisibleMessage(told=frozenset({MIRA}), posted_at=at("mon 09:40"))


def test_a_repeat_that_comes_sooner_than_that_waits_until_it_may_be_posted() -> None:
    hasty = Rung(percent=50, tell=(M,), repeat=Repeat(every=minutes(2)))
    start = situation(agreement=climbing(hasty))
    first = looked(start, "mon 09:30")
    assert first.timers[Duty.CLOCK, f"{KEY}:{RESPONSE}"] == at("mon 09:30") + QUIET_AFTER_POST
    assert looked(start, "mon 09:30", "mon 09:34").nudge is None
    assert cause_of(looked(start, "mon 09:30", "mon 09:35")) is NudgeCause.REPEAT


def test_whoever_was_told_once_counts_as_told_in_the_messages_that_follow() -> None:
    assert LIVE.reposted([TOM], at=at("mon 09:40")) == VisibleMessage(
        told=frozenset({DANA, TOM}), posted_at=at("mon 09:40")
    )
