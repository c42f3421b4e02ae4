"""The Home tab of each role, and the board: what they show, and that a click there is answered there."""

from __future__ import annotations

import pytest

from tests.driver.person import Person
from tests.polling import until
from tests.slack.workplace import Workplace

pytestmark = pytest.mark.sqlite_only


def home(desk: Workplace, name: str) -> Person:
    """Somebody who looks at their Home tab."""
    return desk.slack.as_user(name).opens_home()


def test_a_technician_finds_what_is_theirs_and_acts_on_it_there(desk: Workplace) -> None:
    home(desk, "tom").expects("Nothing is yours right now")
    mine, other = desk.opens("Acme Dental P2 E-mail is down"), desk.opens("Beta Logistics P3 Scanner is slow")
    desk.tells("tom", f"take {mine}")
    tom = home(desk, "tom").expects("Your incidents: 1").expects("Acme Dental: E-mail is down")
    assert other not in tom.sees()
    tom.clicks("Reply sent").expects("Done")
    tom.expects("Customer hears from us by")
    tom.clicks("Done")
    until(lambda: "Done" not in tom.sees(), what="the answer is gone and the tab is there")
    tom.clicks("All that is open").expects("Scanner is slow")


def test_the_answer_to_a_form_that_was_opened_at_home_comes_there(desk: Workplace) -> None:
    nobody = home(desk, "tom")
    nobody.clicks("Open an incident…").sees_modal("Open an incident")
    desk.slack.as_user("tom").fills(
        {"Customer": "Acme Dental", "Priority": "P3", "What is wrong?": "Slow mail"}
    ).submits().sees_no_modal()
    nobody.expects("Opened *INC-1001*").expects("Done")


def test_a_tab_that_was_opened_lately_is_drawn_anew_when_it_would_show_something_else(desk: Workplace) -> None:
    tom = home(desk, "tom").expects("Nothing is yours right now")
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.tells("tom", f"take {key}")
    desk.bot.home_tab.redraw()
    tom.expects("Your incidents: 1")
    tom.clicks("All that is open").expects("All open incidents")
    desk.opens("Beta Logistics P3 Scanner is slow")
    desk.bot.home_tab.redraw()
    assert "All open incidents" in tom.sees(), "what somebody reads is not taken away"


def test_a_list_or_card_on_top_of_the_tab_follows_its_own_buttons(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P1 Server is down")
    desk.opens("Beta Logistics P3 Scanner is slow")
    tom = home(desk, "tom")
    tom.clicks("All that is open").expects("All open incidents").clicks("Take")
    tom.expects(f"*{key}* is yours").expects("All open incidents").expects("Scanner is slow")
    tom.clicks("Done").expects("Your incidents: 1").clicks("Show").expects("Opened ")
    tom.clicks("Reply sent").expects("has its first reply").expects("Opened ")


def test_a_dispatcher_finds_the_board_and_a_count_opens_its_list(desk: Workplace) -> None:
    desk.opens("Acme Dental P1 Server is down")
    desk.opens("Beta Logistics P3 Scanner is slow")
    dana = home(desk, "dana").expects("Next: P1 Acme Dental: Server is down").expects("nobody has it")
    dana.clicks("Unassigned: 2").expects("Open incidents · unassigned").expects("Scanner is slow")
    board = desk.tells("dana", "board")
    assert "Unassigned: 2" in board.buttons
    assert "2 open" in board.text


def test_a_service_manager_finds_decisions_and_the_board(desk: Workplace) -> None:
    mira = home(desk, "mira").expects("every SLA note is reviewed and decided").expects("nothing open")
    mira.clicks("Help").expects("What /sla can do")


def test_only_colleagues_find_anything_and_whoever_has_no_role_can_open(desk: Workplace) -> None:
    home(desk, "guest").expects("our own colleagues only")
    home(desk, "nina").expects("I do not know you yet")


def test_the_board_is_refused_to_a_technician_with_the_name_of_who_may(desk: Workplace) -> None:
    assert "dispatcher" in desk.tells("tom", "board").text
