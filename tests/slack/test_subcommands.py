"""Every word after `/sla`, typed by somebody who may, and what they are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from sla_engine.services.agreements import people_files
from tests.note_desk import EXAMPLES
from tests.slack.workplace import Workplace

EVERY_WORD = (
    *("status", "show", "why", "open", "take", "handback", "respond", "update", "plan", "pause", "resume", "priority"),
    *(
        "resolve",
        "reopen",
        "escalate",
        "ack",
        "snooze",
        "assign",
        "note",
        "review",
        "sop",
        "notes",
        "action",
        "problem",
        "digest",
        "simulate",
        "health",
        "help",
        "triage",
        "merge",
        "waive",
        "words",
        "undo",
        "board",
        "call",
        "remark",
        "board",
        "undo",
        "away",
        "back",
        "handover",
        "me",
        "misses",
    ),
)


def test_an_incident_goes_from_open_to_reopened_by_commands_alone(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down", by="tess")
    spoken = (
        ("tom", f"take {key}", "is yours"),
        ("tom", f"respond {key} looking at it", "has its first reply"),
        ("tom", f"update {key} Restarting the queue next 17:00", "customer told"),
        ("tom", f"plan {key} replace the disk", "has the plan"),
        ("tom", f"pause {key} vendor until tomorrow 9am", "waits for"),
        ("tom", f"resume {key}", "runs again"),
        ("tom", f"priority {key} P1", "is P1 now"),
        ("tom", f"escalate {key} I need a second pair of hands", "@dana, who is on duty, is called to help with"),
        ("dana", f"ack {key} 5m", "You are on"),
        ("dana", f"assign {key} @tess", "is assigned to"),
        ("tess", f"handback {key} back at 3", "is back with the dispatcher"),
        ("tess", f"take {key}", "is yours"),
        ("tess", f"resolve {key} new disk", "is resolved"),
        ("tess", f"reopen {key} not fixed after all", "is open again"),
    )
    for who, words, answer in spoken:
        desk.passes(minutes=1)
        told = desk.tells(who, words)
        assert key in told.text, f"/sla {words}"
        assert answer in told.text, f"/sla {words}"
    shown = desk.tells("mira", f"show {key.lower()}")
    assert "E-mail is down" in shown.text
    why = desk.tells("mira", f"why {key}")
    assert key in why.text
    assert "First reply" in why.text


@pytest.mark.sqlite_only
def test_status_sorts_by_the_time_left_and_knows_every_scope(desk: Workplace) -> None:
    slow = desk.opens("Beta Logistics P3 Printer smears")
    fast = desk.opens("Acme Dental P1 Server is down")
    for key in (slow, fast):
        desk.tells("tom", f"take {key}")
    mine = desk.tells("tom", "status").text
    assert mine.index(fast) < mine.index(slow)
    assert "First reply due <!date^" in mine, "every reader sees their own time"
    assert desk.tells("tom", "").text == mine, "without words it is the status"
    everything = desk.tells("dana", "status all").text
    assert fast in everything
    assert slow in everything
    assert "has it" in everything
    acme = desk.tells("dana", "status acme dental").text
    assert fast in acme
    assert slow not in acme
    toms = desk.tells("dana", "status @tom").text
    assert fast in toms
    assert "Nothing is open for" in desk.tells("dana", "status Cedar Clinic").text
    assert "Server is down" in desk.tells("dana", f"status {fast}").text


@pytest.mark.sqlite_only
def test_help_names_every_subcommand_and_explains_each_one(desk: Workplace) -> None:
    overview = desk.tells("tom", "help").text
    for word in EVERY_WORD:
        assert f"/sla {word}" in overview
    assert {sub.name for sub in desk.bot.subcommands} == set(EVERY_WORD) - {"help"}
    assert "customer, vendor, parts" in desk.tells("tom", "help pause").text


@pytest.mark.sqlite_only
def test_a_form_opens_where_words_are_missing(desk: Workplace) -> None:
    tess = desk.as_user("tess").says("/sla open").sees_modal("Open an incident")
    tess.fills({"Customer": "Cedar Clinic", "Priority": "P3", "What is wrong?": "Phone is mute"}).submits()
    seen = desk.slack.as_user("tess").expects_message("Opened *INC-")
    key = seen.text.split("*")[1]
    tom = desk.as_user("tom")
    desk.tells("tom", f"take {key}")
    for word, title, fields, told in (
        ("update", "Customer update", {"What did you tell the customer?": "On our way"}, "customer told"),
        ("plan", "Plan for the fix", {"How will it be resolved?": "New handset"}, "has the plan"),
        ("pause", "Pause", {"Why?": "parts", "Until when?": "2h"}, "waits for"),
        ("priority", "Priority", {"Priority": "P2"}, "is P2 now"),
        ("handback", "Hand back", {"Why do you hand it back?": "End of shift"}, "back with the dispatcher"),
    ):
        tom.says(f"/sla {word} {key}").sees_modal(title).fills(fields).submits().sees_no_modal()
        desk.slack.as_user("tom").expects(told)


@pytest.mark.sqlite_only
def test_the_card_of_an_incident_carries_its_acts_as_buttons(desk: Workplace) -> None:
    key = desk.opens()
    tom = desk.as_user("tom").says(f"/sla show {key}")
    tom.clicks("Take").expects("is yours")
    tom.says(f"/sla show {key}").clicks("Reply sent").expects("has its first reply")
    tom.clicks("Customer told…").sees_modal("Customer update").fills({"What did you tell the customer?": "Soon"})
    tom.submits().sees_no_modal()
    desk.slack.as_user("tom").expects("customer told")
    tom.clicks("Pause…").sees_modal("Pause").fills({"Why?": "customer", "Until when?": "30m"}).submits().sees_no_modal()
    tom.says(f"/sla show {key}").clicks("Resume").expects("runs again")
    tom.clicks("Resolved…").sees_modal("Resolve").submits().sees_no_modal()
    tom.says(f"/sla show {key}").clicks("Reopen").expects("is open again")
    tom.clicks("Why").expects("First reply")


@pytest.mark.sqlite_only
def test_an_answer_is_seen_by_nobody_but_the_one_who_asked(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P3 A secret title")
    desk.tells("tom", f"show {key}")
    desk.as_user("dana").does_not_see("A secret title")
    assert desk.slack.messages("general") == []


@pytest.mark.sqlite_only
def test_the_bots_own_health_is_a_word_away(desk: Workplace) -> None:
    desk.as_user("ada").says("/sla health").expects("SQLite")


@pytest.mark.sqlite_only
def test_the_managers_words_answer_when_there_is_nothing_to_do(desk: Workplace) -> None:
    assert "Nothing waits for you" in desk.tells("mira", "review").text
    assert "There is no SOP in the registry" in desk.tells("mira", "sop").text
    assert "2026-W" in desk.tells("mira", "digest").text
    assert "2026-W04" in desk.tells("mira", "digest 2026-W04").text


def test_people_and_customers_are_found_as_phones_and_colleagues_write_them(desk: Workplace, tmp_path: Path) -> None:
    text = (EXAMPLES / "msp.yaml").read_text(encoding="utf-8").replace("Tess Nguyen", "Tom Ash")
    file = tmp_path / "msp.yaml"
    text = text.replace("login: tom,", "login: tbecker,").replace("login: tess", "login: tash")
    file.write_text(text, encoding="utf-8")
    people_files.apply(desk.bot.database, file, by="test", now=desk.time.now())
    key = desk.opens("ACME\u00a0dental P2 E-mail is down", by="tess")
    spoken = (
        (f"assign {key.replace('-', '–')} Tom", "“Tom”: Tom Becker (@tbecker) or Tom Ash (@tash)?"),
        (f"assign {key} tom  ash", "is assigned to"),
        ("status @TASH", key),
        ("status @tbecker", "Nothing is open for Tom Becker"),
    )
    for words, answer in spoken:
        assert answer in desk.tells("dana", words).text, f"/sla {words}"
