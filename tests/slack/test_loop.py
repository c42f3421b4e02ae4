"""After a miss: the note, its review, the SOP decision, and the weekly digest."""

from __future__ import annotations

from typing import Any

import pytest

from tests.driver.person import Person
from tests.driver.screen import WITHIN_SECONDS, poll
from tests.polling import until
from tests.slack.workplace import Workplace

pytestmark = pytest.mark.both_databases

GOOD = {
    "Why was it missed?": "Late triage",
    "What happened?": "The mail queue filled up over night and nobody watched the alert until the office opened.",
    "What did it mean for the customer?": "12 users without e-mail for 2 hours",
    "What about the next one?": "One-off, nothing to change",
}


def missed(desk: Workplace) -> str:
    """An incident whose first response was missed, and whose note tom has been asked for."""
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.tells("tom", f"take {key}")
    desk.passes(minutes=32)
    desk.dispatch().expects("First reply was due")
    desk.tells("tom", f"resolve {key} queue cleared")
    desk.passes(minutes=43)  # to a quarter past five in Berlin, where tom's day ends at six
    desk.slack.as_user("tom").in_dm().expects("SLA notes wanted from you")
    return key


def inputs(person: Person) -> dict[str, Any]:
    """The fields of the open form, as the app drew them last."""
    view = person.modal() or {"blocks": []}
    return {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}


def written_returned_and_written_again(desk: Workplace, key: str) -> None:
    """Tom writes his note by the day's message, mira returns it by her prompt, and tom completes it a day later."""
    tom = desk.slack.as_user("tom")
    tom.in_dm().clicks("Write note…", containing=key).sees_modal("SLA note")
    tom.fills(GOOD | {"What happened?": "Short."}).submits()
    tom.sees_field_error("What happened?", "four words")
    tom.fills(GOOD).submits().sees_no_modal()
    tom.in_dm().expects("waits for review")
    mira = desk.slack.as_user("mira")
    mira.in_dm().does_not_see("Waiting for you")
    desk.passes(days=2)  # what has waited a business day is in the manager's message of the next morning
    mira.in_dm().expects("*Waiting for you:* 1 note").clicks("Show", containing="Waiting for you")
    mira.in_dm().expects("waits for review since").clicks("Return…", containing=key).sees_modal("Return SLA note")
    mira.fills({"What is missing?": "Who was on call?"}).submits().sees_no_modal()
    mira.in_dm().expects("is back with its author")
    desk.passes(days=1)
    tom.in_dm().expects("Who was on call?")
    tom.in_dm().clicks("Write note…", containing="Returned because").sees_modal("SLA note")
    tom.fills({"What happened?": GOOD["What happened?"] + " Tess was on call."}).submits().sees_no_modal()


def test_a_note_is_asked_for_written_returned_accepted_decided_and_done(desk: Workplace) -> None:
    key = missed(desk)
    written_returned_and_written_again(desk, key)
    mira = desk.slack.as_user("mira")
    mira.in_dm().says("/sla review").clicks("Read it", containing="Tess was on call.").expects("SLA note to review")
    mira.in_dm().clicks("Accept", containing="Tess was on call.").expects("its SLA note is accepted")
    mira.in_dm().expects("waits for SOP decision")
    mira.in_dm().clicks("Decide on SOP…", containing="waits for SOP decision").sees_modal("SOP decision")
    mira.fills({"Decision": "Create an SOP"}).submits()
    mira.sees_field_error("Title of the SOP", "title")
    decision = {"Title of the SOP": "Watch the mail queue", "Who writes it?": "tess", "Done by": "2026-02-20"}
    mira.fills(decision).submits().sees_no_modal()
    mira.in_dm().expects(f"*{key}*: decided; *SOP-1* is for").expects("Nothing waits for you")
    assert "was accepted by @mira and stays as it is" in desk.tells("tom", f"note {key}").text
    assert "Watch the mail queue" in desk.tells("mira", "sop").text
    tess = desk.slack.as_user("tess").in_dm()
    desk.passes(days=20)
    tess.expects("an SOP is overdue")
    tess.clicks("Done", containing="overdue").expects("done. Thank you.")
    shown = desk.tells("mira", "sop show watch the mail").text
    assert "Review by" in shown
    assert "said that it is done" in shown


def asked_of_tom(desk: Workplace) -> list[str]:
    """The messages by which tom is asked for notes, by when they were posted."""
    seen = desk.slack.as_user("tom").in_dm().visible_messages()
    return [message.ts for message in seen if "SLA notes wanted from you" in message.text]


@pytest.mark.sqlite_only
def test_a_missing_note_is_asked_for_again_and_only_a_manager_accepts_one(desk: Workplace) -> None:
    key = missed(desk)
    (first,) = asked_of_tom(desk)
    desk.passes(days=1)
    until(lambda: asked_of_tom(desk) not in ([first], []), what="the next day's message is there")
    until(lambda: len(asked_of_tom(desk)) == 1, what="it took the place of the first")
    tom = desk.as_user("tom").says(f"/sla note {key}").sees_modal("SLA note")
    tom.fills(GOOD).submits().sees_no_modal()
    desk.as_user("mira").says("/sla review").expects(key)
    desk.as_user("mira").clicks("Accept")
    desk.as_user("mira").expects("its SLA note is accepted").expects("waits for SOP decision")
    assert "was accepted by @mira and stays as it is" in desk.tells("tom", f"note {key}").text


def test_the_digest_shows_the_week_now_and_is_posted_when_its_hour_comes(desk: Workplace) -> None:
    key = missed(desk)
    now = desk.tells("mira", "digest").text
    assert "Acme Dental" in now
    desk.tells("tom", f"resolve {key}")
    desk.passes(days=6, hours=22)
    desk.slack.as_user("mira").in_channel("service-managers").expects("2 – 8 Feb: ")
    assert len(desk.slack.messages("service-managers")) == 1


@pytest.mark.sqlite_only
def test_who_will_do_something_is_asked_what_and_by_when_and_says_when_it_is_done(desk: Workplace) -> None:
    key = missed(desk)
    tom = desk.as_user("tom").says(f"/sla note {key}").sees_modal("SLA note").does_not_see("What will you do?")
    tom.fills(GOOD | {"What about the next one?": "I will do something"}).expects("What will you do?")
    tom.submits().sees_field_error("What will you do?", "complete").sees_field_error("By when?", "complete")
    tom.fills({"What will you do?": "Page whoever is on call", "By when?": "2026-02-01"}).submits()
    tom.sees_field_error("By when?", "This day is over")
    tom.fills({"What about the next one?": "A procedure is missing or wrong"})
    typed = poll(lambda: None if "action" in (fields := inputs(tom)) else fields, within=WITHIN_SECONDS)
    assert typed is not None
    assert typed["what_happened"]["initial_value"] == GOOD["What happened?"]
    tom.fills({"What about the next one?": "I will do something"}).expects("What will you do?")
    tom.fills({"What will you do?": "Page whoever is on call", "By when?": "2026-02-06"}).submits().sees_no_modal()
    tom.expects("*ACT-1* is yours until you say it is done: Page whoever is on call")
    desk.slack.as_user("tom").opens_home().expects("You said you will do: 1")
    assert "Did you mean ACT-1?" in desk.tells("tom", "action done act-12").text
    tom.says("/sla action").clicks("Done", containing="Action items: 1")
    tom.expects("*ACT-1* is done: Page whoever is on call. Thank you.").does_not_see("Action items: 1")


@pytest.mark.sqlite_only
def test_a_choice_that_asks_for_nothing_more_leaves_the_form_and_its_errors(desk: Workplace) -> None:
    key = missed(desk)
    tom = desk.as_user("tom").says(f"/sla note {key}").sees_modal("SLA note")
    tom.fills(GOOD | {"What happened?": "Too short"}).submits()
    tom.sees_field_error("What happened?", "four words")
    assert desk.sandbox.calls("views.update") == []


@pytest.mark.sqlite_only
def test_the_private_review_queue_follows_its_own_buttons_and_forms(desk: Workplace) -> None:
    key = missed(desk)
    tom = desk.as_user("tom").says(f"/sla note {key}").sees_modal("SLA note")
    tom.fills(GOOD).submits().sees_no_modal().expects(f"*{key}* has your SLA note, which waits for review.")
    mira = desk.as_user("mira").says("/sla review").clicks("Return…", containing="waiting for you")
    mira.sees_modal("Return SLA note").fills({"What is missing?": "Who was on call?"}).submits().sees_no_modal()
    mira.expects("is back with its author").expects("Nothing waits for you").does_not_see("waiting for you")
    tom.says(f"/sla note {key}").sees_modal("SLA note").fills(GOOD).submits().sees_no_modal()
    mira.says("/sla review").clicks("Accept", containing="waiting for you")
    mira.expects("its SLA note is accepted").expects("waits for SOP decision").does_not_see("waits for review since")
    mira.clicks("Decide on SOP…", containing="is accepted").sees_modal("SOP decision")
    mira.fills({"Decision": "No SOP", "Why?": "It happens once in ten years."}).submits().sees_no_modal()
    mira.expects("decided, no SOP is needed").does_not_see("waits for SOP decision")


@pytest.mark.sqlite_only
def test_the_notes_that_wait_are_listed_with_what_can_be_done_about_each(desk: Workplace) -> None:
    key = missed(desk)
    tom = desk.as_user("tom")
    tom.says("/sla notes").expects("Your SLA notes that wait: 1").clicks("Write SLA note…", containing="that wait")
    tom.sees_modal("SLA note").fills(GOOD).submits().sees_no_modal()
    assert "Your SLA notes that wait at Acme Dental: 1" in desk.tells("tom", "notes acme").text
    assert "SLA notes to be written: none" in desk.tells("mira", "notes unexplained").text
    assert "unexplaned" in desk.tells("mira", "notes unexplaned").text
    mira = desk.as_user("mira").says("/sla notes").clicks("Accept", containing="SLA notes that wait: 1")
    mira.expects(f"*{key}*: its SLA note is accepted")
    assert "SLA notes that wait: none" in desk.tells("mira", "notes").text
