"""The dispatch goes from one to the next, by a word or as the rota turns, until somebody says that they have it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from sla_engine.domain.agreements.errors import (
    DispatcherAbsent,
    DispatchesAlready,
    HandoverSettled,
    NobodyNext,
    NoDispatcher,
    NotAllowed,
    NotYoursToAccept,
    UnknownPerson,
)
from sla_engine.domain.errors import SlaError
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.upkeep.errors import AlreadyCarriedOut
from sla_engine.notifications.shifts import HandoverMessage, HandoverReminder, HandoverState
from sla_engine.services.queries.board import Board
from sla_engine.services.queries.dispatch_board import DispatchBoard
from sla_engine.services.shifts.absences import Absences
from sla_engine.services.shifts.handovers import Handovers
from sla_engine.services.unit_of_work import idempotency
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage.database import Database
from tests.note_desk import DANA, MIRA, TESS, TOM, Desk, at

DEV, CHANNEL = "U0DEV", "C0DISPATCH"
NINE = at("mon 09:00")
TURN = at("mon 08:00", week=1)
"""The rota of the examples turns on Mondays at eight: from Dana to Dev."""


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    opened = Desk(database_url)
    Handovers(opened.unit_of_work).look(now=NINE)
    yield opened
    opened.close()


@pytest.fixture
def shift(desk: Desk) -> Handovers:
    return Handovers(desk.unit_of_work)


def on_duty(desk: Desk, when: datetime) -> str | None:
    with desk.database.reading() as session:
        return desk.unit_of_work.msp(session).dispatcher(when)


def said(desk: Desk) -> list[tuple[str, HandoverMessage]]:
    return [(sent.op, sent.shown) for sent in desk.sent(to=CHANNEL) if isinstance(sent.shown, HandoverMessage)]


def reminded(desk: Desk) -> list[str]:
    return [sent.to for sent in desk.sent() if isinstance(sent.shown, HandoverReminder)]


def test_whoever_is_on_duty_when_the_bot_starts_is_told_nothing(desk: Desk, shift: Handovers) -> None:
    shift.look(now=at("tue 09:00"))
    assert said(desk) == []


@pytest.mark.both_databases
def test_at_each_turn_the_next_is_told_once_what_is_open(desk: Desk, shift: Handovers, database_url: str) -> None:
    urgent = desk.open(at("fri 15:00"), priority=Priority.P1)
    desk.open(at("fri 15:00"), priority=Priority.P4)
    promised = desk.open(at("fri 15:00"), priority=Priority.P3)
    desk.incidents.update_customer(promised, text="on our way", next_at=TURN, by=TOM, now=at("fri 15:01"))
    Absences(desk.unit_of_work).away(TESS, until=at("wed 09:00", week=1), by=DANA, now=at("fri 15:02"))
    other = Database(database_url)
    for process in (shift, Handovers(UnitOfWork(other))):
        process.look(now=TURN)
    other.close()
    ((op, shown),) = said(desk)
    assert (op, shown.given_by, shown.taken_by, shown.until) == ("post", DANA, DEV, at("mon 08:00", week=2))
    assert [(handed.listed.incident_key, handed.promise) for handed in shown.incidents] == [
        (urgent, None),
        (promised, TURN),
    ]
    assert [(away.name, away.until) for away in shown.absent] == [("Tess Nguyen", at("wed 09:00", week=1))]


def test_until_the_next_says_that_they_have_it_everything_that_names_them_says_so(desk: Desk, shift: Handovers) -> None:
    desk.open(at("fri 15:00"))
    board = DispatchBoard(Board(desk.unit_of_work))

    def stands(when: datetime) -> tuple[str | None, datetime | None, bool, bool]:
        shown, duty = board.show(by=DEV, now=when), shift.duty(now=when)
        with pytest.raises(NotAllowed) as refused:
            shift.hand_over(DANA, by=TOM, now=when)
        assert (duty.person, refused.value.names) == (shown.on_duty, ("Dev Patel",))
        return shown.on_duty, shown.handed_at, duty.has_taken_over, refused.value.has_taken_over

    shift.look(now=TURN)
    assert stands(TURN) == (DEV, TURN, False, False)
    ((_, message),) = said(desk)
    shift.accept(message.name, by=DEV, now=TURN + timedelta(minutes=5))
    assert stands(TURN + timedelta(minutes=6)) == (DEV, None, True, True)


@pytest.mark.both_databases
def test_two_workers_at_one_turn_say_it_once(desk: Desk, database_url: str) -> None:
    begun, other_looked = threading.Event(), threading.Event()

    def clock_of_the_slow_one() -> datetime:
        begun.set()
        other_looked.wait(timeout=0.3)  # the other one waits for us, as it should, or writes its own meanwhile
        return NINE

    slow = threading.Thread(target=Handovers(UnitOfWork(desk.database, real_clock=clock_of_the_slow_one)).look,
                            kwargs={"now": TURN})  # fmt: skip
    slow.start()
    assert begun.wait(timeout=60)
    other = Database(database_url)
    Handovers(UnitOfWork(other)).look(now=TURN + timedelta(milliseconds=5))
    other_looked.set()
    slow.join()
    other.close()
    assert [(op, shown.taken_by) for op, shown in said(desk)] == [("post", DEV)]


@pytest.mark.parametrize("by_word", [False, True], ids=["at a turn", "by a word"])
def test_a_clock_that_is_set_back_hands_nothing_over_again(desk: Desk, shift: Handovers, *, by_word: bool) -> None:
    shift.look(now=TURN)
    if by_word:
        shift.hand_over(MIRA, by=MIRA, now=TURN - timedelta(minutes=4))
    for seconds in range(-300, 60, 20):
        shift.look(now=TURN + timedelta(seconds=seconds))
    handed = [(shown.given_by, shown.taken_by) for op, shown in said(desk) if op == "post"]
    assert handed == [(DANA, DEV), (DANA, MIRA), (MIRA, DEV)][: 3 if by_word else 1]


def test_a_handover_makes_somebody_dispatch_until_the_rota_turns(desk: Desk, shift: Handovers) -> None:
    shown = shift.hand_over(DEV, by=DANA, now=NINE)
    assert (shown.given_by, shown.taken_by, shown.until) == (DANA, DEV, TURN)
    assert [on_duty(desk, when) for when in (NINE, at("fri 09:00"))] == [DEV, DEV]
    desk.open(NINE, priority=Priority.P1, owner=None)
    nudged = [sent.shown for sent in desk.sent(to=CHANNEL, about="nudge:")]
    assert [getattr(nudge, "mention", None) for nudge in nudged] == [(DEV,)]
    shift.accept(shown.name, by=DEV, now=NINE)
    shift.look(now=TURN)
    assert [message.taken_by for op, message in said(desk) if op == "post"] == [DEV]  # it is Dev's turn anyway


def test_without_a_name_the_next_in_the_rota_takes_over(desk: Desk, shift: Handovers) -> None:
    assert shift.hand_over(None, by=DANA, now=NINE).taken_by == DEV
    assert shift.hand_over(None, by=MIRA, now=at("mon 09:05")).taken_by == DANA
    assert [state for _, state in ((op, shown.state) for op, shown in said(desk))] == [
        HandoverState.WAITING,
        HandoverState.SUPERSEDED,
        HandoverState.WAITING,
    ]


def test_whoever_takes_it_themselves_has_it_at_once(desk: Desk, shift: Handovers) -> None:
    assert shift.hand_over(MIRA, by=MIRA, now=NINE).state is HandoverState.ACCEPTED
    assert on_duty(desk, NINE) == MIRA


@pytest.mark.parametrize(
    ("to", "by", "refusal"),
    [
        (TOM, DANA, NoDispatcher),
        (DANA, DANA, DispatchesAlready),
        ("U0GONE", DANA, UnknownPerson),
        (DEV, TOM, NotAllowed),
    ],
)
def test_what_cannot_be_changes_nothing(
    desk: Desk, shift: Handovers, to: str, by: str, refusal: type[SlaError]
) -> None:
    with pytest.raises(refusal):
        shift.hand_over(to, by=by, now=NINE)
    assert (on_duty(desk, NINE), said(desk)) == (DANA, [])


def test_nobody_absent_takes_over(desk: Desk, shift: Handovers) -> None:
    Absences(desk.unit_of_work).away(DEV, until=at("mon 17:00"), by=DEV, now=NINE)
    with pytest.raises(DispatcherAbsent):
        shift.hand_over(DEV, by=DANA, now=NINE)
    with pytest.raises(NobodyNext):
        shift.hand_over(None, by=DANA, now=NINE)


def test_a_request_carried_out_twice_hands_over_once(desk: Desk, shift: Handovers) -> None:
    with idempotency.request("command-1"):
        shift.hand_over(None, by=DANA, now=NINE)
        with pytest.raises(AlreadyCarriedOut):
            shift.hand_over(None, by=DANA, now=NINE)
    assert on_duty(desk, NINE) == DEV


def test_the_dispatch_of_somebody_who_goes_away_is_handed_over_and_comes_back(desk: Desk, shift: Handovers) -> None:
    Absences(desk.unit_of_work).away(DANA, until=at("mon 12:00"), by=DANA, now=NINE)
    for when in ("mon 09:01", "mon 11:59", "mon 12:00"):
        shift.look(now=at(when))
    assert [(shown.given_by, shown.taken_by) for op, shown in said(desk) if op == "post"] == [(DANA, DEV), (DEV, DANA)]


def test_only_the_next_says_that_they_have_it_and_one_line_is_left(desk: Desk, shift: Handovers) -> None:
    desk.open(NINE, priority=Priority.P1)
    name = shift.hand_over(DEV, by=DANA, now=NINE).name
    with pytest.raises(NotYoursToAccept):
        shift.accept(name, by=DANA, now=NINE)
    for minute in ("mon 09:10", "mon 09:11"):
        assert shift.accept(name, by=DEV, now=at(minute)).state_at == at("mon 09:10")
    (_, first), (op, last) = said(desk)
    assert len(first.incidents) == 1
    assert (op, last.state, last.incidents) == ("update", HandoverState.ACCEPTED, ())
    shift.look(now=at("mon 12:00"))
    assert reminded(desk) == []


def test_the_list_is_kept_current_until_it_is_accepted(desk: Desk, shift: Handovers) -> None:
    key = desk.open(NINE, priority=Priority.P1)
    shift.hand_over(DEV, by=DANA, now=NINE)
    desk.incidents.resolve(key, text="", by=TOM, now=at("mon 09:05"))
    for minute in ("mon 09:06", "mon 09:07"):
        shift.look(now=at(minute))
    assert [(op, len(shown.incidents)) for op, shown in said(desk)] == [("post", 1), ("update", 0)]


@pytest.mark.both_databases
def test_without_a_word_the_leaver_is_told_and_then_the_manager(desk: Desk, shift: Handovers) -> None:
    desk.open(at("fri 15:00"), priority=Priority.P1)
    shift.look(now=TURN)  # eight in New York, seven in Chicago, where Dev begins at eight
    for minute, told in (
        ("mon 09:29", []),
        ("mon 09:30", [DANA]),
        ("mon 09:31", [DANA]),
        ("mon 10:00", [DANA, MIRA]),
        ("tue 10:00", [DANA, MIRA]),
    ):
        Handovers(desk.unit_of_work).look(now=at(minute, week=1))
        assert reminded(desk) == told, minute


def test_once_somebody_has_it_the_reminders_say_so_and_their_button_takes_nothing(desk: Desk, shift: Handovers) -> None:
    desk.open(at("fri 15:00"), priority=Priority.P1)
    shift.look(now=TURN)
    shift.look(now=at("mon 10:00", week=1))
    first, later = at("mon 10:01", week=1), at("mon 10:02", week=1)
    notices = [sent.shown for sent in desk.sent() if isinstance(sent.shown, HandoverReminder)]
    (name,) = {notice.handover for notice in notices}
    shift.accept(name, by=DEV, now=first)
    settled = [
        (sent.to, sent.shown.settled_by, sent.shown.settled_at)
        for sent in desk.sent()
        if isinstance(sent.shown, HandoverReminder) and sent.op == "update"
    ]
    assert settled == [(DANA, DEV, first), (MIRA, DEV, first)]
    with pytest.raises(HandoverSettled) as refused:
        shift.hand_over(MIRA, by=MIRA, now=later, instead_of=name)
    assert (refused.value.name, on_duty(desk, later)) == ("Dev Patel", DEV)


def test_a_manager_takes_over_what_nobody_has_accepted(desk: Desk, shift: Handovers) -> None:
    desk.open(at("fri 15:00"), priority=Priority.P1)
    shift.look(now=TURN)
    shift.look(now=at("mon 10:00", week=1))
    (name,) = {sent.shown.handover for sent in desk.sent() if isinstance(sent.shown, HandoverReminder)}
    shift.hand_over(MIRA, by=MIRA, now=at("mon 10:01", week=1), instead_of=name)
    assert on_duty(desk, at("mon 10:01", week=1)) == MIRA
    settled = {sent.shown.settled_by for sent in desk.sent() if isinstance(sent.shown, HandoverReminder)}
    assert settled == {None, MIRA}


def test_nobody_is_told_where_nothing_presses(desk: Desk, shift: Handovers) -> None:
    desk.open(at("fri 15:00"), priority=Priority.P4)
    shift.look(now=TURN)
    shift.look(now=at("mon 12:00", week=1))
    assert reminded(desk) == []
    desk.open(at("mon 12:00", week=1), priority=Priority.P2)
    shift.look(now=at("mon 12:01", week=1))
    assert reminded(desk) == [DANA, MIRA]
