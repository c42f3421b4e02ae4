"""The board counts what its lists hold, puts the right incident next, and knows what was saved today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from sla_engine.domain.agreements.errors import NotAllowed
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.board_filters import BoardFilter
from sla_engine.domain.incidents.events import CustomerReplied
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.notifications.board import BoardMessage
from sla_engine.services.queries.board import Board
from sla_engine.services.queries.dispatch_board import DispatchBoard
from sla_engine.services.shifts.absences import Absences
from tests.note_desk import DANA, TESS, TOM, Desk, at
from tests.statements import counted


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


def shown(desk: Desk, now: str) -> BoardMessage:
    return DispatchBoard(Board(desk.unit_of_work)).show(by=DANA, now=at(now))


def next_key(desk: Desk, now: str) -> str | None:
    incident = shown(desk, now).next_up
    return None if incident is None else incident.incident_key


@pytest.mark.both_databases
def test_each_count_is_the_number_of_incidents_in_its_list(desk: Desk) -> None:
    desk.open(at("mon 09:00"), priority=Priority.P1, owner=None)
    answered = desk.open(at("mon 12:00"), priority=Priority.P3)
    with desk.unit_of_work.act(answered, action=Action.UPDATE, by=TOM, now=at("mon 12:30")) as work:
        work.record(CustomerReplied(text="hello?"), by="webhook:a")
    told = desk.open(at("mon 12:30"), priority=Priority.P3)
    desk.incidents.respond(told, text="On it", by=TOM, now=at("mon 12:31"))
    now = "mon 13:30"
    desk.look(at(now))
    board = DispatchBoard(Board(desk.unit_of_work))
    counts = board.show(by=DANA, now=at(now)).counts
    for name in BoardFilter:
        listed = board.listed(name, by=DANA, now=at(now))
        assert counts.get(name, 0) == len(listed.incidents) + listed.more, name
    assert counts[BoardFilter.UNASSIGNED] == counts[BoardFilter.UNTOLD] == counts[BoardFilter.STALE] == 1
    assert counts[BoardFilter.ANSWERED] == 1
    assert 0 not in counts.values()


@pytest.mark.both_databases
def test_what_waits_for_long_and_what_belongs_to_somebody_absent_is_counted(desk: Desk) -> None:
    waits = desk.open(at("mon 09:00"), priority=Priority.P3)
    short = desk.open(at("mon 09:00"), priority=Priority.P3, owner=TESS)
    desk.incidents.pause(waits, reason=PauseReason.VENDOR, until=None, text="", by=TOM, now=at("mon 10:00"))
    desk.incidents.pause(short, reason=PauseReason.VENDOR, until=None, text="", by=TESS, now=at("mon 10:00"))
    desk.incidents.resume(short, by=TESS, now=at("tue 10:00"))
    desk.incidents.pause(short, reason=PauseReason.VENDOR, until=None, text="", by=TESS, now=at("tue 11:00"))
    assert BoardFilter.LONG_WAIT not in shown(desk, "thu 10:00").counts
    assert shown(desk, "thu 10:01").counts[BoardFilter.LONG_WAIT] == 1
    board = DispatchBoard(Board(desk.unit_of_work))
    listed = board.listed(BoardFilter.LONG_WAIT, by=DANA, now=at("thu 10:01"))
    assert [incident.key for incident in listed.incidents] == [waits]
    Absences(desk.unit_of_work).away(TESS, until=at("fri 09:00"), by=TESS, now=at("thu 10:02"))
    listed = board.listed(BoardFilter.OWNER_ABSENT, by=DANA, now=at("thu 10:03"))
    assert [incident.key for incident in listed.incidents] == [short]
    assert shown(desk, "thu 10:03").counts[BoardFilter.OWNER_ABSENT] == 1


@pytest.mark.both_databases
def test_next_is_the_most_urgent_that_nobody_promised_then_what_is_due_first(desk: Desk) -> None:
    assert shown(desk, "mon 09:00").next_up is None
    minor = desk.open(at("mon 08:00"), priority=Priority.P4)
    assert next_key(desk, "mon 09:00") == minor
    major = desk.open(at("mon 09:00"), priority=Priority.P2)
    late = "mon 14:00"
    assert next_key(desk, late) == major, "both are late, and it is the more urgent"
    desk.incidents.escalate(major, text="help", by=TOM, now=at("mon 14:00"))
    desk.incidents.acknowledge(major, promise=at("mon 15:00"), by=DANA, now=at("mon 14:01"))
    assert next_key(desk, "mon 14:02") == minor, "an update was promised for the other"
    assert next_key(desk, "mon 15:01") == major, "its promise has passed"
    desk.incidents.resolve(minor, text="", by=TOM, now=at("mon 15:02"))
    desk.incidents.acknowledge(major, promise=at("mon 16:00"), by=DANA, now=at("mon 15:03"))
    assert next_key(desk, "mon 15:04") == major, "it is all there is"


@pytest.mark.both_databases
def test_a_target_met_in_its_last_quarter_after_a_nudge_is_saved_today(desk: Desk) -> None:
    saved = desk.open(at("mon 09:00"), priority=Priority.P2)
    early = desk.open(at("mon 09:00"), priority=Priority.P2)
    missed = desk.open(at("mon 09:00"), priority=Priority.P2)
    desk.look(at("mon 09:16"))
    desk.incidents.respond(early, text="On it", by=TOM, now=at("mon 09:16"))
    desk.look(at("mon 09:25"))
    desk.incidents.respond(saved, text="On it", by=TOM, now=at("mon 09:26"))
    desk.look(at("mon 09:31"))
    desk.incidents.respond(missed, text="On it", by=TOM, now=at("mon 09:32"))
    board = DispatchBoard(Board(desk.unit_of_work))
    (target,) = board.saved(by=DANA, now=at("mon 10:00"))
    assert (target.incident_key, target.metric, target.left) == (
        saved,
        MetricName.FIRST_RESPONSE,
        timedelta(minutes=4),
    )
    assert shown(desk, "mon 10:00").saved == 1
    assert shown(desk, "tue 10:00").saved == 0
    assert board.saved(by=DANA, now=at("tue 10:00")) == ()


def test_a_paused_incident_is_not_next(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"), priority=Priority.P3)
    desk.incidents.respond(key, text="On it", by=TOM, now=at("mon 09:01"))
    desk.incidents.plan(key, text="parts", by=TOM, now=at("mon 09:02"))
    other = desk.open(at("mon 09:10"), priority=Priority.P4)
    desk.incidents.pause(key, reason=PauseReason.VENDOR, until=None, text="", by=TOM, now=at("mon 09:12"))
    assert next_key(desk, "mon 09:20") in {key, other}


def test_the_board_is_for_dispatchers(desk: Desk) -> None:
    board = DispatchBoard(Board(desk.unit_of_work))
    for ask in (board.show, board.saved):
        with pytest.raises(NotAllowed):
            ask(by=TOM, now=at("mon 09:00"))
    with pytest.raises(NotAllowed):
        board.listed(BoardFilter.STALE, by=TOM, now=at("mon 09:00"))


def test_the_board_of_many_costs_as_many_statements_as_that_of_one(desk: Desk) -> None:
    desk.open(at("mon 09:00"))
    shown(desk, "mon 09:10")
    with counted(desk.database) as few:
        shown(desk, "mon 09:10")
    for _ in range(20):
        desk.open(at("mon 09:05"), owner=None)
    with counted(desk.database) as many:
        shown(desk, "mon 09:10")
    many.must_be_at_most(len(few))
    few.must_be_at_most(12)
