"""Who is away, said in Slack as people write it."""

from __future__ import annotations

import pytest

from tests.polling import until
from tests.slack.workplace import Workplace

pytestmark = pytest.mark.sqlite_only


def test_somebody_says_that_they_are_away_and_back(desk: Workplace) -> None:
    key = desk.opens()
    desk.tells("tom", f"take {key}")
    answer = desk.tells("tom", "away until tomorrow 3pm").text
    assert "You are away until tomorrow 15:00" in answer
    assert "1 open incident stays yours; nudges go to <@U0DANA>, who is on duty." in answer
    desk.as_user("tom").clicks("I'm back").expects("You are back")
    desk.as_user("tom").clicks("Undo").expects("is undone")
    assert "You are back" in desk.tells("tom", "back").text
    assert desk.tells("tom", "back").text == "Tom Becker is not away; nothing was changed."


@pytest.mark.parametrize(
    "words",
    ["away @tom until friday", "away Tom Becker until friday", "away @tom friday", "away @tom for 2h"],
)
def test_a_dispatcher_says_that_somebody_else_is_away(desk: Workplace, words: str) -> None:
    assert "<@U0TOM> is away until " in desk.tells("dana", words).text
    assert "<@U0TOM> is back" in desk.tells("dana", "back @tom").text


def test_without_a_time_the_end_of_the_working_day_is_taken_and_said(desk: Workplace) -> None:
    assert "the end of your working day" in desk.tells("tess", "away").text
    assert "the end of their working day" in desk.tells("dana", "away @tom").text


@pytest.mark.parametrize(
    ("who", "words", "answer"),
    [
        ("tom", "away until yesterday", "has to lie ahead"),
        ("tom", "away @tess until friday", "say that somebody else is away"),
        ("dana", "away @nobody until friday", "is not among our people"),
        ("dana", "away someday", "someday"),
        ("dana", "back @tess", "Tess Nguyen is not away"),
    ],
)
def test_what_cannot_be_is_one_private_sentence(desk: Workplace, who: str, words: str, answer: str) -> None:
    told = desk.tells(who, words).text
    assert answer in told
    assert "\n" not in told
    assert "is not away" in desk.tells("dana", "back @tess").text


def test_the_dispatch_is_handed_over_and_the_next_says_so(desk: Workplace) -> None:
    desk.opens("Acme Dental P1 Server is down")
    answer = desk.tells("dana", "handover @dev").text
    assert "<@U0DEV> is on duty now, until" in answer
    dev = desk.dispatch("dev")
    dev.expects("the dispatch is yours now")
    dev.clicks("I have it").expects("<@U0DEV> has the dispatch since")
    assert "Tom Becker is a technician and cannot dispatch" in desk.tells("dana", "handover @tom").text


def test_everybody_reads_their_own_figures_and_who_leads_the_team_s(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.tells("tom", f"take {key}")
    own = desk.tells("tom", "me").text
    assert "no nudge that is decided yet" in own
    assert "1 open with you, nothing promised" in own
    assert "Only a service manager" in desk.tells("tom", "me team").text
    assert "*Everybody:* no nudge" in desk.tells("dana", "me team").text
    desk.as_user("mira").says("/sla me").clicks("The team").expects("Everybody")
    assert desk.slack.messages("general") == []


def test_what_somebody_away_has_open_can_be_given_out(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.tells("tom", f"take {key}")
    desk.tells("dana", "away @tom until friday")
    desk.as_user("dana").clicks("Give out…").sees_modal("Give out").submits().sees_no_modal()
    until(lambda: not desk.bot.board.mine("U0TOM", now=desk.time.now()).incidents, what="it is given out")


def test_one_person_is_away_at_a_time_and_no_word_is_swallowed(desk: Workplace) -> None:
    asked = desk.tells("dana", "away @tess @tom until tomorrow")
    assert "@tom" in asked.text
    assert not asked.text.startswith("@t"), "nobody is away yet"
    dana = desk.as_user("dana").clicks(*asked.buttons)
    dana.expects("@tess is away until tomorrow 09:00")
    assert "sick" in desk.tells("dana", "away @tom sick until tomorrow").text
