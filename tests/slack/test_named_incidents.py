"""An incident is named as people name it, a word that was left out is asked for, and a typo is one click away."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from bot.shortcut_ids import ShortcutId
from tests.slack.workplace import Workplace

pytestmark = pytest.mark.sqlite_only
NUMBERS = itertools.count(1)


def tells_intake(desk: Workplace, ticket: str, title: str) -> None:
    """Another system opens a ticket of Acme's."""
    now = desk.time.now()
    payload: dict[str, Any] = {
        "event": "opened",
        "id": f"names-{next(NUMBERS)}",
        "external_id": ticket,
        "at": now.isoformat(),
        "customer": "Acme Dental",
        "title": title,
        "priority": "P2",
    }
    desk.bot._intake.receive("webhook", payload["id"], payload, now=now)


def test_a_ticket_is_named_by_its_own_number_and_the_card_shows_both(desk: Workplace) -> None:
    tells_intake(desk, "T-20931", "Nobody can print")
    for words in ("show #t-20931", "T-20931", "1001", "inc1001", "status T-20931"):
        assert "*INC-1001*, T-20931" in desk.tells("tom", words).text, words
    assert "*INC-1001* is yours" in desk.tells("tom", "take T-20931").text
    assert "There is no incident “T-20932”" in desk.tells("tom", "take T-20932").text


def test_one_number_in_two_systems_is_asked_about_and_the_button_does_the_whole_line(desk: Workplace) -> None:
    tells_intake(desk, "T-1", "Nobody can print")
    tells_intake(desk, "1001", "Scanner is offline")
    asked = desk.tells("tom", "update 1001 On our way")
    assert "More than one incident is called 1001. Which one?" in asked.text
    tom = desk.as_user("tom")
    tom.clicks("Update INC-1002")
    tom.expects("*INC-1002*: customer told")


def test_a_verb_without_an_incident_offers_mine_with_the_words_that_were_typed(desk: Workplace) -> None:
    slow = desk.opens("Beta Logistics P3 Printer smears")
    fast = desk.opens("Acme Dental P1 Server is down")
    for key in (slow, fast):
        desk.tells("tom", f"take {key}")
    asked = desk.tells("tom", "update On our way").text
    assert asked.startswith("Which incident? These are yours, least time left first.")
    assert asked.index(fast) < asked.index(slow)
    tom = desk.as_user("tom")
    tom.clicks(f"Update {slow}")
    tom.expects(f"*{slow}*: customer told")
    assert (
        "Name an incident" in desk.tells("tess", "resume").text or "incident key" in desk.tells("tess", "resume").text
    )


def test_whoever_takes_without_a_name_is_offered_what_nobody_has(desk: Workplace) -> None:
    taken, free = desk.opens("Acme Dental P2 E-mail is down"), desk.opens("Acme Dental P2 Printer is down")
    other = desk.opens("Acme Dental P4 Lamp is dim")
    desk.tells("tom", f"take {taken}")
    asked = desk.tells("tess", "take").text
    assert free in asked
    assert other in asked
    assert taken not in asked
    tess = desk.as_user("tess")
    tess.clicks(f"Take {free}")
    tess.expects(f"*{free}* is yours")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("unpause", "resume"), ("resum", "resume"), ("hold", "pause"), ("done", "resolve"), ("close", "resolve")],
)
def test_a_typo_is_one_click_from_what_was_meant_and_never_its_opposite(
    desk: Workplace, typed: str, meant: str
) -> None:
    key = desk.opens()
    desk.tells("tom", f"take {key}")
    asked = desk.tells("tom", f"{typed} {key}")
    assert f"did you mean {meant}?" in asked.text


def test_the_button_of_a_typo_runs_the_line(desk: Workplace) -> None:
    key = desk.opens()
    desk.tells("tom", f"tkae {key}")
    tom = desk.as_user("tom")
    tom.clicks(f"/sla take {key}")
    tom.expects(f"*{key}* is yours")


def test_a_remark_that_only_begins_like_a_ticket_is_asked_about_and_kept_as_it_was_typed(desk: Workplace) -> None:
    key, other = desk.opens(), desk.opens()
    for mine in (key, other):
        desk.tells("tom", f"take {mine}")
    assert "Which incident?" in desk.tells("tom", "update Office365 restarts <now> & soon").text
    tom = desk.as_user("tom")
    tom.clicks(f"Update {key}")
    tom.expects("customer told")
    assert "Office365 restarts &lt;now&gt; &amp; soon" in desk.tells("tom", f"show {key}").text


def test_what_nobody_has_is_offered_however_much_else_is_more_urgent(desk: Workplace) -> None:
    for number in range(21):
        desk.tells("tom", f"take {desk.opens(f'Acme Dental P1 Server {number} is down')}")
    free = desk.opens("Beta Logistics P4 Printer smears")
    assert free in desk.tells("tess", "take").text


def test_the_button_for_the_other_incident_of_a_merge_names_both(desk: Workplace) -> None:
    tells_intake(desk, "T-1", "Nobody can print")
    tells_intake(desk, "1001", "Scanner is offline")
    third = desk.opens()
    desk.tells("dana", f"merge {third} into 1001")
    dana = desk.as_user("dana")
    dana.clicks(f"Merge {third} into INC-1002")
    dana.expects("INC-1002")


def test_what_was_asked_gives_way_to_its_answer_so_that_it_acts_once(desk: Workplace) -> None:
    desk.tells("tom", "opne Acme Dental P2 Nobody can print")
    tom = desk.as_user("tom")
    line = "/sla open Acme Dental P2 Nobody can print"
    tom.clicks(line)
    tom.expects("Opened *INC-1001*")
    tom.does_not_see(line)
    assert "INC-1002" not in desk.tells("tom", "status all").text


def test_a_customer_is_named_by_any_part_that_only_one_has(desk: Workplace) -> None:
    key = desk.opens("Cedar Clinic P3 Phone rings once")
    assert "Cedar Clinic" in desk.tells("tom", "status cedar").text
    assert key in desk.tells("tom", "status P3 CLIN").text
    opened = desk.tells("tom", "open beta P3 Printer smears")
    assert "Beta Logistics" in opened.text


def test_a_part_that_fits_two_customers_offers_both_and_the_button_runs_the_whole_line(desk: Workplace) -> None:
    opening = desk.as_user("tom").says("/sla open ta P3 Printer smears").sees_modal("Open an incident")
    opening.expects("No agreement names").closes()  # so short a word belongs to a title
    asked = desk.tells("tom", "status ta P3").text
    assert asked.startswith("Which customer do you mean by “ta”: Acme Dental or Beta Logistics?")
    tom = desk.as_user("tom")
    tom.clicks("Status: Beta Logistics")
    tom.expects("Beta Logistics, P3")


def test_a_person_is_named_without_an_at_and_two_are_offered(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P3 Scanner is offline")
    desk.tells("tess", f"take {key}")
    assert key in desk.tells("tom", "status tess").text
    assert key in desk.tells("tom", "status nguyen").text
    asked = desk.tells("dana", f"assign {key} @te").text
    assert asked.startswith("Whom do you mean by “@te”: Dev Patel (@dev) or Tess Nguyen (@tess)?")
    dana = desk.as_user("dana")
    dana.clicks("Assign: Dev Patel")
    dana.expects(f"*{key}* is assigned to")


def test_a_number_of_two_systems_is_asked_about_in_a_form_too(desk: Workplace) -> None:
    tells_intake(desk, "T-1", "Nobody can print")
    tells_intake(desk, "1001", "Scanner is offline")
    tom = desk.as_user("tom").says("The router is behind the door")
    tom.chooses_shortcut(ShortcutId.REMARK_FROM_MESSAGE, containing="behind the door").sees_modal("Add to an incident")
    tom.fills({"Or another one": "1001"}).submits()
    tom.sees_field_error("Which incident?", "INC-1001 (Acme Dental) or INC-1002 (Acme Dental)")


def test_an_act_is_undone_by_its_ticket_s_own_number(desk: Workplace) -> None:
    tells_intake(desk, "T-20931", "Nobody can print")
    desk.tells("tom", "take T-20931")
    assert "is undone" in desk.tells("tom", "undo T-20931").text


def test_an_incident_before_the_verb_is_turned_round_by_a_click(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    asked = desk.tells("tom", f"{key} take")
    assert asked.buttons == [f"/sla take {key}"]
    desk.as_user("tom").clicks(f"/sla take {key}").expects(f"*{key}* is yours")
    assert desk.tells("tom", "1001 please").buttons == ["/sla show 1001"]


def test_a_status_of_two_people_is_asked_about_and_open_means_all(desk: Workplace) -> None:
    assert desk.tells("tom", "status @tom @tess").buttons == ["/sla status @tom"]
    key = desk.opens("Acme Dental P2 E-mail is down")
    assert key in desk.tells("tom", "status open").text


@pytest.mark.parametrize(
    "line",
    [
        "board today",
        "health now",
        "me team today",
        "undo INC-1001 please",
        "help pause now",
        "review INC-1001",
        "sop done SOP-7 now",
    ],
)
def test_no_word_after_a_command_is_swallowed(desk: Workplace, line: str) -> None:
    *meant, extra = line.split()
    answer = desk.tells("mira", line)
    assert extra in answer.text, answer.text
    assert answer.buttons == [f"/sla {' '.join(meant)}"], answer.text
