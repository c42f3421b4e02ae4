"""Undone facts: no reader sees them, and what can still be undone of an act."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given

from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.reading import readings
from sla_engine.domain.incidents.events import (
    Absorbed,
    Assigned,
    CustomerReplied,
    Event,
    Merged,
    Opened,
    Paused,
    RungReached,
    Undone,
)
from sla_engine.domain.incidents.history import Entry, in_effect, in_order, undone_facts
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.promises import promises
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.incidents.undo import (
    BULK_UNDO_WINDOW,
    UNDO_WINDOW,
    ActOnIncident,
    undo_window,
    undone_together,
)
from tests.unit.sla_engine.domain.clocks.any_history import any_history, instants
from tests.unit.sla_engine.domain.histories import MONDAY, USUAL, history

PAUSED = Paused(reason=PauseReason.VENDOR)
OPENED = Opened(priority=Priority.P2, title="E-mail is down")
TERMS = Terms.of(USUAL)


def numbered(entries: list[Entry]) -> list[Entry]:
    """The entries with numbers of their own, in the order in which they are listed."""
    return [replace(entry, seq=number) for number, entry in enumerate(entries, start=1)]


@given(any_history(), any_history(), instants)
def test_a_history_with_acts_and_their_undoing_reads_as_one_without_them(
    kept: list[Entry], acts: list[Entry], now: datetime
) -> None:
    undoable = [entry for entry in acts if not isinstance(entry.event, Opened | Undone)]
    told = [entry for entry in kept if not isinstance(entry.event, Undone)]
    with_acts = numbered([*told, *undoable])
    undone = tuple(entry.seq for entry in with_acts[len(told) :])
    undoing = Entry(event=Undone(facts=undone), at=now, seq=len(with_acts) + 1, recorded_at=now, by="U0TOM")
    without = with_acts[: len(told)]

    assert in_order([*with_acts, undoing]) == in_order(without)
    assert promises([*with_acts, undoing]) == promises(without)
    assert readings([*with_acts, undoing], TERMS, now=now) == readings(without, TERMS, now=now)


def test_of_an_opening_that_was_undone_its_undoing_stays_as_the_end() -> None:
    opened, undone = history(("mon 10:00", OPENED), ("mon 10:02", Undone(facts=(0,), is_opening=True)))
    assert in_order([opened, undone]) == [opened, undone]
    assert undone_facts([opened, undone]) == {opened.seq: undone}


def test_an_undoing_that_names_nothing_changes_nothing() -> None:
    entries = history(("mon 10:00", PAUSED), ("mon 10:01", Undone(facts=())))
    assert in_effect(entries) == entries[:1]


def test_an_undoing_that_was_undone_takes_nothing_back() -> None:
    changed = Paused(reason=PauseReason.PARTS)
    entries = history(
        ("mon 10:00", PAUSED),
        ("mon 10:01", Undone(facts=(0,), is_change=True)),
        ("mon 10:00", changed),
        ("mon 10:02", Undone(facts=(1, 2))),
    )
    assert undone_facts(entries[:3]) == {0: entries[1]}
    assert in_effect(entries[:3]) == [entries[2]]
    assert in_effect(entries) == entries[:1]


# ---------------------------------------------------------------------- what can be undone of an act


def part(key: str, *facts: tuple[Event, str], of_act: int = 1) -> ActOnIncident:
    """An incident with these facts and who told them; the first `of_act` of them are the act's."""
    entries = [
        replace(entry, seq=number, by=by)
        for number, (entry, (_, by)) in enumerate(
            zip(history(*(("mon 10:00", event) for event, _ in facts)), facts, strict=True), start=1
        )
    ]
    return ActOnIncident(key=key, history=entries, facts=range(1, of_act + 1))


@pytest.mark.parametrize(
    ("later", "stands_in_the_way"),
    [
        ((Assigned(to="U0TESS"), "U0TESS"), True),
        ((CustomerReplied(), "customer"), False),
        ((RungReached(metric="resolution", cycle=0, rung=0, reached_at=MONDAY), ""), False),
    ],
    ids=["somebody's act", "what the customer wrote", "what was announced"],
)
def test_only_what_one_of_us_did_stands_in_the_way(later: tuple[Event, str], *, stands_in_the_way: bool) -> None:
    assert (part("INC-1", (PAUSED, "U0TOM"), later).acted_since() is not None) is stands_in_the_way


def test_what_was_undone_since_stands_in_nobodys_way() -> None:
    undone = (Undone(facts=(2,)), "U0TESS")
    assert part("INC-1", (PAUSED, "U0TOM"), (Assigned(to="U0TESS"), "U0TESS"), undone).acted_since() is None


def test_several_incidents_give_more_time_but_a_duplicate_and_its_survivor_are_one_act() -> None:
    duplicate, survivor = (
        part("INC-2", (Merged(into="INC-1"), "U0DANA")),
        part("INC-1", (Absorbed(key="INC-2", opened_at=history(("mon 09:00", OPENED))[0].at), "U0DANA")),
    )
    other = part("INC-3", (PAUSED, "U0DANA"))
    assert (undo_window([duplicate, survivor]), undo_window([other, duplicate])) == (UNDO_WINDOW, BULK_UNDO_WINDOW)
    assert undone_together([duplicate, other, survivor]) == [(duplicate, survivor), (other,)]
