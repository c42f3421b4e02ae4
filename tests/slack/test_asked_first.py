"""What may have been meant otherwise is asked before it is done, and every form is filled with what was typed."""

from __future__ import annotations

import pytest

from tests.driver.person import Person
from tests.slack.workplace import Workplace

pytestmark = pytest.mark.sqlite_only


def fields(person: Person) -> dict[str, str]:
    """What the fields of the open form hold, by block id."""
    view = person.modal()
    assert view is not None
    elements = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    return {
        name: element.get("initial_value") or element.get("initial_option", {}).get("value", "")
        for name, element in elements.items()
    }


@pytest.mark.parametrize(
    ("words", "filled", "complaint"),
    [
        ("until monday", {"reason": "", "until": "monday", "text": ""}, None),
        ("monday", {"reason": "", "until": "monday", "text": ""}, None),
        ("lunch until 14:00", {"reason": "", "until": "14:00", "text": "lunch"}, "“lunch” is not a pause reason"),
        (
            "vendor until blursday they promised",
            {"reason": "vendor", "until": "blursday they promised", "text": ""},
            "“blursday they promised” is not a time I can read",
        ),
        ("vendor until 1d", {"reason": "vendor", "until": "1d", "text": ""}, "could mean 24 hours or a working day"),
    ],
)
def test_a_pause_that_cannot_be_read_opens_its_form_with_everything_that_was_typed(
    desk: Workplace, words: str, filled: dict[str, str], complaint: str | None
) -> None:
    key = desk.opens("Beta Logistics P3 Printer smears")
    tom = desk.as_user("tom").says(f"/sla pause {key} {words}").sees_modal("Pause")
    assert fields(tom) == filled
    if complaint:
        tom.expects(complaint)
    tom.fills({"Why?": "vendor", "Until when?": "17:00"}).submits().sees_no_modal()
    tom.expects("waits for the vendor until 17:00")


def test_a_p2_is_not_paused_without_an_end_before_that_was_asked_about(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    tom = desk.as_user("tom").says(f"/sla pause {key} vendor they call back")
    tom.expects("Nothing ends this pause but somebody who resumes it").does_not_see("waits for the vendor")
    tom.clicks("Set an end…").sees_modal("Pause")
    assert fields(tom) == {"reason": "vendor", "until": "", "text": "they call back"}
    tom.fills({"Until when?": "17:00"}).submits().sees_no_modal()
    tom.expects("waits for the vendor until 17:00").does_not_see("Nothing ends this pause")
    tom.says(f"/sla resume {key}").expects("runs again")
    tom.says(f"/sla pause {key} vendor").clicks("Pause anyway").expects("waits for the vendor until somebody resumes")


def test_a_p3_may_wait_without_an_end_but_not_for_years_unasked(desk: Workplace) -> None:
    key = desk.opens("Beta Logistics P3 Printer smears")
    assert "waits for parts until somebody resumes" in desk.tells("tom", f"pause {key} parts").text
    desk.tells("tom", f"resume {key}")
    asked = desk.tells("tom", f"pause {key} parts until 9999-01-01").text
    assert "until 1 Jan 9999 09:00" in asked
    assert "Not done yet" in asked
    tom = desk.as_user("tom").clicks("Another end…").sees_modal("Pause")
    assert fields(tom)["until"] == "9999-01-01 09:00"


def test_a_pause_is_prolonged_by_command_and_by_its_answers_button(desk: Workplace) -> None:
    key = desk.opens("Beta Logistics P3 Printer smears")
    tom = desk.as_user("tom").says(f"/sla pause {key} vendor until 17:00")
    tom.expects("waits for the vendor until 17:00")
    tom.says(f"/sla pause {key} vendor until 18:00").expects("waits for the vendor until 18:00")
    tom.says(f"/sla pause {key} vendor until 18:00").expects("for this very reason")
    tom.says(f"/sla pause {key} vendor").expects("for this very reason")
    tom.clicks("Change…").sees_modal("Change the pause")
    assert fields(tom) == {"reason": "vendor", "until": "2026-02-02 18:00", "text": ""}
    tom.fills({"Why?": "parts", "Until when?": "19:00"}).submits().sees_no_modal()
    tom.expects("waits for parts until 19:00")
    card = desk.tells("tom", f"show {key}").text
    assert "Paused: waiting for parts, until" in card


def test_a_priority_that_ends_clocks_is_shown_first(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.tells("tom", f"respond {key}")
    asked = desk.tells("tom", f"priority {key} P5").text
    assert "no longer promised" in asked
    assert "Not done yet" in asked
    tom = desk.as_user("tom").clicks("Another priority…").sees_modal("Priority")
    assert fields(tom) == {"priority": "P2"}


def test_a_priority_that_cannot_be_read_opens_its_form(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    tom = desk.as_user("tom").says(f"/sla priority {key} P1 the whole office").sees_modal("Priority")
    tom.expects("“P1 the whole office” is not a priority")


def test_an_update_that_promises_the_next_one_too_late_is_asked_about(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P1 Server is down")
    desk.passes(hours=5)
    tom = desk.as_user("tom").says(f"/sla update {key} We restart it next 15:00")
    tom.expects("You would promise the customer news by tomorrow 15:00; the customer update is due 21:30, before that")
    tom.does_not_see("customer told")
    tom.clicks("Another time…").sees_modal("Customer update")
    assert fields(tom) == {"text": "We restart it", "how": "", "next": "2026-02-03 15:00"}
    tom.fills({"When do they hear from us next?": "20m"}).submits().sees_no_modal()
    tom.expects(f"*{key}*: customer told “We restart it”, and told to hear from us by 21:20")
    tom.says(f"/sla update {key} Still at it next 15:00").clicks("Record it with tomorrow 15:00 anyway")
    tom.expects(f"*{key}*: customer told “Still at it”, and told to hear from us by tomorrow 15:00")


def test_the_time_at_the_end_of_an_update_is_said_and_not_lost(desk: Workplace) -> None:
    key = desk.opens("Beta Logistics P4 Printer smears")
    tom = desk.as_user("tom").says(f"/sla update {key} we will call again next 30m")
    tom.expects("customer told “we will call again”, and told to hear from us by 16:30")
    tom.says(f"/sla update {key} we go through the next 2 steps").sees_modal("Customer update")
    assert fields(tom) == {"text": "we go through the", "how": "", "next": "2 steps"}
    tom.expects("“2 steps” is not a time I can read").closes()
    tom.says(f"/sla update {key} next 30m").sees_modal("Customer update")
    assert fields(tom) == {"text": "", "how": "", "next": "30m"}


def test_a_promise_and_a_snooze_beyond_what_is_due_are_asked_about(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P1 Server is down")
    desk.tells("tom", f"escalate {key} help")
    dana = desk.as_user("dana").says(f"/sla ack {key} 999h")
    dana.expects("first reply is due 10:15, before that").does_not_see("is acknowledged")
    dana.says(f"/sla snooze {key} 500h").expects("Its repeats would be silent until")
    dana.clicks("Another time…").sees_modal("Snooze").closes()
    dana.says(f"/sla snooze {key} 20m").clicks("Silence until 10:20 anyway").expects("is silent until 10:20")
    dana.says(f"/sla ack {key} 20m").clicks("Promise 10:20 anyway").expects("the customer hears from us by 10:20")
