"""Problems in Slack: opened, lived with, fixed, and come back."""

from __future__ import annotations

import pytest

from tests.slack.workplace import Workplace

pytestmark = pytest.mark.sqlite_only


def test_a_problem_goes_from_open_to_watched_and_back(desk: Workplace) -> None:
    first = desk.opens("Acme Dental P2 Mail gateway is stuck")
    answer = desk.tells("tess", f"problem open {first} Mail gateway drops mails").text
    assert "*PRB-1* is open. It is behind 1 incident." in answer
    assert "nobody looks into it yet" in answer
    tom = desk.as_user("tom").says("/sla problem prb-1")
    tom.clicks("I'll look into it").expects("You look into *PRB-1* now.")
    tom.clicks("Workaround…").fills({"What helps meanwhile?": "Restart the queue"}).submits().sees_no_modal().expects(
        "has your workaround"
    )
    assert "Known error" in desk.tells("tess", "problem").text
    assert "Only a service manager" in desk.tells("tom", "problem fixed PRB-1").text
    mira = desk.as_user("mira").says("/sla problem show 1").clicks("Fixed")
    mira.expects("If it does not come back it closes by itself.")
    desk.passes(hours=1)
    second = desk.opens("Acme Dental P3 The mail gateway is stuck again")
    told = desk.as_user("tom").in_dm().expects("PRB-1 is open again").clicks("Same problem")
    told.expects(f"*{second}* belongs to *PRB-1* now.").clicks("Undo").expects("is undone")


def test_a_click_too_much_is_undone(desk: Workplace) -> None:
    desk.tells("tess", "problem open Printers lose their queue")
    mira = desk.as_user("mira").says("/sla problem fixed PRB-1").expects("Watching until")
    mira.clicks("Undo").expects("The fix of the problem is undone")
    assert "*Open*" in desk.tells("tess", "problem PRB-1").text


@pytest.mark.parametrize(
    ("who", "words", "answer"),
    [
        ("tess", "problem show PRB-9", "There is no problem “PRB-9”. Did you mean PRB-1?"),
        ("tess", "problem shwo PRB-1", "did you mean show?"),
        ("tess", "problem show PRB-1 now", "now"),
        ("dana", "problem link PRB-1 INC-9999", "INC-9999"),
        ("dana", "problem link PRB-1 printers", "printers"),
        ("dana", "problem link", "a problem such as PRB-3"),
        ("tess", "problem workaround PRB-1 wait", "Only a dispatcher"),
        ("mira", "problem fixed PRB-9", "Did you mean PRB-1?"),
    ],
)
def test_what_cannot_be_is_one_private_sentence(desk: Workplace, who: str, words: str, answer: str) -> None:
    desk.tells("tess", "problem open Printers lose their queue")
    assert answer in desk.tells(who, words).text
    assert "*Open*" in desk.tells("tess", "problem PRB-1").text


def test_a_storm_is_put_under_one_problem_and_resolved_at_once(desk: Workplace) -> None:
    for number in range(5):
        desk.opens(f"Acme Dental P1 The internet line is down {number}")
    dana = desk.dispatch("dana").expects("Give out…")
    dana.clicks("Put under one problem…")
    dana.fills({"What keeps coming back?": "The line of the provider"}).submits().sees_no_modal()
    dana.expects("*PRB-1* is open. It is behind 5 incidents.")
    dana.chooses("More…", "Resolve all…").fills({"What fixed it?": "Line is back"}).submits().sees_no_modal()
    dana.expects("5 incidents resolved; every clock of theirs has stopped.")
    assert "5 incidents, 0 open" in desk.tells("tess", "problem").text
