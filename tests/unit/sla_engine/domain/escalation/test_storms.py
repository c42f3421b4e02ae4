"""What is next for the message of a storm, and which nudges make an incident count as new."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.domain.escalation.storms import StormStep, brings_incident, next_step

NINE = datetime(2026, 2, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
GOING_ON: dict[str, Any] = {
    "newest_at": NINE,
    "posted_at": NINE,
    "nudged_at": NINE,
    "any_open": True,
    "need_somebody": 5,
    "calls_anew": False,
    "has_ended": False,
    "has_changed": False,
    "now": NINE + MINUTE,
}


@pytest.mark.parametrize(
    ("changed", "step"),
    [
        ({}, StormStep.WAIT),
        ({"has_changed": True}, StormStep.EDIT),
        ({"posted_at": None}, StormStep.POST),
        ({"calls_anew": True}, StormStep.POST),
        ({"calls_anew": True, "any_open": False}, StormStep.WAIT),
        ({"now": NINE + 20 * MINUTE}, StormStep.STAND),
        ({"now": NINE + 20 * MINUTE, "need_somebody": 4}, StormStep.END),
        ({"now": NINE + 20 * MINUTE, "has_ended": True}, StormStep.WAIT),
        ({"has_ended": True, "need_somebody": 4}, StormStep.END),
        ({"now": NINE + 60 * MINUTE, "has_ended": True}, StormStep.WAIT),
        ({"now": NINE + 60 * MINUTE, "has_ended": True, "nudged_at": NINE + MINUTE}, StormStep.POST),
        ({"now": NINE + 60 * MINUTE, "newest_at": NINE + 50 * MINUTE, "nudged_at": None}, StormStep.POST),
        ({"now": NINE + 59 * MINUTE, "has_ended": True, "nudged_at": NINE + MINUTE}, StormStep.WAIT),
    ],
)
def test_a_new_message_calls_somebody_and_it_stays_while_five_need_somebody(
    changed: dict[str, Any], step: StormStep
) -> None:
    assert next_step(**(GOING_ON | changed)) is step


def test_what_is_said_again_makes_no_incident_count_and_behind_a_message_only_a_reopening_does() -> None:
    again = {NudgeCause.REPEAT, NudgeCause.PROMISE_QUESTIONED, NudgeCause.PROMISE_LAPSED}
    assert {cause for cause in NudgeCause if not brings_incident(cause, has_message=False)} == again
    assert [cause for cause in NudgeCause if brings_incident(cause, has_message=True)] == [NudgeCause.REOPENED]
