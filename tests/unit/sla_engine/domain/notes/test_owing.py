"""When an SLA note is asked for, when it is taken back, and when it stays as it is."""

from __future__ import annotations

import pytest

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import Reading, readings
from sla_engine.domain.incidents.events import Corrected, Deleted, Event, Merged, Moved, PrioritySet, Responded
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.domain.notes.owing import NO_CHANGE, NoteOwing, may_owe, misses, owing
from tests.unit.sla_engine.domain.histories import RESPONSE, TERMS, at, history, minutes, opened, promising, target

NOW = at("mon 09:45")
PUT_RIGHT = Corrected(metric="first_response", cycle=0, cause="responded", breached_before=NOW, breached_after=None)
LATE, IN_TIME = history(opened()), history(opened(), ("mon 09:10", Responded()))


def missed(facts: list[Entry]) -> list[Reading]:
    return misses(readings(facts, TERMS, now=NOW))


FIRST = missed(LATE)[0]


def decided(state: NoteState | None, facts: list[Entry], *, floor: Priority = Priority.P3) -> NoteOwing:
    return owing(state, missed(facts), facts, floor=floor)


@pytest.mark.parametrize(
    ("state", "facts", "change"),
    [
        (None, LATE, NoteOwing(wanted_for=FIRST)),
        (None, IN_TIME, NO_CHANGE),
        (NoteState.WANTED, LATE, NoteOwing(wanted_for=FIRST)),
        (NoteState.WANTED, IN_TIME, NoteOwing(is_withdrawn=True)),
        (NoteState.WITHDRAWN, LATE, NoteOwing(wanted_for=FIRST)),
        (NoteState.WITHDRAWN, IN_TIME, NO_CHANGE),
        *((state, facts, NO_CHANGE) for state in (NoteState.WRITTEN, NoteState.RETURNED, NoteState.ACCEPTED)
          for facts in (LATE, IN_TIME)),
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
    assert (decided(None, LATE, floor=floor).wanted_for is not None) is is_asked


def test_lowering_the_priority_after_the_miss_does_not_unmake_it() -> None:
    terms = [target(RESPONSE, minutes(30), priority=priority) for priority in (Priority.P2, Priority.P4)]
    lowered = history(opened(), ("mon 09:40", PrioritySet(priority=Priority.P4)))
    missed = misses(readings(lowered, TERMS.of(promising(*terms)), now=NOW))
    assert owing(None, missed, lowered, floor=Priority.P2).wanted_for == missed[0]


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
