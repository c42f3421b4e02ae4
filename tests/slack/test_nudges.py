"""A nudge's whole life in the dispatcher channel."""

from __future__ import annotations

import pytest

from tests.driver.screen import SeenMessage
from tests.slack.workplace import Workplace
from tests.unit.bot.views.slack_reading import parsed


def nudge(desk: Workplace, words: str, *, within: float = 8) -> SeenMessage:
    """The newest message of the dispatcher channel with these words, once it is there."""
    return desk.dispatch().expects_message(words, within=within)


def test_a_nudge_is_posted_acknowledged_asked_about_and_comes_back_when_its_promise_lapses(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.tells("tom", f"take {key}")
    desk.passes(minutes=24)
    at_risk = nudge(desk, "First response at risk: 75 % used")
    assert "@dana" in at_risk.text, "the dispatcher of the day is called"
    desk.passes(minutes=8)
    breach = nudge(desk, "First response breached")
    assert "@mira" in breach.text
    nudge(desk, "newer news below")
    desk.dispatch().clicks("Acknowledge", containing="First response breached").expects("@dana has it")
    assert len(desk.nudges()) == 2, "acknowledging edits the nudge, it posts nothing"
    desk.dispatch().clicks("Change promise").sees_modal("Promise")
    desk.slack.as_user("dana").fills({"When is the next update?": "20m"}).submits().sees_no_modal()
    desk.dispatch().expects("15:52 UTC")
    desk.passes(minutes=21)
    asked = nudge(desk, "The promised update is due: still on it?")
    assert "@dana promised an update" in asked.text
    assert asked.ts > breach.ts
    desk.dispatch().clicks("Still on it, 30 min more", containing="still on it?").expects("@dana has it")
    desk.passes(minutes=31)
    nudge(desk, "The promised update is due: still on it?")
    desk.passes(minutes=11)
    lapsed = nudge(desk, "The promised update did not come")
    assert lapsed.ts > asked.ts
    assert "Acknowledge" in lapsed.buttons


def test_a_nudge_assigns_snoozes_and_records_that_the_customer_was_told(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.passes(minutes=24)
    first = nudge(desk, "First response at risk")
    desk.dispatch().chooses("Assign to", "tess", containing="at risk").expects("owner <@U0TESS>")
    desk.slack.as_user("tess").in_dm().expects(key)
    desk.dispatch().chooses("Snooze", "15 minutes", containing="at risk").expects("Snoozed by <@U0DANA>")
    desk.passes(minutes=8)
    desk.dispatch().clicks("Customer updated", containing=key).sees_modal("Customer update")
    dana = desk.slack.as_user("dana").fills({"What did you tell the customer?": "We are on it", "How?": "Phone"})
    dana.submits().sees_no_modal()
    nudge(desk, "updated the customer: ")
    nudge(desk, "We are on it")
    assert first.ts == desk.nudges()[0].ts


@pytest.mark.sqlite_only
def test_repeats_come_until_somebody_acknowledges_and_resolving_ends_every_nudge(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P1 Server is down")
    desk.tells("tom", f"take {key}")
    desk.passes(minutes=16)
    nudge(desk, "First response breached")
    desk.passes(minutes=15)
    nudge(desk, "Customer update breached")
    desk.passes(minutes=31)
    assert "Also: First response breached" in nudge(desk, "Resolution plan breached").text, "what is new comes first"
    desk.passes(minutes=31)
    nudge(desk, "still breached, reminder")
    desk.dispatch().clicks("Acknowledge").expects("@dana has it")
    desk.tells("tom", f"resolve {key} restarted")
    desk.dispatch().expects(f"{key}")
    desk.dispatch().expects("resolved by <@U0TOM>")
    posted = len(desk.nudges())
    desk.passes(hours=5)
    desk.tells("dana", "status all")
    assert len(desk.nudges()) == posted


@pytest.mark.sqlite_only
def test_a_promise_can_be_named_and_changed(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.tells("tom", f"escalate {key} I am stuck")
    assert "I am stuck" in nudge(desk, "Help wanted").text
    desk.dispatch().clicks("Acknowledge").expects("@dana has it")
    desk.dispatch().clicks("Change promise").sees_modal("Promise")
    dana = desk.slack.as_user("dana").fills({"When is the next update?": "1d"}).submits()
    dana.sees_field_error("When is the next update?", "could mean 24 hours or a working day")
    dana.fills({"When is the next update?": "11:30"}).submits().sees_no_modal()
    nudge(desk, "2026-02-02 16:30 UTC")


@pytest.mark.sqlite_only
def test_a_technician_may_not_acknowledge_and_only_they_are_told_so(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.tells("tess", f"escalate {key} help")
    nudge(desk, "Help wanted")
    desk.dispatch("tom").clicks("Acknowledge").expects("Only a dispatcher or somebody above may acknowledge a nudge")
    desk.dispatch("dana").does_not_see("Only a dispatcher")
    assert "has it" not in desk.nudges()[-1].text


@pytest.mark.sqlite_only
def test_the_second_dispatcher_is_told_who_has_it(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.tells("tess", f"escalate {key} help")
    nudge(desk, "Help wanted")
    desk.dispatch("dana").clicks("Acknowledge").expects("@dana has it")
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
    desk.slack.as_user("mira").expects("SLA note wanted")
    desk.tells("mira", "digest")
    shown = "\n".join(str([parsed(message.body["blocks"]), message.body["text"]]) for message in desk.nudges())
    assert "<!channel>" not in shown
    assert "\u202e" not in shown


@pytest.mark.sqlite_only
def test_a_title_of_4000_characters_is_refused_or_cut_but_never_breaks_a_message(desk: Workplace) -> None:
    answer = desk.tells("tom", f"open Acme Dental P1 {'long ' * 800}").text
    assert "Opened *INC-" in answer or "characters at most" in answer
