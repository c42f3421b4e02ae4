"""Bodies and headers that no Slack sends, signed and not: turned away in one line, and nothing is carried out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from slack_sdk.signature import SignatureVerifier
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from bot.lifecycle import AllInOne
from bot.settings import BotSettings
from bot.web import create_app
from bot.wiring import Bot
from sla_engine.intake.authentication import SIGNATURE_HEADER, sign
from sla_engine.time_source import real_now
from tests.slack.workplace import set_up

pytestmark = pytest.mark.sqlite_only

SECRET = "signs"
FORM = "application/x-www-form-urlencoded"
COMMAND = {"command": "/sla", "text": "open Acme Dental P1 Forged", "user_id": "U0TOM", "trigger_id": "1.1.a"}
DEEP = "[" * 20_000

ODD: dict[str, tuple[str, str]] = {
    "nothing": ("", FORM),
    "a list": ("[]", "application/json"),
    "a list of commands": (json.dumps([COMMAND]), "application/json"),
    "null": ("null", "application/json"),
    "a number": ("17", "application/json"),
    "half an object": ("{", "application/json"),
    "an object without an end": ('{"a":' * 20_000, "application/json"),
    "only brackets": (DEEP, "application/json"),
    "a payload of null": ("payload=null", FORM),
    "a payload of brackets": (f"payload={DEEP}", FORM),
    "a payload of text": ("payload=%22block_actions%22", FORM),
    "a payload that is no JSON": ("payload=%7B", FORM),
    "a payload that is a list": (urlencode({"payload": json.dumps([COMMAND])}), FORM),
}
UNSIGNED: dict[str, dict[str, str]] = {
    "no header": {},
    "a word for a time": {"X-Slack-Request-Timestamp": "abc"},
    "400 digits": {"X-Slack-Request-Timestamp": "1" * 400},
    "5,000 digits": {"X-Slack-Request-Timestamp": "1" * 5000},
    "a superscript": {"X-Slack-Request-Timestamp": "\xb2"},
    "a negative time": {"X-Slack-Request-Timestamp": "-1"},
    "infinity": {"X-Slack-Request-Timestamp": "inf"},
    "no signature": {"X-Slack-Signature": ""},
    "letters beyond ASCII": {"X-Slack-Signature": "v0=\xe9\xe9"},
    "another version": {"X-Slack-Signature": "v1=" + "0" * 64},
    "a guess": {"X-Slack-Signature": "v0=" + "0" * 64},
}


@pytest.fixture
def bot(database_url: str) -> Iterator[Bot]:
    set_up(database_url)
    settings = BotSettings(
        database_url=SecretStr(database_url),
        slack_bot_token=SecretStr("xoxb-1"),
        slack_app_token=SecretStr("xapp-1"),
        slack_signing_secret=SecretStr(SECRET),
        slack_api_url="http://127.0.0.1:9/api/",
        SLA_BOT_INTAKE_SECRETS=SecretStr(SECRET),
    )
    made = Bot(settings)
    yield made
    made.close()


@pytest.fixture
def web(bot: Bot) -> FlaskClient:
    return create_app(bot).test_client()


def signed(body: str) -> dict[str, str]:
    at = str(int(real_now().timestamp()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=at, body=body)
    return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": signature or ""}


def sends(web: FlaskClient, body: str | bytes, headers: dict[str, str], *, content_type: str = FORM) -> TestResponse:
    """Post to Slack's address; it is turned away in one line without a traceback."""
    with capture_logs() as lines:
        answer = web.post("/slack/events", data=body, headers=headers, content_type=content_type)
    assert [line["event"] for line in lines] == ["a request was turned away"]
    assert "exc_info" not in lines[0]
    assert lines[0]["status"] == answer.status_code
    assert list(answer.get_json()) == ["error"], "one sentence"
    return answer


def nothing_happened(bot: Bot) -> bool:
    incidents = bot.board.everything(now=bot.time.now()).incidents
    with bot.database.reading() as session:
        kept = session.connection().exec_driver_sql("SELECT count(*) FROM inbox").scalar()
    return not incidents and kept == 0


@pytest.mark.parametrize("case", ODD)
def test_what_is_odd_is_400_when_signed_and_401_when_not(web: FlaskClient, bot: Bot, case: str) -> None:
    body, content_type = ODD[case]
    assert sends(web, body, signed(body), content_type=content_type).status_code == 400
    assert sends(web, body, {}, content_type=content_type).status_code == 401
    assert nothing_happened(bot)


@pytest.mark.parametrize("odd", [{"user": [1]}, {"team": "T"}, {"actions": []}, {"actions": [{}], "user": {"id": []}}])
def test_what_is_signed_and_lacks_only_a_part_is_acknowledged_in_one_line(
    web: FlaskClient, bot: Bot, odd: dict[str, Any]
) -> None:
    body = urlencode({"payload": json.dumps({"type": "block_actions"} | odd)})
    with capture_logs() as lines:
        answer = web.post("/slack/events", data=body, headers=signed(body), content_type=FORM)
    assert (answer.status_code, len(lines)) == (200, 1)
    assert nothing_happened(bot)


@pytest.mark.parametrize("case", UNSIGNED)
def test_what_is_not_signed_is_401_whatever_its_headers_are(web: FlaskClient, bot: Bot, case: str) -> None:
    body = urlencode(COMMAND)
    assert sends(web, body, signed(body) | UNSIGNED[case] if UNSIGNED[case] else {}).status_code == 401
    assert nothing_happened(bot)


def test_a_body_that_is_no_text_cannot_have_been_signed(web: FlaskClient, bot: Bot) -> None:
    assert sends(web, b"\xff\xfe", signed("x")).status_code == 401
    assert nothing_happened(bot)


@pytest.mark.parametrize("text", ["help", "help payload", "open Acme Dental P2 Payload of the lorry lost, payload=1"])
def test_a_command_that_speaks_of_a_payload_is_a_command(web: FlaskClient, bot: Bot, text: str) -> None:
    body = urlencode(COMMAND | {"text": text})
    assert web.post("/slack/events", data=body, headers=signed(body), content_type=FORM).status_code == 200
    with bot.database.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT payload FROM inbox").all()
    assert [json.loads(row[0])["text"] for row in rows] == [text]


def test_slacks_own_questions_are_answered(web: FlaskClient) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "c"})
    answer = web.post("/slack/events", data=body, headers=signed(body), content_type="application/json")
    assert (answer.status_code, answer.get_json()) == (200, {"challenge": "c"})


@pytest.mark.parametrize("body", [DEEP, '{"a":' * 20_000, "[]", "null", "17", '"\\ud800"'])
def test_intakes_answer_odd_bodies_in_a_sentence_too(web: FlaskClient, body: str) -> None:
    raw = body.encode()
    headers = {SIGNATURE_HEADER: sign(raw, secret=SECRET, at=real_now())}
    answer = web.post("/intake/webhook", data=raw, headers=headers, content_type="application/json")
    assert answer.status_code == 400
    assert isinstance(answer.get_json()["error"], str)
    assert web.post("/intake/webhook", data=raw, content_type="application/json").status_code == 401


SOCKET_BODIES: dict[str, Any] = {
    "a list": [],
    "nothing": None,
    "a text": "x",
    "brackets": DEEP,
    "a user that is a list": {"type": "block_actions", "user": [1]},
    "a team that is a text": {"type": "block_actions", "team": "T"},
}


@pytest.mark.parametrize("case", SOCKET_BODIES)
def test_over_socket_mode_what_cannot_be_read_is_acknowledged(bot: Bot, case: str) -> None:
    running = AllInOne(bot)
    envelope = {"envelope_id": "e", "type": "interactive", "payload": SOCKET_BODIES[case]}
    assert running._socket._dispatch(envelope) == {}
    assert nothing_happened(bot)


def test_a_form_that_cannot_be_read_is_never_closed_as_if_it_were_saved(bot: Bot) -> None:
    running = AllInOne(bot)
    envelope = {"envelope_id": "e", "type": "interactive", "payload": {"type": "view_submission", "user": [1]}}
    answer = running._socket._dispatch(envelope)
    assert answer is not None
    assert answer["response_action"] == "update"
