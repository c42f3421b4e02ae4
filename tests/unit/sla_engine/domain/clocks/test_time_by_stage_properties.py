"""Where a clock's time went adds up to the time it counted, whatever happened and whatever ends a pause."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla_engine.domain.agreements.agreement import Agreement, ReopenMode, ReopenRule
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.reading import readings
from sla_engine.domain.clocks.time_by_stage import stage_times
from sla_engine.domain.incidents.events import (
    Absorbed,
    Assigned,
    CustomerReplied,
    CustomerUpdated,
    Deleted,
    Event,
    HandedBack,
    Merged,
    Moved,
    Opened,
    Paused,
    PlanGiven,
    Reopened,
    Resolved,
    Responded,
    Resumed,
    Unassigned,
)
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from tests.unit.sla_engine.domain.histories import MONDAY, RESOLUTION, USUAL, at, history, minutes, opened

CUSTOMER = PauseReason.CUSTOMER
NOTHING = timedelta(0)


def agreements(*, reply_ends_pause: bool) -> list[Agreement]:
    return [replace(USUAL, reply_ends_pause=reply_ends_pause, reopen=ReopenRule(mode=mode)) for mode in ReopenMode]


def any_fact(chance: random.Random) -> Event:
    """Mostly pauses and what may end them."""
    reason = chance.choice([CUSTOMER, CUSTOMER, *PauseReason])
    rare = Merged(into="INC-7"), Moved(key="INC-7", customer="Hillside"), Deleted()
    return chance.choice([
        *[Paused(reason=reason)] * 5, *[CustomerReplied()] * 4, Resumed(), Resumed(reason=reason),
        Assigned(to="U0TOM"), HandedBack(reason="ill"), Unassigned(),
        Responded(), CustomerUpdated(), PlanGiven(),
        Resolved(), Reopened(), Reopened(),
        Absorbed(key="INC-2", opened_at=MONDAY + minutes(chance.randrange(600))),
        chance.choice(rare),
    ])  # fmt: skip


def any_story(seed: int) -> list[Entry]:
    """An opening and up to twenty facts within four days, often several at one instant."""
    chance = random.Random(seed)
    start = MONDAY + minutes(chance.randrange(600, 1440))
    opening = [Entry(event=Opened(priority=Priority.P2, title="Down"), at=start, seq=0, recorded_at=start)]
    instants = [start + minutes(15 * chance.randrange(4 * 96)) for _ in range(chance.randrange(20))]
    return opening + [
        Entry(event=any_fact(chance), at=instant, seq=seq, recorded_at=instant)
        for seq, instant in enumerate(instants, start=1)
    ]


@pytest.mark.parametrize("reply_ends_pause", [True, False], ids=["a reply ends a pause", "it does not"])
@settings(max_examples=300)
@given(seed=st.integers(0, 2**32), end=st.integers(0, 8 * 96))
def test_the_stages_of_a_clock_add_up_to_what_it_counted(seed: int, end: int, *, reply_ends_pause: bool) -> None:
    facts, now = any_story(seed), MONDAY + minutes(15 * end)
    for agreement in agreements(reply_ends_pause=reply_ends_pause):
        terms = Terms.of(agreement)
        for reading in (reading for cycles in readings(facts, terms, now=now).values() for reading in cycles):
            stages = stage_times(facts, reading, terms, now=now)
            assert sum((stage.spent for stage in stages), NOTHING) == reading.elapsed, reading


@pytest.mark.parametrize(
    ("reply_ends_pause", "counted"), [(True, minutes(180)), (False, minutes(60))], ids=["it goes on", "it rests on"]
)
def test_the_time_after_a_reply_is_counted_where_the_reply_ends_the_pause(
    counted: timedelta, *, reply_ends_pause: bool
) -> None:
    facts = history(opened(), ("mon 10:00", Paused(reason=CUSTOMER)), ("mon 13:00", CustomerReplied()))
    terms = Terms.of(replace(USUAL, reply_ends_pause=reply_ends_pause))
    (reading,) = readings(facts, terms, now=at("mon 15:00"))[RESOLUTION]
    assert reading.elapsed == counted
    assert sum((stage.spent for stage in stage_times(facts, reading, terms, now=at("mon 15:00"))), NOTHING) == counted


def test_an_update_clock_runs_on_in_a_pause_and_so_do_its_stages() -> None:
    facts = history(opened(), ("mon 10:00", Paused(reason=CUSTOMER)))
    terms = Terms.of(USUAL)
    (reading,) = readings(facts, terms, now=at("mon 12:00"))[MetricName.CUSTOMER_UPDATE]
    (stage,) = stage_times(facts, reading, terms, now=at("mon 12:00"))
    assert stage.spent == reading.elapsed == minutes(180)
