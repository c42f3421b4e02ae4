"""A ticket system's own words, asked about and answered in Slack."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.polling import until
from tests.slack.workplace import Workplace

pytestmark = pytest.mark.sqlite_only


def told(desk: Workplace, event: str, name: str, **more: Any) -> None:
    """What a ticket system tells the intake now, and the worker's turn after it."""
    payload: dict[str, Any] = {"event": event, "id": name, "external_id": "T-1", "at": desk.time.now().isoformat()}
    desk.bot.reception.intake.receive("webhook", name, payload | more, now=desk.time.now())
    desk.bot.wake()


def opened(desk: Workplace, **more: Any) -> None:
    told(desk, "opened", "d0", **({"customer": "Acme Dental", "title": "Mail is down", "priority": "P2"} | more))


def worked_on_again(desk: Workplace) -> None:
    desk.bot.reception.intake.catch_up(now=desk.time.now(), older_than=-timedelta(seconds=1))


def test_a_dispatcher_says_what_a_status_means_and_it_counts_from_when_it_was_said(desk: Workplace) -> None:
    opened(desk)
    desk.passes(minutes=5)
    told(desk, "status_changed", "d1", status="Awaiting approval")
    desk.dispatch().expects("“Awaiting approval” (once). What does it mean?")
    desk.passes(minutes=20)
    desk.dispatch("dana").clicks("Waiting for the customer", containing="Awaiting approval")
    desk.dispatch().expects("“Awaiting approval” means *waiting for the customer* (said by")
    assert "What does it mean?" not in desk.dispatch().sees()
    worked_on_again(desk)
    assert "Paused: waiting for the customer" in desk.tells("tom", "show INC-1001").text
    assert desk.tells("dana", "words").text == "Every word of your ticket systems has a meaning."


def test_a_technician_cannot_say_what_a_word_means(desk: Workplace) -> None:
    opened(desk)
    told(desk, "status_changed", "d1", status="Parked")
    tom = desk.dispatch("tom")
    tom.expects("says “Parked”")
    tom.clicks("Done", containing="Parked")
    tom.expects("Only a dispatcher or somebody above may say what a ticket system’s word means")
    assert "Only a dispatcher" in desk.tells("tom", "words").text
    assert "says “Parked” (once)" in desk.tells("dana", "words").text


def test_a_word_is_answered_by_typing_too(desk: Workplace) -> None:
    opened(desk)
    told(desk, "status_changed", "d1", status="Parked")
    for words, sentence in (
        ("words 1 custmer", "“custmer” is not a meaning; choose one of working, customer"),
        ("words 9 done", "No word is listed under the number 9"),
        ("words x done", "the number of a line in `/sla words`"),
        ("words 1", "what it means"),
        ("words 1 parts", "“Parked” means *waiting for parts* from now on"),
        ("words 1 done", "“Parked” means parts: <@U0DANA> said so"),
    ):
        assert sentence in desk.tells("dana", words).text


def test_an_assignee_is_one_of_us_once_somebody_says_who(desk: Workplace) -> None:
    opened(desk)
    told(desk, "assigned", "d1", to="Tom B.")
    desk.dispatch().expects("gives tickets to “Tom B.” (once). Who is that?")
    desk.dispatch("dana").chooses("One of us", "U0TOM", containing="Tom B.")
    desk.dispatch().expects("“Tom B.” means")
    worked_on_again(desk)
    until(lambda: "owner <@U0TOM>" in desk.tells("tom", "show INC-1001").text, what="Tom has it")


def test_the_card_says_that_a_priority_is_a_guess_until_somebody_knows(desk: Workplace) -> None:
    opened(desk, priority="Sev A")
    desk.dispatch().expects("calls a priority “Sev A” (once). Which one is it?")
    assert "Opened as “Sev A”: P3 until somebody says what that means" in desk.tells("tom", "show INC-1001").text
    desk.tells("dana", "words 1 p1")
    worked_on_again(desk)
    assert "P1 · Acme Dental" in desk.tells("tom", "show INC-1001").text


def test_the_worker_edits_the_count_into_the_question(desk: Workplace) -> None:
    opened(desk)
    for number in (1, 2, 3):
        told(desk, "status_changed", f"d{number}", status="Parked")
    desk.dispatch().expects("says “Parked” (once)")
    desk.bot.worker._duties["words without a meaning"].run()
    desk.dispatch().expects("says “Parked” (3 times)")
    assert [message.text.count("Parked") > 0 for message in desk.nudges()].count(True) == 1
