"""When an SLA note is asked for, when it is taken back, and when it stays as it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.msp import NotePolicy
from sla_engine.domain.clocks.reading import Reading, readings
from sla_engine.domain.incidents.events import Corrected, Deleted, Event, Merged, Moved, PrioritySet, Responded
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.note_events import NoteWritten
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.notes.note_state import NoteDepth, NoteState
from sla_engine.domain.notes.owing import NO_CHANGE, NoteOwing, depth_of, may_owe, misses, owing
from tests.unit.sla_engine.domain.histories import RESPONSE, TERMS, at, history, minutes, opened, promising, target

NOW = at("mon 09:45")
PUT_RIGHT = Corrected(metric="first_response", cycle=0, cause="responded", breached_before=NOW, breached_after=None)
LATE, IN_TIME = history(opened()), history(opened(), ("mon 09:10", Responded()))
EXPLAINED = history(opened(), ("mon 09:40", NoteWritten(reason="capacity", covers=("first_response:0",))))


def missed(facts: list[Entry]) -> list[Reading]:
    return misses(readings(facts, TERMS, now=NOW))


FIRST = missed(LATE)[0]
ASKED = NoteOwing(wanted_for=FIRST, depth=NoteDepth.FULL)


def decided(state: NoteState | None, facts: list[Entry], *, lowest: Priority = Priority.P3) -> NoteOwing:
    return owing(state, missed(facts), facts, policy=NotePolicy(full=min(lowest, Priority.P2), reason=lowest))


@pytest.mark.parametrize(
    ("state", "facts", "change"),
    [
        (None, LATE, ASKED),
        (None, IN_TIME, NO_CHANGE),
        (NoteState.WANTED, LATE, ASKED),
        (NoteState.WANTED, IN_TIME, NoteOwing(is_withdrawn=True)),
        (NoteState.WITHDRAWN, LATE, ASKED),
        (NoteState.WITHDRAWN, IN_TIME, NO_CHANGE),
        *((state, EXPLAINED, NO_CHANGE) for state in NoteState if state is not NoteState.WITHDRAWN),
        *((state, LATE, ASKED) for state in (NoteState.WRITTEN, NoteState.ACCEPTED, NoteState.EXPLAINED)),
        (NoteState.RETURNED, LATE, NO_CHANGE),
    ],
)  # fmt: skip
def test_a_note_is_asked_for_once_and_taken_back_only_unwritten(
    state: NoteState | None, facts: list[Entry], change: NoteOwing
) -> None:
    assert decided(state, facts) == change


@pytest.mark.parametrize(
    ("floor", "is_asked"), [(Priority.P1, False), (Priority.P2, True), (Priority.P3, True)], ids=["P1", "P2", "P3"]
)
def test_only_a_miss_of_the_priorities_from_the_floor_up_wants_a_note(floor: Priority, *, is_asked: bool) -> None:
    assert (decided(None, LATE, lowest=floor).wanted_for is not None) is is_asked


def test_lowering_the_priority_after_the_miss_does_not_unmake_it() -> None:
    terms = [target(RESPONSE, minutes(30), priority=priority) for priority in (Priority.P2, Priority.P4)]
    lowered = history(opened(), ("mon 09:40", PrioritySet(priority=Priority.P4)))
    missed = misses(readings(lowered, TERMS.of(promising(*terms)), now=NOW))
    assert owing(None, missed, lowered, policy=NotePolicy(full=Priority.P2, reason=Priority.P2)).wanted_for == missed[0]


def test_the_misses_of_an_incident_that_was_another_customers_are_not_ours() -> None:
    assert {reading.metric for reading in missed(LATE)} == {MetricName.FIRST_RESPONSE}
    moved = ("mon 09:40", Moved(key="INC-7", customer="Hillside"))
    assert missed(history(opened(), moved)) == []


@pytest.mark.parametrize(
    ("event", "may"),
    [(Responded(), False), (PUT_RIGHT, True), (Deleted(), True), (Merged(into="INC-7"), True)],
    ids=["nothing went wrong", "put right", "deleted", "merged"],
)
def test_what_was_never_missed_is_not_decided_about(event: Event, *, may: bool) -> None:
    assert may_owe([], history(opened(), ("mon 09:10", event))) is may
    assert may_owe(missed(LATE), LATE)


@pytest.mark.parametrize(
    ("metric", "priority", "depth"),
    [
        (MetricName.FIRST_RESPONSE, Priority.P1, NoteDepth.FULL),
        (MetricName.RESOLUTION, Priority.P2, NoteDepth.FULL),
        (MetricName.RESOLUTION, Priority.P3, NoteDepth.REASON),
        (MetricName.RESOLUTION, Priority.P4, NoteDepth.REASON),
        (MetricName.RESOLUTION, Priority.P5, None),
        (MetricName.CUSTOMER_UPDATE, Priority.P1, NoteDepth.FULL),
        (MetricName.CUSTOMER_UPDATE, Priority.P2, NoteDepth.REASON),
        (MetricName.CUSTOMER_UPDATE, Priority.P4, NoteDepth.REASON),
        (MetricName.CUSTOMER_UPDATE, Priority.P5, None),
    ],
)
def test_how_much_is_asked_follows_from_the_priority_at_the_miss_and_the_metric(
    metric: MetricName, priority: Priority, depth: NoteDepth | None
) -> None:
    miss = replace(FIRST, metric=metric)
    assert depth_of(miss, history(opened(priority=priority)), policy=NotePolicy()) is depth
