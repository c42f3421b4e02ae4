"""Buttons in messages that an earlier version posted: never silence, and the incident as it is now."""

from __future__ import annotations

from typing import Any

import pytest

from tests.slack.workplace import Workplace

pytestmark = pytest.mark.sqlite_only


def posts_of_old(desk: Workplace, element: dict[str, Any]) -> None:
    """A message in #general as another version posted it."""
    row = {"type": "actions", "block_id": "old", "elements": [element]}
    desk.bot.client.chat_postMessage(channel="C0GENERAL", text="From last year", blocks=[row])


def button(label: str, value: str) -> dict[str, Any]:
    return {
        "type": "button",
        "action_id": "incident_explode",
        "text": {"type": "plain_text", "text": label},
        "value": value,
    }


def test_a_button_of_another_version_answers_with_the_incident_as_it_is(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    posts_of_old(desk, button("Explode", f'{{"key": "{key}"}}'))
    tom = desk.as_user("tom").clicks("Explode", containing="From last year")
    answer = tom.expects_message("from another version")
    assert answer.ephemeral
    assert "E-mail is down" in answer.text
    tom.clicks("Take", containing="from another version").expects(f"*{key}* is yours").does_not_see("another version")


def test_a_line_of_an_old_menu_does_the_same(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down")
    options = [{"text": {"type": "plain_text", "text": name}, "value": f"{name} {key}"} for name in ("explode", "melt")]
    posts_of_old(desk, {"type": "overflow", "action_id": "act_menu", "options": options})
    tom = desk.as_user("tom").clicks("melt", containing="From last year")
    tom.expects("from another version").expects("E-mail is down")


@pytest.mark.parametrize("value", ["INC-9999", "gone"])
def test_one_about_nothing_of_ours_is_answered_with_one_sentence(desk: Workplace, value: str) -> None:
    posts_of_old(desk, button("Explode", value))
    desk.as_user("tom").clicks("Explode", containing="From last year").expects("type `/sla help`")
