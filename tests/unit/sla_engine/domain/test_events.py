"""Facts: their order at one instant, and the names they are stored under."""

from __future__ import annotations

import random

from sla_engine.domain.events import (
    STORED_NAMES,
    CustomerReplied,
    Event,
    Opened,
    Paused,
    PrioritySet,
    Reopened,
    Resolved,
    Resumed,
    in_order,
    stored_name,
)
from sla_engine.domain.priorities import Priority
from sla_engine.domain.reasons import PauseReason
from tests.unit.sla_engine.domain.histories import history

PAUSED, RESUMED = Paused(reason=PauseReason.VENDOR), Resumed()


def ordered(*events: Event) -> list[Event]:
    return [entry.event for entry in in_order(history(*(("mon 10:00", event) for event in events)))]


def test_facts_of_one_instant_are_read_in_the_order_of_the_rules() -> None:
    opened, priority = Opened(priority=Priority.P2, title="Down"), PrioritySet(priority=Priority.P1)
    assert ordered(Reopened(), Resolved(), PAUSED, RESUMED, priority, opened) == [
        opened,
        priority,
        RESUMED,
        PAUSED,
        Resolved(),
        Reopened(),
    ]


def test_equal_facts_of_one_instant_keep_the_order_they_were_recorded_in() -> None:
    first, second = CustomerReplied(text="first"), CustomerReplied(text="second")
    assert ordered(first, second) == [first, second]


def test_time_comes_before_everything_else() -> None:
    entries = history(("mon 11:00", Resolved()), ("mon 10:00", Reopened()))
    assert [type(entry.event) for entry in in_order(entries)] == [Reopened, Resolved]


def test_the_order_of_reading_does_not_depend_on_the_order_of_loading() -> None:
    entries = history(*(("mon 10:00", event) for event in (PAUSED, RESUMED, Resolved(), Reopened())))
    shuffled = random.Random(1).sample(entries, len(entries))
    assert in_order(shuffled) == in_order(entries)


def test_every_kind_of_fact_has_one_stored_name() -> None:
    kinds = set(Event.__args__)
    assert set(STORED_NAMES.values()) == kinds
    assert len(STORED_NAMES) == len(kinds)


def test_a_fact_is_stored_under_its_name() -> None:
    assert stored_name(PAUSED) == "paused"
