"""Rightly signed requests of another version, another Slack or a lesser server: acknowledged, never a 404 or a 500."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from slack_sdk.signature import SignatureVerifier
from werkzeug.test import TestResponse

from bot.settings import BotSettings
from bot.web import create_app
from bot.wiring import Bot
from sla_engine.time_source import real_now
from tests.slack.workplace import set_up

pytestmark = pytest.mark.sqlite_only

SECRET = "signs"
USER: dict[str, Any] = {"user": {"id": "U0TOM", "team_id": "T0SANDBOX"}, "team": {"id": "T0SANDBOX"}}


@pytest.fixture
def bot(database_url: str) -> Iterator[Bot]:
    set_up(database_url)
    settings = BotSettings(
        database_url=SecretStr(database_url),
        slack_bot_token=SecretStr("xoxb-1"),
        slack_signing_secret=SecretStr(SECRET),
        slack_api_url="http://127.0.0.1:1/api/",
    )
    made = Bot(settings)
    yield made
    made.close()


def send(bot: Bot, body: str, *, kind: str = "application/x-www-form-urlencoded") -> TestResponse:
    web: FlaskClient = create_app(bot).test_client()
    at = str(int(real_now().timestamp()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=at, body=body) or ""
    headers = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": signature, "Content-Type": kind}
    return web.post("/slack/events", data=body.encode(), headers=headers)


def interaction(bot: Bot, payload: dict[str, Any]) -> TestResponse:
    return send(bot, urlencode({"payload": json.dumps(USER | payload)}))


def view(**more: Any) -> dict[str, Any]:
    state = {"values": {"text": {"answer": {"type": "plain_text_input", "value": "words"}}}}
    return {
        "type": "modal",
        "id": "V1",
        "callback_id": "incident_plan_submit",
        "private_metadata": "INC-1",
        "state": state,
    } | more


def action(**more: Any) -> dict[str, Any]:
    return {
        "type": "button",
        "action_id": "incident_take",
        "block_id": "b",
        "value": "INC-1",
        "action_ts": "1.1",
    } | more


INTERACTIONS: dict[str, dict[str, Any]] = {
    "a button nobody knows": {"type": "block_actions", "trigger_id": "1", "actions": [action(action_id="gone")]},
    "a button of another version": {
        "type": "block_actions",
        "trigger_id": "1",
        "actions": [action(action_id="incident_pause_confirm", value='{"key": "INC-1"}')],
    },
    "a button with garbage": {
        "type": "block_actions",
        "trigger_id": "1",
        "actions": [action(action_id="incident_priority_confirm", value="[" * 1999)],
    },
    "no actions": {"type": "block_actions", "trigger_id": "1", "actions": []},
    "no trigger": {"type": "block_actions", "actions": [action()]},
    "a shortcut": {"type": "shortcut", "trigger_id": "1", "callback_id": "anything"},
    "a message shortcut": {"type": "message_action", "trigger_id": "1", "callback_id": "x", "message": {"ts": "1.1"}},
    "a closed form": {"type": "view_closed", "view": view(), "is_cleared": True},
    "an old attachment": {"type": "interactive_message", "callback_id": "x", "actions": [{"name": "a", "value": "b"}]},
    "a type nobody knows": {"type": "from_the_future"},
    "no type": {},
}
FORMS: dict[str, dict[str, Any]] = {
    "a form nobody knows": view(callback_id="gone"),
    "a form without its field": view(state={"values": {"other": {"answer": {"value": "x"}}}}),
    "a form without values": view(state={}),
    "a form without state": view(state=None),
    "a form without a type": view(type=None),
    "a form without a callback": view(callback_id=None),
    "a pause without a reason": view(callback_id="incident_pause_submit", state={"values": {"reason": {"answer": {}}}}),
    "a date that is none": view(
        callback_id="sop_decide_submit", state={"values": {"due_on": {"answer": {"selected_date": "soon"}}}}
    ),
}


@pytest.mark.parametrize("payload", INTERACTIONS.values(), ids=INTERACTIONS)
def test_an_odd_interaction_is_acknowledged_and_nothing_is_left_behind(bot: Bot, payload: dict[str, Any]) -> None:
    assert interaction(bot, payload).status_code == 200
    bot.desk.carry_out_unfinished()
    assert bot.health.facts(now=real_now()).failing == dict.fromkeys(bot.health.facts(now=real_now()).failing, 0)


@pytest.mark.parametrize("submitted", FORMS.values(), ids=FORMS)
def test_an_odd_form_stays_open_and_says_why(bot: Bot, submitted: dict[str, Any]) -> None:
    answer = interaction(bot, {"type": "view_submission", "trigger_id": "1", "view": submitted})
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["response_action"] in {"errors", "update"}


def test_a_menu_nobody_fills_has_no_options(bot: Bot) -> None:
    answer = interaction(bot, {"type": "block_suggestion", "action_id": "gone", "block_id": "b", "value": "a"})
    assert (answer.status_code, answer.json) == (200, {"options": []})


@pytest.mark.parametrize(
    "event", [{"type": "app_home_opened"}, {"type": "app_uninstalled"}, {"type": "tokens_revoked"}]
)
def test_an_event_nobody_asked_for_is_acknowledged(bot: Bot, event: dict[str, Any]) -> None:
    told = {"type": "event_callback", "event_id": "Ev1", "team_id": "T0SANDBOX", "event": {"user": "U0TOM"} | event}
    assert send(bot, json.dumps(told), kind="application/json").status_code == 200


@pytest.mark.parametrize(
    "words", ["triage ²", "triage ①", "triage 99999999999999999999 Acme Dental", "take ١٢٣", "x" * 3000]
)
def test_numbers_that_are_none_are_answered_and_leave_nothing_behind(bot: Bot, words: str) -> None:
    command = {"command": "/sla", "text": words, "user_id": "U0DANA", "team_id": "T0SANDBOX", "trigger_id": "1"}
    assert send(bot, urlencode(command)).status_code == 200
    assert sum(bot.health.facts(now=real_now()).failing.values()) == 0


def test_a_command_of_nobody_is_acknowledged(bot: Bot) -> None:
    assert send(bot, urlencode({"command": "/sla", "text": "status"})).status_code == 200
