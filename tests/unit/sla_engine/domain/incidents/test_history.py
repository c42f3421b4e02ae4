"""Facts: their order at one instant, and the names they are stored under."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.incidents.events import (
    CustomerReplied,
    Event,
    Followed,
    Opened,
    Paused,
    PrioritySet,
    Reopened,
    Resolved,
    Resumed,
)
from sla_engine.domain.incidents.history import SLACK, Entry, in_order
from sla_engine.domain.incidents.note_events import NoteAccepted
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.incidents.stored_names import STORED_NAMES, stored_name
from tests.unit.sla_engine.domain.histories import history

PAUSED, RESUMED = Paused(reason=PauseReason.VENDOR), Resumed()
P1_SET = PrioritySet(priority=Priority.P1)
EVENTS: tuple[Event, ...] = (PAUSED, RESUMED, P1_SET, Resolved(), Reopened(), CustomerReplied())


def ordered(*events: Event) -> list[Event]:
    return [entry.event for entry in in_order(history(*(("mon 10:00", event) for event in events)))]


def entries_of(*facts: tuple[str, Event]) -> list[Entry]:
    """Facts of one instant with their sources, in the order in which they were heard."""
    entries = history(*(("mon 10:00", event) for _, event in facts))
    return [replace(entry, source=source) for (source, _), entry in zip(facts, entries, strict=True)]


@pytest.mark.parametrize(
    "events",
    [(PAUSED, RESUMED), (RESUMED, PAUSED), (Resolved(), Reopened()), (Reopened(), Resolved()), (PAUSED, P1_SET)],
    ids=["pause, resume", "resume, pause", "resolve, reopen", "reopen, resolve", "pause, priority"],
)
def test_one_source_is_read_in_the_order_in_which_it_told_one_instant(events: tuple[Event, ...]) -> None:
    assert [entry.event for entry in in_order(entries_of(*((SLACK, event) for event in events)))] == list(events)


def test_of_several_sources_the_one_whose_next_fact_ranks_first_is_read_first() -> None:
    facts = entries_of((SLACK, PAUSED), ("psa", Resolved()), ("psa", P1_SET), (SLACK, RESUMED))
    assert [entry.event for entry in in_order(facts)] == [PAUSED, RESUMED, Resolved(), P1_SET]


def test_of_equals_the_one_heard_first_is_read_first() -> None:
    vendor, parts = Paused(reason=PauseReason.VENDOR), Paused(reason=PauseReason.PARTS)
    for facts in ([(SLACK, vendor), ("psa", parts)], [("psa", parts), (SLACK, vendor)]):
        assert [entry.event for entry in in_order(entries_of(*facts))] == [event for _, event in facts]


def test_what_was_worked_on_late_keeps_the_place_it_was_told_in() -> None:
    came = datetime(2026, 3, 2, 9, tzinfo=UTC)
    second, first = entries_of(("psa", RESUMED), ("psa", PAUSED))
    waited = [replace(second, received_at=came + timedelta(seconds=1)), replace(first, received_at=came)]
    assert [entry.event for entry in in_order(waited)] == [PAUSED, RESUMED]


def test_what_was_stored_before_its_telling_was_known_comes_before_what_has_one() -> None:
    late, old = entries_of(("psa", RESUMED), ("psa", PAUSED))
    assert in_order([replace(late, received_at=datetime(2026, 3, 2, tzinfo=UTC)), old])[0] is old


@pytest.mark.parametrize("source", [SLACK, "psa"])
def test_nothing_is_read_before_the_opening_whoever_told_it_first(source: str) -> None:
    opened = Opened(priority=Priority.P2, title="Down")
    assert in_order(entries_of(("psa", PAUSED), (source, opened)))[0].event == opened


@given(st.lists(st.tuples(st.sampled_from([SLACK, "psa", "halo"]), st.sampled_from(EVENTS)), max_size=9), st.randoms())
def test_the_order_of_every_source_is_kept_whatever_else_happens(
    facts: list[tuple[str, Event]], chance: random.Random
) -> None:
    entries = entries_of(*facts)
    ordered = in_order(chance.sample(entries, len(entries)))
    assert sorted(ordered, key=lambda entry: entry.seq) == entries
    for source in {source for source, _ in facts}:
        numbers = [entry.seq for entry in ordered if entry.source == source]
        assert numbers == sorted(numbers)


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


def test_an_opening_that_is_told_to_be_earlier_or_other_counts_alone() -> None:
    first, other, earlier = (Opened(priority=Priority.P2, title=title) for title in ("Down", "Slow", "Early"))
    later = Opened(priority=Priority.P2, title="Late")
    assert [entry.event for entry in in_order(history(("mon 10:00", first), ("mon 11:00", later)))] == [first]
    assert [entry.event for entry in in_order(history(("mon 10:00", first), ("mon 10:00", other)))] == [other]
    corrected = history(("mon 10:00", first), ("mon 10:30", PAUSED), ("mon 09:00", earlier))
    assert [entry.event for entry in in_order(corrected)] == [earlier, PAUSED]


def test_what_was_told_of_a_ticket_that_went_on_elsewhere_by_then_does_not_count_here() -> None:
    facts: list[tuple[str, Event]] = [
        ("mon 10:00", Resolved()),
        ("mon 11:00", Reopened()),
        ("mon 12:00", PAUSED),
        ("mon 12:00", NoteAccepted()),
    ]
    gone_on: list[tuple[str, Event]] = [*facts, ("mon 11:00", Followed(key="INC-2")), ("mon 13:00", CustomerReplied())]
    assert [type(entry.event) for entry in in_order(history(*gone_on))] == [
        Resolved,
        Followed,
        NoteAccepted,
        CustomerReplied,
    ]


def test_every_kind_of_fact_has_one_stored_name() -> None:
    kinds = set(Event.__args__)
    assert set(STORED_NAMES.values()) == kinds
    assert len(STORED_NAMES) == len(kinds)


def test_a_fact_is_stored_under_its_name() -> None:
    assert stored_name(PAUSED) == "paused"
