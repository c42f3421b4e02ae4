"""*Undo* as people meet it: under an answer, and as `/sla undo`."""

from __future__ import annotations

import pytest

from tests.slack.workplace import Workplace

pytestmark = pytest.mark.sqlite_only


def test_the_answer_says_what_was_undone_and_how_things_stand_now(desk: Workplace) -> None:
    key = desk.opens(by="dana")
    tom = desk.as_user("tom").says(f"/sla pause {key} vendor until 17:00")
    tom.expects("waits for the vendor")
    tom.clicks("Undo").expects(f"*{key}*: the pause is undone; nobody has it; first reply due 16:30; fix due")
    assert "is not paused" in desk.tells("tom", f"resume {key}").text


def test_without_words_the_last_act_is_undone_and_then_the_one_before(desk: Workplace) -> None:
    key = desk.opens(by="dana")
    desk.tells("tom", f"take {key}")
    desk.tells("tom", f"respond {key} On it")
    assert f"*{key}*: the first reply is undone; @tom has it" in desk.tells("tom", "undo").text
    assert f"*{key}*: the taking is undone; nobody has it" in desk.tells("tom", "undo").text
    assert "There is nothing of yours to undo" in desk.tells("tom", "undo").text


def test_what_somebody_did_since_is_named_and_nothing_changes(desk: Workplace) -> None:
    key = desk.opens(by="dana")
    tom = desk.as_user("tom").says(f"/sla take {key}")
    tom.expects("is yours")
    desk.tells("tess", f"priority {key} P1")
    tom.clicks("Undo").expects(f"{key} stays as it is: @tess changed its priority")
    assert "owner @tom" in desk.tells("tom", f"show {key}").text


def test_an_opening_is_taken_back_and_the_card_says_so(desk: Workplace) -> None:
    dana = desk.as_user("dana").says("/sla open Acme Dental P2 Wrong customer")
    dana.expects("Wrong customer").clicks("Undo").expects("*INC-1001* counts as never opened, in no figure")
    assert "took its opening back" in desk.tells("dana", "show INC-1001").text
    assert "INC-1001 counts as never opened" in desk.tells("tom", "take INC-1001").text
    assert desk.opens("Beta Logistics P2 Right customer", by="dana") == "INC-1002"


def test_a_merge_is_undone_on_both_sides(desk: Workplace) -> None:
    first, second = desk.opens(by="dana"), desk.opens("Acme Dental P2 The same again", by="dana")
    dana = desk.as_user("dana").says(f"/sla merge {second} into {first}")
    dana.expects("is merged into").clicks("Undo").expects(f"*{first}*, *{second}*: the merging is undone")
    assert "*INC-1002* is yours" in desk.tells("tom", f"take {second}").text


def test_an_act_of_a_line_that_was_offered_can_be_undone_as_well(desk: Workplace) -> None:
    key = desk.opens(by="dana")
    tom = desk.as_user("tom").says(f"/sla tkae {key}")
    tom.clicks(f"/sla take {key}").expects("is yours").clicks("Undo").expects("the taking is undone")
