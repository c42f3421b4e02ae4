"""What nobody's agreement names, placed by clicks in the dispatcher channel."""

from __future__ import annotations

import itertools

import pytest

from tests.slack.workplace import Workplace

pytestmark = pytest.mark.sqlite_only
NUMBERS = itertools.count(1)


def tells_intake(desk: Workplace, ticket: str, customer: str, title: str = "Server down") -> None:
    """Another system opens a ticket of somebody's."""
    now = desk.time.now()
    payload = {
        "event": "opened",
        "id": f"triage-{next(NUMBERS)}",
        "external_id": ticket,
        "at": now.isoformat(),
        "customer": customer,
        "title": title,
        "priority": "P1",
    }
    desk.bot._intake.receive("webhook", payload["id"], payload, now=now)


def test_a_ticket_of_nobody_is_placed_for_good_with_two_clicks(desk: Workplace) -> None:
    tells_intake(desk, "T-1", "Globex")
    tells_intake(desk, "T-2", "GLOBEX", "Mail down")
    dana = desk.dispatch()
    dana.expects("2 tickets wait for somebody to say whose.").expects("is nobody we have an agreement with")
    dana.chooses("Always treat “Globex” as this", "Always treat “Globex” as this", containing="tickets wait")
    dana.chooses("Whose is it?", "Acme Dental", containing="tickets wait")
    dana.expects("for Acme Dental: ").expects("its clocks count from").expects("counts as Acme Dental from now on")
    assert "“Globex” counts as Acme Dental" in desk.tells("dana", "triage").text
    tells_intake(desk, "T-3", "globex", "Phones are mute")
    assert "Phones are mute" in desk.tells("dana", "status Acme Dental").text


def test_one_click_puts_it_aside_and_undo_puts_it_back(desk: Workplace) -> None:
    tells_intake(desk, "T-1", "Globex")
    dana = desk.dispatch()
    dana.clicks("Aside", containing="One ticket waits").expects("(number 1) is put aside; nothing was opened.")
    assert "Nothing waits for triage." in desk.tells("dana", "triage").text
    dana.clicks("Undo", containing="is put aside").expects("is undone")
    listed = desk.tells("tom", "triage")
    assert "*1* · *“Globex”* is nobody we have an agreement with" in listed.text
    assert listed.buttons == [], "everyone may look, dispatchers act"


def test_a_new_customer_is_told_what_it_needs_and_calls_nobody_again(desk: Workplace) -> None:
    tells_intake(desk, "T-1", "Globex")
    desk.dispatch().clicks("It is new", containing="One ticket waits").expects("needs an agreement before a clock")
    assert "*New customers, waiting for an agreement:* *1* · “Globex”" in desk.tells("dana", "triage").text
    tells_intake(desk, "T-2", "Acme Dentl")
    desk.dispatch().clicks("Acme Dental", containing="One ticket waits").expects("its clocks count from")


def test_words_decide_as_buttons_do(desk: Workplace) -> None:
    for number in range(1, 5):
        tells_intake(desk, f"T-{number}", "Globex")
    assert "its clocks count from" in desk.tells("dana", "triage 1 beta").text
    assert "needs an agreement" in desk.tells("dana", "triage 2 new").text
    assert "is put aside" in desk.tells("dana", "triage 3 aside").text
    assert "No agreement names a customer “Nobody”" in desk.tells("dana", "triage 4 Nobody").text
    assert "dispatcher" in desk.tells("tom", "triage 4 Acme").text


def test_the_private_list_follows_its_own_buttons(desk: Workplace) -> None:
    tells_intake(desk, "T-1", "Globex")
    tells_intake(desk, "T-2", "Initech", "Mail down")
    dana = desk.as_user("dana").says("/sla triage").clicks("Aside", containing="“Globex”")
    dana.expects("(number 1) is put aside").expects("“Mail down”").does_not_see(
        "is nobody we have an agreement with: “Server"
    )
    dana.clicks("It is new", containing="“Mail down”").expects("needs an agreement before a clock can run")
    dana.expects("Nothing waits for triage.").does_not_see("is put aside")
    dana.clicks("Undo", containing="needs an agreement").expects("is undone").does_not_see("needs an agreement")
