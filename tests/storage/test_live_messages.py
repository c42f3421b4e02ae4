"""The board and the line of what nobody has: posted once, edited in place, deleted when there is nothing to say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.events import Unassigned
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.notifications.board import BoardMessage, UnownedMessage
from sla_engine.notifications.shifts import HandoverMessage
from sla_engine.services.agreements import people_files
from sla_engine.services.shifts.handovers import Handovers
from sla_engine.services.sweep.live_messages import LiveMessages
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import live_messages
from sla_engine.storage.live_messages import LiveRecord
from tests.note_desk import DANA, EXAMPLES, TOM, Desk, Sent, at
from tests.statements import counted

DISPATCH = "C0DISPATCH"
NINE = at("mon 09:00")


class Channel:
    """The desk's dispatcher channel, with a worker that keeps its live messages true, ten real seconds a look."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.real = datetime(2026, 3, 1, 12, tzinfo=UTC)
        self.unit_of_work = UnitOfWork(desk.database, real_clock=lambda: self.real)
        self.worker = LiveMessages(self.unit_of_work)

    def look(self, now: str, *, seconds: float = 10) -> None:
        """Let real time pass, and look at `now`."""
        self.real += timedelta(seconds=seconds)
        self.worker.keep_true(now=at(now))

    def sent(self, name: str) -> list[Sent]:
        """What was put into the outbox about a live message."""
        return self.desk.sent(to=DISPATCH, about=f"{name}:")

    def ops(self, name: str) -> list[str]:
        """The operations on a live message, in their order."""
        return [sent.op for sent in self.sent(name)]

    def board(self) -> BoardMessage:
        """The board as it was written last."""
        shown = [sent.shown for sent in self.sent("board") if sent.op != "delete"][-1]
        assert isinstance(shown, BoardMessage)
        return shown

    def unowned(self) -> UnownedMessage:
        """The line of what nobody has, as it was written last."""
        shown = [sent.shown for sent in self.sent("unowned") if sent.op != "delete"][-1]
        assert isinstance(shown, UnownedMessage)
        return shown


@pytest.fixture
def channel(database_url: str) -> Iterator[Channel]:
    desk = Desk(database_url)
    yield Channel(desk)
    desk.close()


def test_the_board_says_at_once_that_the_next_has_taken_over(channel: Channel) -> None:
    channel.look("fri 09:00")
    shift, turn = Handovers(channel.unit_of_work), at("mon 08:00", week=1)
    shift.look(now=at("fri 09:00"))
    channel.desk.open(at("fri 09:00"))
    shift.look(now=turn)
    channel.real += timedelta(seconds=10)
    channel.worker.keep_true(now=turn)
    assert channel.board().handed_at == turn
    (handed,) = [sent.shown for sent in channel.desk.sent(to=DISPATCH) if isinstance(sent.shown, HandoverMessage)]
    shift.accept(handed.name, by=handed.taken_by, now=turn + timedelta(seconds=20))
    channel.real += timedelta(seconds=10)
    channel.worker.keep_true(now=turn + timedelta(seconds=30))
    assert channel.board().handed_at is None


@pytest.mark.both_databases
def test_the_board_is_posted_once_a_shift_and_edited_in_place(channel: Channel) -> None:
    channel.look("mon 09:00")
    assert channel.ops("board") == [], "nothing is open"
    first = channel.desk.open(at("mon 09:00"))
    channel.look("mon 09:01")
    assert channel.board().on_duty == DANA
    channel.desk.open(at("mon 09:02"), priority=Priority.P1)
    channel.look("mon 09:02")
    channel.look("mon 09:02")
    assert channel.ops("board") == ["post", "update"]
    assert channel.board().open_count == 2
    channel.look("mon 23:00")
    assert {sent.message for sent in channel.sent("board")} == {"board:1"}, "the shift goes on until the MSP opens"
    channel.look("tue 08:00")
    assert [sent.message for sent in channel.sent("board")][-2:] == ["board:2", "board:1"]
    assert channel.ops("board")[-2:] == ["post", "delete"]
    channel.desk.incidents.resolve(first, text="", by=TOM, now=at("tue 09:00"))
    channel.look("tue 09:00")
    assert channel.sent("board")[-1].message == "board:2"


def test_a_board_moves_with_its_channel(channel: Channel, tmp_path: Path) -> None:
    channel.desk.open(at("mon 09:00"))
    channel.look("mon 09:00")
    moved = tmp_path / "msp.yaml"
    moved.write_text((EXAMPLES / "msp.yaml").read_text().replace(DISPATCH, "C0ELSEWHERE"))
    people_files.apply(channel.desk.database, moved, by="test", now=at("mon 09:01"))
    channel.look("mon 09:02")
    assert [(sent.op, sent.to) for sent in channel.desk.sent(about="board:")] == [
        ("post", DISPATCH),
        ("post", "C0ELSEWHERE"),
        ("delete", DISPATCH),
    ]


def test_a_board_is_edited_at_most_once_in_five_seconds_and_nothing_is_lost(channel: Channel) -> None:
    for number in range(1, 4):
        channel.desk.open(at("mon 09:00"))
        channel.look("mon 09:00", seconds=4.9 if number > 1 else 10)
    assert channel.ops("board") == ["post", "update"]
    channel.look("mon 09:00")
    assert channel.board().open_count == 3


def test_several_workers_write_a_change_once(channel: Channel) -> None:
    channel.desk.open(at("mon 09:00"))
    other = LiveMessages(channel.unit_of_work)
    channel.look("mon 09:00")
    other.keep_true(now=at("mon 09:00"))
    channel.desk.open(at("mon 09:00"))
    channel.real += timedelta(seconds=10)
    for worker in (channel.worker, other):
        worker.keep_true(now=at("mon 09:00"))
    assert channel.ops("board") == ["post", "update"]


def test_a_clock_that_is_set_back_keeps_no_board_untrue(channel: Channel) -> None:
    channel.desk.open(NINE)
    channel.look("mon 09:00")
    channel.desk.open(NINE)
    channel.look("mon 09:00", seconds=-300)
    assert channel.ops("board") == ["post", "update"]
    assert channel.board().open_count == 2


@pytest.mark.both_databases
def test_of_two_workers_that_begin_a_message_one_writes_it(channel: Channel) -> None:
    first = LiveRecord(
        name="board", number=1, edits=0, destination=DISPATCH, period="mon", is_there=True, shown={}, changed_at=NINE
    )
    with channel.desk.database.transaction() as session:
        written = [live_messages.add(session, replace(first, shown={"open": count})) for count in (1, 2)]
        assert (written, live_messages.find(session, "board")) == ([True, False], replace(first, shown={"open": 1}))


def test_a_look_at_what_did_not_change_costs_one_statement(channel: Channel) -> None:
    channel.desk.open(at("mon 09:00"))
    channel.look("mon 09:00")
    with counted(channel.desk.database) as statements:
        channel.look("mon 09:00")
    statements.must_be_at_most(1)
    channel.desk.open(at("mon 09:00"))
    channel.look("mon 09:00")
    with counted(channel.desk.database) as statements:
        channel.look("mon 09:00", seconds=1)
    statements.must_be_at_most(0)


def test_what_time_alone_makes_untrue_is_said_within_a_minute(channel: Channel) -> None:
    key = channel.desk.open(at("mon 09:00"))
    channel.look("mon 09:29")
    shown = channel.board().next_up
    assert shown is not None
    assert (shown.incident_key, shown.is_late) == (key, False)
    channel.look("mon 09:31")
    shown = channel.board().next_up
    assert shown is not None
    assert shown.is_late


@pytest.mark.both_databases
def test_what_nobody_has_is_said_after_its_time_in_one_message_and_gone_when_everybody_is_served(
    channel: Channel,
) -> None:
    desk = channel.desk
    soon = desk.open(at("mon 09:00"), priority=Priority.P2, owner=None, title="Scanner offline")
    later = desk.open(at("mon 09:00"), priority=Priority.P3, owner=None, title="Printer smears")
    channel.look("mon 09:06")
    assert channel.ops("unowned") == [], "a quarter of its first reply's thirty minutes has not passed"
    channel.look("mon 09:08")
    assert [incident.incident_key for incident in channel.unowned().incidents] == [soon]
    assert channel.unowned().mention == (DANA,)
    channel.look("mon 09:31")
    assert [incident.incident_key for incident in channel.unowned().incidents] == [soon, later]
    desk.incidents.take(soon, by=TOM, now=at("mon 09:32"))
    channel.look("mon 09:32")
    assert channel.unowned().count == 1
    desk.incidents.take(later, by=TOM, now=at("mon 09:33"))
    channel.look("mon 09:33")
    assert channel.ops("unowned") == ["post", "update", "update", "delete"]
    desk.incidents.hand_back(later, reason="ill", by=TOM, now=at("mon 09:40"))
    channel.look("mon 09:41")
    assert channel.ops("unowned")[-1] == "delete", "its nudge in the channel says so"
    desk.open(at("mon 09:41"), priority=Priority.P2, owner=None)
    channel.look("mon 09:55")
    assert channel.sent("unowned")[-1].message == "unowned:2"


def test_an_incident_whose_nudge_stands_in_the_channel_is_not_said_twice(channel: Channel) -> None:
    desk = channel.desk
    desk.open(at("mon 09:00"), priority=Priority.P2, owner=None)
    channel.look("mon 09:10")
    desk.look(at("mon 09:31"))
    channel.look("mon 09:31")
    assert channel.ops("unowned") == ["post", "delete"]


def test_a_nudge_that_only_its_last_owner_reads_says_nothing_to_the_channel(channel: Channel) -> None:
    desk = channel.desk
    key = desk.open(at("mon 09:00"), priority=Priority.P2, owner=TOM)
    desk.look(at("mon 09:16"))
    with desk.unit_of_work.act(key, action=Action.UPDATE, by=TOM, now=at("mon 09:17")) as work:
        work.record(Unassigned(), by="webhook:anna")
    channel.look("mon 09:17")
    assert [incident.incident_key for incident in channel.unowned().incidents] == [key]


def test_hours_in_which_nothing_is_promised_do_not_count(channel: Channel) -> None:
    channel.desk.open(at("mon 23:00"), priority=Priority.P3, owner=None)
    channel.look("tue 07:00")
    assert channel.ops("unowned") == []
