"""A verb without a key acts on the only incident that can be meant, forms are filled, and no word is swallowed."""

from __future__ import annotations

import pytest

from tests.slack.test_asked_first import fields
from tests.slack.workplace import Workplace

pytestmark = pytest.mark.sqlite_only


def test_a_verb_acts_on_the_only_incident_in_the_state_it_needs_and_says_so(desk: Workplace) -> None:
    paused, other = desk.opens("Beta Logistics P3 Printer smears"), desk.opens("Beta Logistics P3 Scanner is slow")
    for key in (paused, other):
        desk.tells("tom", f"take {key}")
    desk.tells("tom", f"pause {paused} parts until 1h")
    answer = desk.tells("tom", "resume").text
    assert f"*{paused}* runs again" in answer
    assert "You named no incident. It is the only one of yours that is paused." in answer
    desk.as_user("tom").clicks("Undo").expects("is undone")
    desk.tells("tom", f"respond {other}")
    assert f"*{paused}* has its first reply, in time" in desk.tells("tom", "respond looking at it").text
    assert "Which incident? These are yours" in desk.tells("tom", "update On our way").text


@pytest.mark.parametrize(
    ("words", "title", "filled"),
    [
        ("resolve new toner", "Resolve", {"text": "new toner"}),
        ("pause parts until tomorrow", "Pause", {"reason": "parts", "until": "tomorrow", "text": ""}),
        ("priority P2", "Priority", {"priority": "P2"}),
    ],
)
def test_a_far_reaching_verb_without_a_key_opens_its_form_filled_in(
    desk: Workplace, words: str, title: str, filled: dict[str, str]
) -> None:
    key = desk.opens("Beta Logistics P3 Printer smears")
    desk.tells("tom", f"take {key}")
    tom = desk.as_user("tom").says(f"/sla {words}").sees_modal(title)
    assert fields(tom) == filled
    tom.expects(key)


def test_a_merge_asks_for_what_was_left_out(desk: Workplace) -> None:
    first, second = desk.opens("Acme Dental P2 E-mail is down"), desk.opens("Acme Dental P2 E-mail is down again")
    other = desk.opens("Beta Logistics P3 Printer smears")
    dana = desk.as_user("dana").says(f"/sla merge {second}").sees_modal("Merge")
    dana.does_not_see(f"{other} · ")
    dana.fills({"Which one is it the same as?": f"{first} · Acme Dental: E-mail is down"}).submits().sees_no_modal()
    dana.expects(f"*{second}* is merged into *{first}*").clicks("Undo").expects("is undone")
    desk.as_user("dana").says("/sla merge").sees_modal("Merge").expects(f"{other} · Beta Logistics: Printer smears")


@pytest.mark.parametrize(
    ("words", "filled", "complaint"),
    [
        ("Acme printer jam", {"customer": "Acme Dental", "title": "printer jam"}, ""),
        ("Acme Dental P9 Down", {"customer": "Acme Dental", "title": "P9 Down"}, "“P9” is not a priority"),
        ("Acme Dental P2", {"customer": "Acme Dental", "priority": "P2"}, ""),
        (
            "Acme Dental impact high Slow",
            {"customer": "Acme Dental", "impact": "high", "title": "Slow"},
            "",
        ),
        ("Nobody P1 Something", {"title": "Nobody P1 Something"}, "No agreement names a customer “Nobody”"),
    ],
)
def test_an_opening_that_lacks_something_opens_the_form_with_what_was_typed(
    desk: Workplace, words: str, filled: dict[str, str], complaint: str
) -> None:
    tess = desk.as_user("tess").says(f"/sla open {words}").sees_modal("Open an incident")
    assert {name: value for name, value in fields(tess).items() if value} == filled
    if complaint:
        tess.expects(complaint)


@pytest.mark.parametrize(
    ("line", "then"),
    [
        ("take {key} please", "is yours"),
        ("resume {key} vendor answered", "is not paused"),
        ("show {key} now", "no owner yet"),
    ],
)
def test_no_word_is_swallowed(desk: Workplace, line: str, then: str) -> None:
    key = desk.opens("Beta Logistics P3 Printer smears")
    extra = line.partition("} ")[2]
    tom = desk.as_user("tom").says(f"/sla {line.format(key=key)}")
    tom.expects(f"I do not know what “{extra}” means there, so nothing was done")
    tom.clicks(f"/sla {line.format(key=key).removesuffix(extra).strip()}").expects(then)


def test_a_key_is_said_as_it_is_written_however_it_was_typed(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P1 Server is down")
    desk.passes(hours=1)
    desk.tells("tom", f"respond {key}")
    waived = desk.tells("mira", f"waive {key.lower().replace('-', '–')} first response because the phones were down")
    assert f"*{key}*: the missed first reply is waived" in waived.text


def test_a_dispatcher_names_no_incident_where_only_one_can_be_meant(desk: Workplace) -> None:
    key = desk.opens("Beta Logistics P4 Printer smears")
    given = desk.tells("dana", "assign @tess").text
    assert f"*{key}* is assigned to @tess" in given
    assert "You named no incident. It is the only one that nobody has." in given
    desk.as_user("dana").clicks("Undo").expects("the assignment is undone")
    assert f"*{key}* is yours" in desk.tells("tom", "take").text
    desk.tells("tom", f"escalate {key} it smokes")
    on_it = desk.tells("dana", "ack 30m").text
    assert f"You are on *{key}*" in on_it
    assert "It is the only one that calls you and that nobody is on." in on_it
    assert f"*{key}* is silent until 10:20" in desk.tells("dana", "snooze 20m").text
    desk.tells("tom", f"resolve {key}")
    assert f"*{key}* is open again" in desk.tells("tom", "reopen still smears").text
