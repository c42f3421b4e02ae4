"""Every word after `/sla`, typed by somebody who may."""

from __future__ import annotations

from tests.slack.workplace import Workplace


def test_status_says_that_nothing_is_assigned(desk: Workplace) -> None:
    answer = desk.tells("tom", "status")
    assert "Nothing is assigned to you right now" in answer.text
