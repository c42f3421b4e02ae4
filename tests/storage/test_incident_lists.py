"""Which open incidents each word of `/sla status` lists; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from sla_engine.domain.incidents.incident_filter import IncidentCondition, IncidentFilter
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.services.incidents.undo import Undo
from sla_engine.services.queries.board import Board
from sla_engine.services.unit_of_work.idempotency import request
from tests.note_desk import DANA, TOM, Desk, at

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


def listed(desk: Desk, now: str, wanted: IncidentFilter) -> list[str]:
    """The keys listed, in their order."""
    shown = Board(desk.unit_of_work).listed(wanted, now=at(now), scope="all")
    assert shown.more == 0
    return [incident.key for incident in shown.incidents]


def test_each_condition_lists_what_it_says_and_all_of_them_are_met_together(desk: Desk) -> None:
    late = desk.open(at("mon 09:00"), priority=Priority.P1, owner=None)
    taken = desk.open(at("mon 13:00"), priority=Priority.P3)
    waiting = desk.open(at("mon 13:10"), priority=Priority.P3)
    desk.incidents.pause(waiting, reason=PauseReason.VENDOR, until=None, text="", by=TOM, now=at("mon 13:12"))
    now = "mon 13:30"
    desk.look(at(now))
    every = listed(desk, now, IncidentFilter())
    assert (every[0], set(every)) == (late, {late, taken, waiting}), "what is due first comes first"
    for conditions, keys in (
        ([IncidentCondition.UNASSIGNED], [late]),
        ([IncidentCondition.OVERDUE], [late]),
        ([IncidentCondition.WAITING], [waiting]),
        ([IncidentCondition.STALE], [late]),
        ([IncidentCondition.UNASSIGNED, IncidentCondition.WAITING], []),
    ):
        assert listed(desk, now, IncidentFilter(conditions=conditions)) == keys, conditions
    assert listed(desk, now, IncidentFilter(priorities=[Priority.P1, Priority.P2])) == [late]
    assert set(listed(desk, now, IncidentFilter(owner=TOM))) == {taken, waiting}
    assert listed(desk, now, IncidentFilter(owner=TOM, conditions=[IncidentCondition.WAITING])) == [waiting]


def test_an_act_that_was_undone_is_no_report(desk: Desk) -> None:
    silent, heard = desk.open(at("mon 08:00")), desk.open(at("mon 08:00"))
    for key, name in ((silent, "slack:1"), (heard, "slack:2")):
        with request(name):
            desk.incidents.respond(key, text="On it", by=TOM, now=at("mon 13:00"))
    Undo(desk.unit_of_work).undo("slack:1", by=TOM, now=at("mon 13:02"))
    assert listed(desk, "mon 13:30", IncidentFilter(conditions=[IncidentCondition.STALE])) == [silent]


def test_a_promise_and_a_time_narrow_the_list(desk: Desk) -> None:
    promised, silent = desk.open(at("mon 09:00")), desk.open(at("mon 09:05"))
    desk.incidents.escalate(promised, text="help", by=TOM, now=at("mon 09:05"))
    desk.incidents.acknowledge(promised, promise=at("mon 11:00"), by=DANA, now=at("mon 09:06"))
    assert listed(desk, "mon 09:10", IncidentFilter(conditions=[IncidentCondition.NO_PROMISE])) == [silent]
    assert listed(desk, "mon 09:10", IncidentFilter(due_within=timedelta(minutes=1))) == []
    assert set(listed(desk, "mon 09:10", IncidentFilter(due_within=timedelta(days=5)))) == {promised, silent}
