"""What if, asked in Slack; and the preview before something that makes or averts a breach."""

from __future__ import annotations

import pytest

from tests.slack.workplace import Workplace

pytestmark = pytest.mark.sqlite_only


def rows(desk: Workplace) -> dict[str, int]:
    """How many rows each table holds, but for the requests themselves and what a worker notes of itself meanwhile."""
    with desk.bot.database.engine.connect() as connection:
        names = [row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")]
        kept = [name for name in names if name not in {"inbox", "setting", "live_message", "slot", "handover"}]
        of_people = {"outbox": "WHERE kind <> 'board'"}
        return {
            name: connection.exec_driver_sql(f"SELECT count(*) FROM {name} {of_people.get(name, '')}").scalar() or 0
            for name in kept
        }


def test_a_manager_asks_what_would_change_and_nothing_is_stored(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.tells("tom", f"take {key}")
    before = rows(desk)
    opened = desk.tells("mira", "simulate P1 for Acme opened friday 16:45").text
    assert "P1 for Acme Dental opened Fri 16:45" in opened
    assert "First reply: – → Fri 17:00" in opened
    paused = desk.tells("mira", f"simulate pause {key} now for vendor until tomorrow 9am").text
    assert f"{key} is paused now until Tue 09:00: waiting for a vendor" in paused
    assert "breach averted" in paused
    raised = desk.tells("mira", f"simulate raise {key} to P1").text
    assert "Fix: Tue 09:30 → 14:00" in raised
    closed = desk.tells("mira", "simulate tomorrow becomes a holiday for acme").text
    assert "Fix: Tue 09:30 → Wed 09:30" in closed
    assert rows(desk) == before


def test_the_answer_names_who_is_on_duty_when_the_nudge_is_due(desk: Workplace) -> None:
    person = desk.as_user("mira").says("/sla simulate P1 for Acme Dental opened friday 16:45")
    person.expects("Needs somebody to take it → Dana Ortiz (dispatcher channel)")
    person.says("/sla simulate P1 for Acme Dental opened 2026-02-10 16:45")
    person.expects("Needs somebody to take it → Dev Patel (dispatcher channel)")


def test_only_service_managers_may_ask_and_a_bad_sentence_says_the_forms(desk: Workplace) -> None:
    assert "Only a service manager" in desk.tells("tom", "simulate P1 for Acme opened friday 16:45").text
    told = desk.tells("mira", "simulate puase INC-1 for vendor").text
    assert "I cannot suppose “puase”. Did you mean pause?" in told
    assert "raise INC-1042 to P1" in told
    assert "Say what to suppose" in desk.tells("mira", "simulate").text
    assert "did you mean vendor?" in desk.tells("mira", "simulate pause INC-1 for vednor").text


def test_a_priority_that_breaches_at_once_is_shown_before_it_is_changed(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.tells("tom", f"take {key}")
    desk.passes(minutes=20)
    tom = desk.as_user("tom")
    told = desk.tells("tom", f"priority {key} P1").text
    assert "First reply" in told
    assert "breached by this" in told
    assert "Not done yet" in told
    assert f"*{key}* · P2" in desk.tells("tom", f"show {key}").text
    tom.clicks("Change to P1 anyway").expects("is P1 now")
    tom.says(f"/sla show {key}").expects(f"*{key}* · P1")
    tom.does_not_see("Change to P1 anyway")


def test_a_pause_beyond_the_due_time_is_shown_before_it_begins(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.tells("tom", f"take {key}")
    told = desk.tells("tom", f"pause {key} vendor until tomorrow 18:00").text
    assert "Plan" in told
    assert "breach averted" in told
    tom = desk.as_user("tom")
    tom.expects("If nobody resumes it then")
    tom.clicks("Pause anyway").expects("waits for")
    tom.says(f"/sla show {key}").clicks("Resume").expects("runs again")


def test_a_form_that_would_avert_a_breach_is_answered_with_the_preview(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.tells("tom", f"take {key}")
    tom = desk.as_user("tom")
    tom.says(f"/sla show {key}").clicks("Pause…").sees_modal("Pause")
    tom.fills({"Why?": "parts", "Until when?": "tomorrow 18:00", "Anything to add?": "Part is on its way"})
    tom.submits().sees_no_modal()
    direct = desk.slack.as_user("tom")
    direct.expects("breach averted").clicks("Pause anyway").expects("waits for")


def test_what_neither_makes_nor_averts_a_breach_is_done_at_once(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.tells("tom", f"take {key}")
    assert "waits for" in desk.tells("tom", f"pause {key} vendor until 30m").text
    desk.passes(minutes=5)
    assert "runs again" in desk.tells("tom", f"resume {key}").text
    assert "is P3 now" in desk.tells("tom", f"priority {key} P3").text


def test_a_refusal_comes_before_any_preview(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.passes(minutes=20)
    assert "I do not know you yet" in desk.tells("nina", f"priority {key} P1").text
    assert "has to lie ahead" in desk.tells("tom", f"pause {key} vendor until yesterday").text
    assert "P2 already" in desk.tells("tom", f"priority {key} P2").text
