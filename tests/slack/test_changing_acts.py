"""*Change…* under an answer: its form holds what was just recorded, and what it says takes that one's place."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.slack.test_asked_first import fields
from tests.slack.workplace import Workplace

pytestmark = pytest.mark.sqlite_only


class Changed(NamedTuple):
    """An act as it is typed, its form with what it holds, what is written there instead, and the answer to that."""

    line: str
    form: str
    filled: dict[str, str]
    written: dict[str, str]
    answer: str


CHANGED = (
    Changed(
        "update {key} Called them next 17:30",
        "Customer update",
        {"text": "Called them", "how": "", "next": "2026-02-02 17:30"},
        {"What did you tell the customer?": "Mailed them"},
        "customer told “Mailed them”",
    ),
    Changed(
        "plan {key} New disk",
        "Plan for the fix",
        {"text": "New disk"},
        {"How will it be resolved?": "New server"},
        "the customer has the plan “New server”",
    ),
    Changed("resolve {key} Rebooted", "Resolve", {"text": "Rebooted"}, {"What solved it?": "New disk"}, "is resolved"),
    Changed("priority {key} P3", "Priority", {"priority": "P3"}, {"Priority": "P2: much stands still"}, "is P2 now"),
)


@pytest.mark.parametrize("act", CHANGED, ids=[act.line.split()[0] for act in CHANGED])
def test_a_form_filled_in_with_what_was_recorded_takes_its_place_and_is_undone_to_it(
    desk: Workplace, act: Changed
) -> None:
    key = desk.opens("Beta Logistics P4 Printer smears")
    tom = desk.as_user("tom").says(f"/sla {act.line.format(key=key)}")
    tom.clicks("Change…").sees_modal(act.form)
    assert fields(tom) == act.filled
    tom.fills(act.written).submits().sees_no_modal()
    tom.expects(act.answer)
    assert "changed by @tom" in desk.tells("mira", f"show {key}").text
    tom.clicks("Undo").expects("counts again as first recorded")


def test_a_promise_and_a_snooze_are_changed_from_what_they_were(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.tells("tom", f"escalate {key} help")
    dana = desk.as_user("dana").says(f"/sla ack {key} until 10:20")
    dana.clicks("Change…").sees_modal("Promise")
    assert fields(dana) == {"promise": "2026-02-02 10:20"}
    dana.fills({"When does the customer hear from us next?": "10:25"}).submits().sees_no_modal()
    dana.expects(f"You are on *{key}*; the customer hears from us by 10:25")
    dana.says(f"/sla snooze {key} 15m").expects("is silent until 10:15")
    dana.clicks("Change…", containing="is silent until").sees_modal("Snooze")
    assert fields(dana) == {"until": "2026-02-02 10:15"}
    dana.fills({"Until when?": "10:18"}).submits().sees_no_modal()
    dana.expects("is silent until 10:18")


def test_another_time_is_asked_for_with_the_one_that_was_typed(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.tells("tom", f"escalate {key} help")
    dana = desk.as_user("dana").says(f"/sla ack {key} until tomorrow 16:00")
    dana.clicks("Another time…").sees_modal("Promise")
    assert fields(dana) == {"promise": "2026-02-03 16:00"}


def test_a_change_without_a_difference_is_said_in_the_form(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    tom = desk.as_user("tom").says(f"/sla plan {key} New disk")
    tom.clicks("Change…").sees_modal("Plan for the fix").submits().expects(f"{key} has exactly that on record")
