"""How many SQL statements it takes: an answer in Slack's three seconds, a sweep that holds its locks for a moment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.services.queries.board import Board
from tests.note_desk import GOOD, MIRA, TESS, TOM, Desk, at
from tests.statements import counted

LIST, FORM = 8, 6
CARD = 9  # with the procedures and the problem that fit the incident
QUEUE = 6  # with the registry of procedures, by which an update is suggested
TIMER, OPENING, ACT = 15, 15, 14
LOADING = 6

STORIES = (GOOD["what_happened"], "The replacement router was ordered for the old address and came a day late.")

pytestmark = pytest.mark.sqlite_only  # the statements are the same on every database


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


@pytest.fixture
def board(desk: Desk) -> Board:
    return Board(desk.unit_of_work)


def open_many(desk: Desk, count: int) -> list[str]:
    return [desk.open(at("mon 09:00"), title=f"Outlet {number} is dark") for number in range(count)]


def write_notes(desk: Desk, keys: list[str]) -> None:
    desk.look(at("mon 09:40"))
    for number, key in enumerate(keys):
        words = GOOD | {"what_happened": STORIES[number % 2]}
        desk.notes.write(key, by=TOM, reason="late-triage", now=at("mon 10:00"), since=None, **words)


def test_a_list_takes_few_statements_at_any_length(desk: Desk, board: Board) -> None:
    for length in (6, 12):
        open_many(desk, 6)
        with counted(desk.database) as statements:
            listed = board.everything(now=at("mon 10:00"))
        statements.must_be_at_most(LIST)
        assert len(listed.incidents) == length


def test_a_card_takes_few_statements_however_much_happened(desk: Desk, board: Board) -> None:
    (key,) = open_many(desk, 1)
    write_notes(desk, [key])
    for minute in range(10, 20):
        desk.incidents.update_customer(key, text="Still on it", by=TOM, now=at(f"mon 10:{minute}"))
    with counted(desk.database) as statements:
        detail = board.show(key, now=at("mon 11:00"))
    statements.must_be_at_most(CARD)
    assert len(detail.history) > 15
    with counted(desk.database) as statements:
        board.for_form(key, action=Action.PAUSE, by=TOM, now=at("mon 11:00"))
    statements.must_be_at_most(CARD)


@pytest.mark.parametrize("length", [0, 1, 12])
def test_the_review_queue_takes_few_statements_at_any_length(desk: Desk, length: int) -> None:
    write_notes(desk, open_many(desk, length))
    with counted(desk.database) as statements:
        queue = desk.notes.review_queue(by=MIRA, now=at("mon 10:06"))
    statements.must_be_at_most(QUEUE)
    assert len(queue) == length


def test_a_form_opened_from_the_queue_loads_one_note(desk: Desk) -> None:
    keys = open_many(desk, 4)
    write_notes(desk, keys)
    with counted(desk.database) as statements:
        suggestion = desk.notes.suggestion(keys[0], by=MIRA, now=at("mon 10:06"))
    statements.must_be_at_most(FORM)
    queue = {item.incident_key: item.suggestion for item in desk.notes.queue(now=at("mon 10:06"))}
    assert suggestion == queue[keys[0]] != ""


LADDER = ("mon 09:15", "mon 09:23", "mon 09:31", "mon 10:31", "mon 12:31")
"""Half of the first response; three quarters; the breach, at which a note is wanted; other clocks' rungs."""


@pytest.mark.parametrize("incidents", [1, 4])
def test_a_fired_timer_takes_few_statements_whatever_is_due(desk: Desk, incidents: int) -> None:
    keys = open_many(desk, incidents)
    for when in LADDER:
        with counted(desk.database) as statements:
            fired = desk.sweep.run_once(now=at(when))
        assert fired >= incidents, when
        statements.must_be_at_most(TIMER, times=fired)
    assert len(desk.sent(about=f"nudge:{keys[0]}")) > len(LADDER)


def test_an_incident_is_loaded_in_few_statements(desk: Desk) -> None:
    open_many(desk, 1)
    desk.look(at("mon 09:23"))
    with counted(desk.database) as statements:
        assert desk.sweep.run_once(now=at("mon 09:31")) == 1
    reads = [text for text in statements if text.startswith("SELECT")]
    assert len(reads) <= LOADING, "\n".join(reads)  # the list of what is due is one of them


def test_timers_of_one_incident_that_are_due_together_are_one_look(desk: Desk) -> None:
    open_many(desk, 1)
    with counted(desk.database) as statements:
        fired = desk.sweep.run_once(now=at("mon 11:30"))
    assert fired > 1
    statements.must_be_at_most(TIMER)


def test_a_promise_and_a_pause_that_passed_take_no_more_than_a_clock(desk: Desk) -> None:
    (key,) = open_many(desk, 1)
    desk.look(at("mon 09:16"))
    desk.incidents.acknowledge(key, by=TOM, now=at("mon 09:16"), promise=at("mon 09:18"))
    desk.incidents.pause(key, reason=PauseReason.VENDOR, until=at("mon 14:00"), by=TOM, now=at("mon 09:17"))
    for when, looks in (("mon 09:19", 1), ("mon 09:31", 1), ("mon 14:01", 2)):  # a note is asked for by itself
        with counted(desk.database) as statements:
            fired = desk.sweep.run_once(now=at(when))
        assert fired > 0, when
        statements.must_be_at_most(TIMER, times=looks)


@pytest.mark.parametrize("asked", [(), ("mon 09:20",)], ids=["asked about", "lapsed"])
def test_a_promise_that_passes_as_a_target_is_missed_takes_no_more_than_a_clock(
    desk: Desk, asked: tuple[str, ...]
) -> None:
    (key,) = open_many(desk, 1)
    desk.look(at("mon 09:16"))
    desk.incidents.acknowledge(key, by=TOM, now=at("mon 09:16"), promise=at("mon 09:20"))
    for when in asked:
        desk.look(at(when))
    with counted(desk.database) as statements:
        assert desk.sweep.run_once(now=at("mon 09:31")) > 1
    statements.must_be_at_most(TIMER)  # with the note that is wanted, and the word to a technician of their own


def test_an_act_and_an_opening_take_few_statements(desk: Desk) -> None:
    open_many(desk, 1)  # the files of the people and of the agreement are read once in a process
    with counted(desk.database) as statements:
        key = desk.open(at("mon 09:00"), owner=None)
    statements.must_be_at_most(OPENING)
    desk.look(at("mon 09:16"))
    with counted(desk.database) as statements:
        desk.incidents.pause(key, reason=PauseReason.VENDOR, by=TESS, now=at("mon 09:17"))
    statements.must_be_at_most(ACT)
