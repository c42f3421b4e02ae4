"""Answers come where somebody was, and a private card or list never shows what is no longer so."""

from __future__ import annotations

import pytest

from tests.driver.person import Person
from tests.slack.workplace import Workplace

pytestmark = pytest.mark.sqlite_only


def private(person: Person) -> list[str]:
    """What only this person sees in their channel, oldest first."""
    return [message.text for message in person.visible_messages() if message.ephemeral]


def test_a_card_follows_its_own_buttons(desk: Workplace) -> None:
    key = desk.opens(by="dana")
    tom = desk.as_user("tom").says(f"/sla show {key}")
    tom.clicks("Take").expects(f"*{key}* is yours; first reply due 16:30")
    (card,) = private(tom)
    assert "owner @tom" in card
    assert "no owner yet" not in card
    tom.clicks("Reply sent").expects("has its first reply, in time")
    tom.clicks("Pause…").sees_modal("Pause").fills({"Why?": "vendor", "Until when?": "17:00"}).submits().sees_no_modal()
    tom.expects(f"*{key}* waits for the vendor until 17:00")
    (card,) = private(tom)
    assert "is yours" not in card, "the newest answer stands above the card"
    desk.passes(minutes=5)
    tom.clicks("Refresh").expects("took it")
    assert len(private(tom)) == 1


def test_undoing_from_a_card_refreshes_the_card_as_well(desk: Workplace) -> None:
    key = desk.opens(by="dana")
    tom = desk.as_user("tom").says(f"/sla show {key}")
    tom.clicks("Take").expects("is yours").clicks("Undo").expects("is undone")
    (card,) = private(tom)
    assert "no owner yet" in card
    assert "is yours" not in card


def test_undoing_an_answer_takes_its_place(desk: Workplace) -> None:
    key = desk.opens(by="dana")
    tom = desk.as_user("tom").says(f"/sla take {key}")
    tom.expects("is yours").clicks("Undo").expects("is undone")
    assert len(private(tom)) == 1


def test_a_list_follows_its_own_buttons_and_stays_the_list_that_was_asked_for(desk: Workplace) -> None:
    first, second = desk.opens("Acme Dental P2 E-mail is down"), desk.opens("Beta Logistics P3 Printer smears")
    dana = desk.as_user("dana").says("/sla status P2 Acme Dental")
    dana.clicks("Take").expects(f"*{first}* is yours")
    (shown,) = private(dana)
    assert "Open incidents · Acme Dental, P2" in shown
    assert "@dana has it" in shown
    assert second not in shown


def test_a_forms_answer_comes_where_the_command_was_typed(desk: Workplace) -> None:
    key = desk.opens(by="dana")
    tom = desk.as_user("tom").says(f"/sla pause {key}").sees_modal("Pause")
    tom.fills({"Why?": "parts", "Until when?": "2h"}).submits().sees_no_modal()
    tom.expects(f"*{key}* waits for parts until")
    assert "waits for parts" not in desk.slack.as_user("tom").in_dm().sees()


def test_a_refusal_leaves_the_card_as_it_is(desk: Workplace) -> None:
    key = desk.opens(by="dana")
    tom = desk.as_user("tom").says(f"/sla show {key}")
    tom.expects("no owner yet")
    desk.tells("tess", f"take {key}")
    desk.tells("tess", f"resolve {key}")
    tom.clicks("Take").expects("was resolved")
    card, refusal = private(tom)
    assert "no owner yet" in card
    assert "resolved" in refusal
