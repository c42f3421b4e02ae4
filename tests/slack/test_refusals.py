"""What cannot be done is said in one sentence, to the one who asked."""

from __future__ import annotations

import pytest

from tests.slack.workplace import Workplace

pytestmark = pytest.mark.sqlite_only


UNREADABLE = (
    ("statsu", "did you mean status?"),
    ("ressolve INC-1", "did you mean resolve?"),
    ("xyzzy", "choose one of"),
    ("show INC-99999", "There is no incident “INC-99999”"),
    ("show", "such as INC-1042"),
    ("status @nobody", "is not among our people"),
    ("help statsu", "did you mean status?"),
    ("digest next", "is neither a week nor a month"),
    ("sop done SOP-9", "There is no SOP"),
    ("sop don", "did you mean done?"),
)


def test_what_cannot_be_read_or_found_is_said_with_a_remedy_to_one_person(desk: Workplace) -> None:
    for words, sentence in UNREADABLE:
        told = desk.tells("mira", words).text
        assert sentence in told, f"/sla {words}"
        assert "\n" not in told.strip().partition(sentence)[2].strip(), "one sentence is enough"
    desk.as_user("dana").does_not_see("INC-99999")


def test_an_unknown_incident_comes_with_the_one_that_was_probably_meant(desk: Workplace) -> None:
    key = desk.opens()
    wrong = f"{key[:-1]}{(int(key[-1]) + 1) % 10}"
    assert f"Did you mean {key}?" in desk.tells("tom", f"show {wrong}").text


def test_a_wrong_role_is_told_who_may(desk: Workplace) -> None:
    key = desk.opens()
    for who, words, sentence in (
        ("nina", f"take {key}", "I do not know you yet; Ada Lindqvist can add you."),
        ("tom", f"assign {key} @tess", "Only a dispatcher or somebody above may assign an incident. On duty: Dana"),
        ("tom", "digest", "Only a service manager or somebody above may ask for the digest"),
    ):
        assert sentence in desk.tells(who, words).text, f"/sla {words}"


def test_a_wrong_state_is_named_with_what_to_do_instead(desk: Workplace) -> None:
    key = desk.opens()
    desk.tells("tom", f"take {key}")
    for words, sentence in (
        (f"take {key}", "already"),
        (f"resume {key}", "is not paused"),
        (f"reopen {key}", "is open already"),
        (f"ack {key}", "nothing to acknowledge"),
        (f"snooze {key} 30m", "nothing to acknowledge or snooze"),
        (f"priority {key} P2", "has priority P2 already"),
        (f"note {key}", "needs no SLA note"),
    ):
        assert sentence in desk.tells("dana" if "take" not in words else "tom", words).text, f"/sla {words}"
    desk.tells("tom", f"respond {key}")
    assert "was recorded by" in desk.tells("tom", f"respond {key}").text
    desk.tells("tom", f"pause {key} vendor until 20m")
    assert "has been paused since" in desk.tells("tom", f"pause {key} vendor").text
    desk.tells("tom", f"resolve {key}")
    assert "reopen it first" in desk.tells("tom", f"resolve {key}").text


def test_a_second_acknowledgement_says_who_was_first(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P1 Server is down")
    desk.tells("tom", f"escalate {key} help")
    desk.tells("dana", f"ack {key}")
    assert "has had" in desk.tells("dev", f"ack {key}").text


def test_a_length_of_time_that_cannot_be_read_shows_how_one_is_written(desk: Workplace) -> None:
    key = desk.opens()
    desk.tells("tom", f"escalate {key} help")
    for words, sentence in (
        (f"snooze {key} banana", "is not a time I can read; write it like 30m"),
        (f"snooze {key} 1d", "could mean 24 hours or a working day; write 24h"),
        (f"ack {key} 2 days", "could mean 24 hours or a working day"),
        (f"pause {key} vendor until 2020-01-01", "has to lie ahead"),
    ):
        assert sentence in desk.tells("dana", words).text, f"/sla {words}"


def test_a_form_says_beside_the_field_what_is_wrong_with_it(desk: Workplace) -> None:
    key = desk.opens()
    tom = desk.as_user("tom").says(f"/sla pause {key}").sees_modal("Pause")
    tom.fills({"Why?": "vendor", "Until when?": "1d"}).submits()
    tom.sees_field_error("Until when?", "could mean 24 hours or a working day")
    tom.fills({"Until when?": "2h"}).submits().sees_no_modal()
    desk.slack.as_user("tom").expects("waits for")


def test_only_a_service_manager_sees_the_review_queue(desk: Workplace) -> None:
    assert "service manager" in desk.tells("tom", "review").text
    assert "Nothing waits for you" in desk.tells("mira", "review").text
