"""A customer is on the phone: what is read aloud to them, and what a click on the card records."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sla_engine.domain.agreements.errors import NotNamed, UnknownCustomer
from sla_engine.domain.incidents.errors import AlreadyDone, AlreadyResolved, UnknownIncident
from sla_engine.domain.incidents.events import Complained, CustomerUpdated
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.promises import PromiseOutcome, promises
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.reporting.attainment import Attainment
from sla_engine.domain.time.errors import InThePast
from sla_engine.notifications.notices import ComplaintMessage
from sla_engine.services.incidents.phone_calls import PhoneCalls
from sla_engine.services.queries.board import Board
from sla_engine.services.queries.calls import SHOWN_MOST, Calls
from sla_engine.storage import events
from tests.note_desk import DANA, MIRA, TESS, TOM, Desk, at
from tests.statements import counted

CARD = 9
"""Statements of a card, however much is open: an answer in 0.3 s."""

ACME = "Acme Dental"


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


@pytest.fixture
def calls(desk: Desk) -> Calls:
    return Calls(desk.unit_of_work)


@pytest.fixture
def phone(desk: Desk) -> PhoneCalls:
    return PhoneCalls(desk.unit_of_work)


def test_the_most_urgent_incident_is_read_aloud_and_the_others_stand_beside(desk: Desk, calls: Calls) -> None:
    scanner = desk.open(at("mon 09:00"), priority=Priority.P3, title="Scanner in room 3")
    server = desk.open(at("mon 09:02"), priority=Priority.P1, title="Server down", owner=None)
    desk.incidents.take(server, by=TESS, now=at("mon 09:20"))
    desk.incidents.update_customer(
        server, text="Restarting", by=TESS, now=at("mon 10:05"), next_at=at("mon 10:30"), how="e-mail"
    )
    desk.incidents.pause(scanner, reason=PauseReason.CUSTOMER, by=TOM, now=at("mon 09:30"))
    card = calls.card(ACME, now=at("mon 10:20"))
    (spoken,) = card.spoken
    assert (spoken.key, spoken.owner_name, spoken.opened_at) == (server, "Tess", at("mon 09:02"))
    assert (spoken.owned_since, spoken.told_at, spoken.told_by_phone) == (at("mon 09:20"), at("mon 10:05"), False)
    assert (spoken.missed_by, spoken.next_by) == (None, at("mon 10:30"))
    assert (spoken.fix_by, spoken.fix_is_late) == (at("mon 13:02"), False)
    assert [(other.key, other.waits_for_customer_since) for other in card.others] == [(scanner, at("mon 09:30"))]
    assert (card.customer, card.zone, card.manager_name) == (ACME, "America/New_York", "Mira")
    late = calls.card(ACME, now=at("mon 14:00")).spoken[0]
    assert (late.missed_by, late.next_by) == (at("mon 10:30"), None)
    assert (late.fix_by, late.fix_is_late) == (at("mon 13:02"), True)


def test_several_urgent_incidents_are_read_aloud_but_no_more_than_three(desk: Desk, calls: Calls) -> None:
    for number in range(14):
        desk.open(at("mon 09:00"), priority=Priority.P1 if number == 5 else Priority.P2, title=f"Outlet {number}")
    card = calls.card(ACME, now=at("mon 09:10"))
    assert [incident.title for incident in card.spoken] == ["Outlet 5", "Outlet 0", "Outlet 1"]
    assert (len(card.spoken) + len(card.others), card.more) == (SHOWN_MOST, 14 - SHOWN_MOST)


def test_a_call_about_one_incident_reads_that_one_aloud(desk: Desk, calls: Calls) -> None:
    slow = desk.open(at("mon 09:00"), priority=Priority.P4, title="Printer smears")
    fast = desk.open(at("mon 09:01"), priority=Priority.P1)
    card = calls.card_about(slow, now=at("mon 09:10"))
    assert [incident.key for incident in card.spoken] == [slow]
    assert [incident.key for incident in card.others] == [fast]
    desk.incidents.resolve(slow, text="", by=TOM, now=at("mon 09:20"))
    fixed = calls.card_about(slow, now=at("mon 09:30"))
    assert fixed.spoken[0].resolved_at == at("mon 09:20")
    assert fixed.open_keys == ()
    with pytest.raises(UnknownIncident):
        calls.card_about("INC-9999", now=at("mon 09:30"))


def test_where_nothing_is_open_the_last_one_fixed_is_named(desk: Desk, calls: Calls) -> None:
    assert calls.card(ACME, now=at("mon 09:00")).last_fixed is None
    for title, hour in (("First", "mon 10:00"), ("Second", "mon 11:00")):
        key = desk.open(at("mon 09:00"), title=title)
        desk.incidents.resolve(key, text="", by=TOM, now=at(hour))
    card = calls.card(ACME, now=at("mon 12:00"))
    assert card.spoken == ()
    assert card.last_fixed is not None
    assert card.last_fixed.title == "Second"


def test_this_month_counts_the_customer_s_own_incidents(desk: Desk, calls: Calls) -> None:
    desk.missed(at("mon 09:40"))
    good = desk.open(at("mon 10:00"))
    desk.incidents.respond(good, text="", by=TOM, now=at("mon 10:05"))
    desk.incidents.resolve(good, text="", by=TOM, now=at("mon 10:10"))
    assert calls.card(ACME, now=at("mon 11:00")).month == Attainment(1, 2)
    assert calls.card(ACME, now=at("mon 11:00", week=4)).month == Attainment(0, 0)


def test_a_customer_is_meant_by_any_part_of_the_name(calls: Calls) -> None:
    for part in ("acme", "DENTAL", "Acme Dental", "dent ac"):
        assert calls.customers_meant(part) == (ACME,)
    with pytest.raises(UnknownCustomer) as refusal:
        calls.customers_meant("Acne Dentol")
    assert refusal.value.near == (ACME,)


@pytest.mark.sqlite_only
def test_a_card_takes_few_statements_however_much_is_open(desk: Desk, calls: Calls) -> None:
    for length in (1, 12):
        for number in range(length):
            desk.open(at("mon 09:00"), title=f"Outlet {number}")
        calls.card(ACME, now=at("mon 10:00"))
        with counted(desk.database) as statements:
            calls.card(ACME, now=at("mon 10:00"))
        statements.must_be_at_most(CARD)


def test_who_was_told_by_phone_was_updated_on_each_incident_that_is_open(desk: Desk, phone: PhoneCalls) -> None:
    keys = [desk.open(at("mon 09:00"), title=title) for title in ("First", "Second", "Third")]
    desk.incidents.resolve(keys[1], text="", by=TOM, now=at("mon 09:05"))
    told = phone.told(keys, by=TESS, now=at("mon 09:10"))
    assert (told.keys, told.closed) == ((keys[0], keys[2]), 1)
    board = Board(desk.unit_of_work)
    for key in told.keys:
        newest = board.show(key, now=at("mon 09:11")).history[-1]
        assert isinstance(newest.event, CustomerUpdated)
        assert (newest.event.how, newest.by, newest.at) == ("phone", TESS, at("mon 09:10"))
    for key in told.keys:
        desk.incidents.resolve(key, text="", by=TOM, now=at("mon 09:20"))
    with pytest.raises(AlreadyResolved):
        phone.told(keys, by=TESS, now=at("mon 09:30"))


def test_somebody_we_do_not_know_cannot_say_that_a_customer_was_told(desk: Desk, phone: PhoneCalls) -> None:
    key = desk.open(at("mon 09:00"), owner=None)
    with pytest.raises(NotNamed):
        phone.told([key], by="U0NOBODY", now=at("mon 09:10"))


def test_a_complaint_tells_the_manager_at_once_and_heads_the_digest(
    desk: Desk, calls: Calls, phone: PhoneCalls
) -> None:
    key = desk.open(at("mon 09:00"), title="Server down")
    phone.complain(key, by=DANA, now=at("mon 09:10"))
    (sent,) = desk.sent(to=MIRA, about="complaint:")
    assert sent.shown == ComplaintMessage(
        incident_key=key,
        customer=ACME,
        title="Server down",
        priority="P2",
        link=None,
        by=DANA,
        at=at("mon 09:10"),
    )
    assert calls.card(ACME, now=at("mon 09:11")).spoken[0].complained_at == at("mon 09:10")
    with pytest.raises(AlreadyDone):
        phone.complain(key, by=TESS, now=at("mon 10:09"))
    desk.incidents.resolve(key, text="", by=TOM, now=at("mon 10:10"))
    phone.complain(key, by=TESS, now=at("tue 10:10"))
    figures = desk.digests.figures("2026-W06", now=at("wed 09:00"))
    assert [(one.customer, one.title, one.at, one.by) for one in figures.complaints] == [
        (ACME, "Server down", at("mon 09:10"), DANA),
        (ACME, "Server down", at("tue 10:10"), TESS),
    ]
    assert not figures.quiet
    assert desk.digests.figures("2026-W07", now=at("mon 09:00", week=1)).complaints == ()


def test_nobody_writes_to_themselves_about_a_complaint(desk: Desk, phone: PhoneCalls) -> None:
    key = desk.open(at("mon 09:00"))
    phone.complain(key, by=MIRA, now=at("mon 09:10"))
    assert desk.sent(about="complaint:") == []


@pytest.mark.sqlite_only
def test_the_complaints_of_a_week_are_found_by_their_own_index(desk: Desk) -> None:
    with counted(desk.database) as statements, desk.database.reading() as session:
        assert events.incidents_with(session, Complained, since=at("mon 00:00"), until=at("sun 00:00")) == []
    query = statements[-1].replace("?", "0")
    with desk.database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all()
    assert "ix_event_complaint" in str(plan)


def test_a_promised_call_back_lapses_as_any_promise(desk: Desk, phone: PhoneCalls) -> None:
    key = desk.open(at("mon 09:00"))
    with pytest.raises(InThePast):
        phone.promise_call_back(key, at=at("mon 09:00"), by=TESS, now=at("mon 09:10"))
    phone.promise_call_back(key, at=at("mon 09:30"), by=TESS, now=at("mon 09:10"))
    board = Board(desk.unit_of_work)
    assert board.show(key, now=at("mon 09:11")).summary.promise == at("mon 09:30")
    desk.look(at("mon 09:31"))
    assert desk.sent(to=TESS), "whoever promised is asked whether it still holds"
    desk.look(at("mon 09:45"))
    (promise,) = promises(board.show(key, now=at("mon 09:46")).history)
    assert (promise.by, promise.outcome) == (TESS, PromiseOutcome.LAPSED)
