"""`/sla call` in Slack: one line to the card, one click for what was done on the phone."""

from __future__ import annotations

import pytest

from tests.slack.workplace import Workplace

pytestmark = pytest.mark.sqlite_only


def test_a_call_is_answered_with_a_card_whose_buttons_record_what_was_done(desk: Workplace) -> None:
    desk.opens("Acme Dental P1 Server down")
    desk.tells("tess", "take INC-1001")
    desk.passes(minutes=10)
    card = desk.tells("dana", "call acme").text
    assert "☎️ *Acme Dental*, 10:10 there. Our manager is Mira." in card
    assert "‘Server down’ has been with us since 10:00. Tess has been on it since 10:00." in card
    dana = desk.as_user("dana")
    dana.clicks("They were told just now", containing="☎️").expects("On record: told on the phone about *INC-1001*.")
    dana.expects("We last spoke at 10:10, and you will hear from us by 10:40.")
    dana.clicks("Promise a call back…", containing="☎️").sees_modal("Promise a call back")
    dana.fills({"When do we call back?": "20m"}).submits().sees_no_modal()
    desk.slack.as_user("dana").expects("On record: you call back by").expects("you will hear from us by 10:30.")
    dana.clicks("Promise a call back…", containing="☎️").sees_modal("Promise a call back")
    dana.fills({"When do we call back?": "3h"}).submits().sees_no_modal()
    dana.expects("You would promise the customer news by").expects("before that")
    desk.tells("dana", "call acme")
    dana.clicks("New ticket", containing="☎️").sees_modal("Open an incident").closes()
    assert "Who is on the phone?" in desk.tells("dana", "call").text


def test_an_angry_customer_is_in_front_of_the_manager_after_one_click(desk: Workplace) -> None:
    desk.opens("Acme Dental P1 Server down")
    dana = desk.as_user("dana").says("/sla call acme")
    dana.clicks("They are angry: tell Mira", containing="☎️").expects("On record: they complained about *INC-1001*.")
    dana.expects("😠 They complained")
    mira = desk.slack.as_user("mira")
    mira.expects("😠 *Acme Dental is angry*: Server down").clicks("On the phone").expects("☎️ *Acme Dental*")
    assert "*Call them:* Acme Dental, angry about “Server down” (INC-1001)" in desk.tells("mira", "digest").text
    dana.clicks("Undo", containing="they complained").expects("*INC-1001*: the complaint is undone")
    mira.expects("took this back").does_not_see("is angry")
    assert "angry" not in desk.tells("mira", "digest").text


def test_a_card_about_one_incident_stays_about_it(desk: Workplace) -> None:
    desk.opens("Acme Dental P1 Server down")
    desk.opens("Acme Dental P4 Printer smears")
    dana = desk.as_user("dana").says("/sla call INC-1002").expects("‘Printer smears’ has been with us")
    dana.clicks("They are angry: tell Mira", containing="☎️").expects("they complained about *INC-1002*")
    dana.expects("‘Printer smears’ has been with us").does_not_see("‘Server down’ has been with us")
    desk.tells("dana", "call acme")
    dana.clicks("They were told just now", containing="‘Server down’").expects("told on the phone about *INC-1001*")
    dana.expects("‘Server down’ has been with us")


def test_a_complaint_marks_the_incident_s_card(desk: Workplace) -> None:
    desk.opens("Acme Dental P1 Server down")
    desk.as_user("dana").says("/sla call acme").clicks("They are angry: tell Mira", containing="☎️")
    assert "😠 The customer complained" in desk.tells("tom", "show INC-1001").text


def test_two_customers_that_fit_are_offered_and_one_is_chosen_by_a_click(desk: Workplace) -> None:
    asked = desk.tells("dana", "call c")  # every sample customer has a c in its name
    assert "Which customer?" in asked.text
    dana = desk.as_user("dana")
    dana.clicks("Call: Cedar Clinic").expects("☎️ *Cedar Clinic*").expects("Nothing is open for you right now.")
    assert "No agreement names a customer “Acne Dental”" in desk.tells("dana", "call Acne Dental").text


def test_a_call_names_a_ticket_too(desk: Workplace) -> None:
    key = desk.opens("Beta Logistics P3 Scanner offline")
    for words in (f"call {key}", "call 1001"):
        assert "‘Scanner offline’ has been with us since" in desk.tells("dana", words).text
    assert "There is no incident" in desk.tells("dana", "call INC-9999").text
