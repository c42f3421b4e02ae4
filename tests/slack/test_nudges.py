"""A nudge's whole life in the dispatcher channel."""

from __future__ import annotations

import re

import pytest

from tests.driver.screen import SeenMessage, Wanted
from tests.polling import until
from tests.slack.workplace import Workplace
from tests.unit.bot.views.slack_reading import parsed


def nudge(desk: Workplace, words: Wanted, *, within: float = 8) -> SeenMessage:
    """The newest message of the dispatcher channel with these words, once it is there."""
    return desk.dispatch().expects_message(words, within=within)


def test_a_nudge_is_posted_acknowledged_asked_about_and_comes_back_when_its_promise_lapses(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.tells("tom", f"take {key}")
    desk.passes(minutes=24)
    at_risk = nudge(desk, "First reply due")
    assert "@dana" in at_risk.text, "the dispatcher of the day is called"
    assert "Tom has it" in at_risk.text
    desk.passes(minutes=8)
    breach = nudge(desk, "First reply was due")
    assert "@mira" in breach.text
    until(lambda: [shown.ts for shown in desk.nudges()] == [breach.ts], what="the warning before it was taken away")
    dana = desk.dispatch().clicks("I’m on it", containing="First reply was due")
    dana.expects("Dana is on it; the customer hears from us by")
    dana.expects(f"You are on *{key}*; the customer hears from us by")
    assert len(desk.nudges()) == 1, "acknowledging edits the nudge, it posts nothing"
    desk.dispatch().clicks("Change promise…").sees_modal("Promise")
    desk.slack.as_user("dana").fills({"When does the customer hear from us next?": "20m"}).submits().sees_no_modal()
    desk.dispatch().expects("15:52 UTC")
    desk.passes(minutes=21)
    asked = nudge(desk, "Dana promised the customer news")
    assert asked.ts > breach.ts
    desk.dispatch().clicks("Still on it, 30 min more", containing="Still on it?").expects("Dana is on it")
    desk.passes(minutes=31)
    nudge(desk, "Dana promised the customer news")
    desk.passes(minutes=11)
    lapsed = nudge(desk, "The customer was promised news, and none is recorded")
    assert lapsed.ts > asked.ts
    assert "I’m on it" in lapsed.buttons


def test_a_nudge_assigns_snoozes_and_records_that_the_customer_was_told(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.passes(minutes=24)
    first = nudge(desk, "First reply due")
    assert "nobody has it" in first.text
    dana = desk.dispatch().clicks("Assign…", containing="First reply due").sees_modal("Assign")
    desk.slack.as_user("dana").fills({"Who should have it?": "Tess · nothing open"}).submits().sees_no_modal()
    dana.expects("Tess has it")
    desk.slack.as_user("tess").in_dm().expects(key)
    desk.dispatch().clicks("Snooze…", containing="First reply due").sees_modal("Snooze")
    desk.slack.as_user("dana").fills({"For how long?": "15 minutes"}).submits().sees_no_modal()
    dana.expects("first reply is due 10:30, before that").clicks("Silence until 10:39 anyway")
    dana.expects("Dana wants no reminder")
    desk.passes(minutes=8)
    desk.dispatch().clicks("Customer told…", containing=key).sees_modal("Customer update")
    dana = desk.slack.as_user("dana").fills({"What did you tell the customer?": "We are on it", "How?": "Phone"})
    dana.submits().sees_no_modal()
    nudge(desk, "updated the customer: ")
    nudge(desk, "We are on it")
    assert first.ts not in {shown.ts for shown in desk.nudges()}, "the miss was posted in its place"


def test_a_reply_takes_one_click_and_the_nudge_goes_on_with_the_clock_that_is_due_next(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.passes(minutes=24)
    nudge(desk, "First reply due")
    desk.dispatch("tom").clicks("Reply sent", containing=key).expects("has its first reply, in time")
    shown = nudge(desk, re.compile("Plan due .*answered the customer", re.DOTALL))
    assert "First reply" not in shown.text
    assert shown.buttons == ["Fix planned…", "Take", "Assign…"]


@pytest.mark.sqlite_only
def test_repeats_come_until_somebody_acknowledges_and_resolving_ends_every_nudge(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P1 Server is down")
    desk.tells("tom", f"take {key}")
    desk.passes(minutes=16)
    nudge(desk, "First reply was due")
    desk.passes(minutes=15)
    nudge(desk, "Customer was to hear from us by")
    desk.passes(minutes=31)
    late = nudge(desk, "Plan was due").text
    assert late.index("Plan was due") < late.index("Also: first reply was due"), "what is new comes first"
    desk.passes(minutes=31)
    nudge(desk, "; they stop with “I’m on it”")
    desk.dispatch().clicks("I’m on it").expects("Dana is on it")
    desk.tells("tom", f"resolve {key} restarted")
    desk.dispatch().expects(f"{key}")
    desk.dispatch().expects("resolved by Tom")
    posted = len(desk.nudges())
    desk.passes(hours=5)
    desk.tells("dana", "status all")
    assert len(desk.nudges()) == posted


@pytest.mark.sqlite_only
def test_a_promise_can_be_named_and_changed(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.tells("tom", f"escalate {key} I am stuck")
    nudge(desk, "Tom asks for help: “I am stuck”")
    desk.dispatch().clicks("I’m on it").expects("Dana is on it")
    desk.dispatch().clicks("Change promise…").sees_modal("Promise")
    dana = desk.slack.as_user("dana").fills({"When does the customer hear from us next?": "1d"}).submits()
    dana.sees_field_error("When does the customer hear from us next?", "could mean 24 hours or a working day")
    dana.fills({"When does the customer hear from us next?": "11:30"}).submits().sees_no_modal()
    desk.dispatch().clicks("Promise 11:30 anyway")
    nudge(desk, "2026-02-02 16:30 UTC")


@pytest.mark.sqlite_only
def test_a_technician_may_not_acknowledge_and_only_they_are_told_so(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.tells("tess", f"escalate {key} help")
    nudge(desk, "asks for help")
    desk.dispatch("tom").clicks("I’m on it").expects("Only a dispatcher or somebody above may acknowledge a nudge")
    desk.dispatch("dana").does_not_see("Only a dispatcher")
    assert "is on it" not in desk.nudges()[-1].text


@pytest.mark.sqlite_only
def test_the_second_dispatcher_is_told_who_has_it(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.tells("tess", f"escalate {key} help")
    nudge(desk, "asks for help")
    desk.dispatch("dana").clicks("I’m on it").expects("Dana is on it")
    assert "has had" in desk.tells("dev", f"ack {key}").text


@pytest.mark.sqlite_only
def test_a_hostile_title_is_shown_harmless_and_cut_wherever_it_is_shown(desk: Workplace) -> None:
    for title in ("<!channel> & <@U0MIRA> *bold*", "x" * 3500, "\U0001f525" * 700, "\u202eשרת מת لا يعمل"):
        desk.opens(f"Acme Dental P1 {title}")
    for key in ("INC-1001", "INC-1002", "INC-1003", "INC-1004"):
        desk.tells("tom", f"show {key}")
        desk.tells("tom", f"why {key}")
        desk.as_user("tom").says(f"/sla update {key}").sees_modal("Customer update").closes()
    desk.tells("dana", "status all")
    desk.dispatch().expects("&lt;!channel&gt;")
    desk.passes(minutes=20)
    desk.tells("mira", "digest")
    shown = "\n".join(str([parsed(message.body["blocks"]), message.body["text"]]) for message in desk.nudges())
    assert "<!channel>" not in shown
    assert "\u202e" not in shown


@pytest.mark.sqlite_only
def test_a_title_of_4000_characters_is_refused_or_cut_but_never_breaks_a_message(desk: Workplace) -> None:
    answer = desk.tells("tom", f"open Acme Dental P1 {'long ' * 800}").text
    assert "Opened *INC-" in answer or "characters at most" in answer
