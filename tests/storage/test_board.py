"""Lists by time left, and one incident in full."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.views.card import incident_card
from bot.views.clock_sentences import what_is_due
from bot.views.reader import Reader
from bot.views.simulation import simulation_message
from bot.views.why import why_message
from sla_engine.domain.agreements.errors import UnknownCustomer
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import ClockState, readings
from sla_engine.domain.incidents.errors import UnknownIncident
from sla_engine.domain.incidents.incident_filter import IncidentFilter
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.incidents.suppositions import IfPaused
from sla_engine.services.queries.board import LIST_LIMIT, Board
from sla_engine.services.queries.explain import Explanations
from sla_engine.services.simulation.simulation import Simulations
from sla_engine.storage import incidents
from sla_engine.text.why_text import as_text
from tests.note_desk import TESS, TOM, Desk, at

ZONE = "America/New_York"
pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


@pytest.fixture
def board(desk: Desk) -> Board:
    return Board(desk.unit_of_work)


def keys(board: Board, now: str) -> list[str]:
    return [one.key for one in board.everything(now=at(now)).incidents]


def test_the_list_is_sorted_by_what_is_due_first_with_paused_ones_last(desk: Desk, board: Board) -> None:
    slow = desk.open(at("mon 09:00"), priority=Priority.P3)
    urgent = desk.open(at("mon 09:05"), priority=Priority.P1)
    resting = desk.open(at("mon 09:00"), priority=Priority.P4)
    for key in (slow, urgent, resting):
        desk.incidents.respond(key, text="On it", by=TOM, now=at("mon 09:10"))
    assert keys(board, "mon 09:30") == [urgent, slow, resting]


def test_what_is_resolved_is_not_listed(desk: Desk, board: Board) -> None:
    key = desk.open(at("mon 09:00"))
    desk.incidents.resolve(key, text="", by=TOM, now=at("mon 10:00"))
    assert keys(board, "mon 11:00") == []


def test_each_sees_their_own_and_may_ask_for_a_colleague_or_a_customer(desk: Desk, board: Board) -> None:
    mine = desk.open(at("mon 09:00"), owner=TOM)
    theirs = desk.open(at("mon 09:00"), owner=TESS)
    assert [one.key for one in board.mine(TOM, now=at("mon 10:00")).incidents] == [mine]
    hers = board.listed(IncidentFilter(owner=TESS), now=at("mon 10:00"), scope="Tess Nguyen")
    assert ([one.key for one in hers.incidents], hers.scope) == ([theirs], "Tess Nguyen")
    customer = board.customer_named("acme dental", now=at("mon 10:00"))
    assert len(board.listed(IncidentFilter(customer=customer), now=at("mon 10:00"), scope=customer).incidents) == 2


def test_no_customer_and_no_incident_of_that_name_is_refused(board: Board) -> None:
    with pytest.raises(UnknownCustomer):
        board.customer_named("Nobody Ltd", now=at("mon 10:00"))
    with pytest.raises(UnknownIncident):
        board.show("INC-9", now=at("mon 10:00"))


def test_a_long_list_says_how_many_more_there_are(desk: Desk, board: Board) -> None:
    for _ in range(LIST_LIMIT + 2):
        desk.open(at("mon 09:00"), owner=None)
    found = board.everything(now=at("mon 10:00"))
    assert (len(found.incidents), found.more) == (LIST_LIMIT, 2)


@pytest.mark.parametrize("when", ["mon 08:59", "mon 09:29", "mon 12:30", "mon 20:00", "thu 11:11"])
def test_what_a_list_shows_as_left_is_what_the_clock_reads(desk: Desk, board: Board, when: str) -> None:
    key = desk.open(at("mon 08:30"))
    desk.incidents.pause(key, reason=PauseReason.VENDOR, by=TOM, now=at("mon 08:40"))
    desk.incidents.resume(key, by=TOM, now=at("mon 08:50"))
    (summary,) = board.everything(now=at(when)).incidents
    with desk.database.reading() as session:
        work = desk.unit_of_work.work_on(session, incidents.find(session, key), now=at(when))
    found = readings(work.history, work.terms, now=at(when))
    assert {one.metric: one.left for one in summary.clocks} == {
        metric: measured[-1].remaining for metric, measured in found.items()
    }
    assert summary.breached == any(measured[-1].breached for measured in found.values())


def test_the_next_clock_is_the_running_one_that_is_due_first(desk: Desk, board: Board) -> None:
    key = desk.open(at("mon 09:00"))
    summary = board.show(key, now=at("mon 09:10")).summary
    assert summary.next_clock is not None
    assert summary.next_clock.metric is MetricName.FIRST_RESPONSE
    desk.incidents.resolve(key, text="", by=TOM, now=at("mon 09:20"))
    assert board.show(key, now=at("mon 09:30")).summary.next_clock is None


def test_a_paused_clock_shows_what_is_left_and_no_due_time(desk: Desk, board: Board) -> None:
    key = desk.open(at("mon 09:00"))
    desk.incidents.pause(key, reason=PauseReason.CUSTOMER, by=TOM, now=at("mon 10:00"))
    clocks = {one.metric: one for one in board.show(key, now=at("tue 10:00")).summary.clocks}
    resolution = clocks[MetricName.RESOLUTION]
    assert (resolution.state, resolution.due_at, resolution.left) == (ClockState.PAUSED, None, timedelta(hours=7))


def test_a_card_says_whether_a_nudge_waits(desk: Desk, board: Board) -> None:
    key = desk.open(at("mon 09:00"))
    assert not board.show(key, now=at("mon 09:05")).nudge_waits
    desk.look(at("mon 09:25"))
    detail = board.show(key.lower(), now=at("mon 09:26"))
    assert detail.nudge_waits
    kinds = [type(entry.event).__name__ for entry in detail.history]
    assert kinds == ["Opened", "Assigned", "RungReached", "RungReached"]  # at 50 %, spoken for by the one at 75 %


def test_customers_and_people_can_be_chosen_from(board: Board) -> None:
    assert board.customers() == ("Acme Dental",)
    assert board.msp().name == "Northwind MSP"


def test_what_was_promised_in_business_days_is_said_in_them_everywhere(desk: Desk, board: Board) -> None:
    key, now = desk.open(at("mon 09:00"), priority=Priority.P4), at("mon 11:00")
    supposed = IfPaused(key=key, reason=PauseReason.VENDOR, at=at("mon 10:00"), until=None)
    simulated = Simulations(desk.unit_of_work).simulate(supposed, now=at("mon 10:00"))
    assert "rests, 4 business days 7 h 30 m left" in simulation_message(simulated, zone=ZONE, asked="").text
    desk.incidents.pause(key, reason=PauseReason.VENDOR, until=None, text="", by=TOM, now=at("mon 10:00"))
    detail, left = board.show(key, now=now), "4 business days 7 h 30 m left"
    assert f"the fix has {left}" in what_is_due(detail.summary, Reader(zone=ZONE, now=now))
    assert f"{left} of 5 business days" in incident_card(detail, now=now).text
    explanation = Explanations(desk.unit_of_work).why(key, now=now)
    assert "of 5 business days: 4 business days 7h30m left" in as_text(explanation)
    in_slack = why_message(explanation, zone=ZONE).text
    assert f"of 5 business days for P4, calendar in America/New_York: {left}" in in_slack


def test_what_was_promised_in_hours_is_said_in_hours(desk: Desk, board: Board) -> None:
    key = desk.open(at("mon 09:00"), priority=Priority.P3)
    clocks = board.show(key, now=at("mon 10:00")).summary.clocks
    assert {clock.metric: clock.business_day for clock in clocks} == {
        MetricName.FIRST_RESPONSE: None,
        MetricName.CUSTOMER_UPDATE: timedelta(hours=8, minutes=30),
        MetricName.RESOLUTION_PLAN: None,
        MetricName.RESOLUTION: None,
    }
