"""The HTTP side: intakes, health and figures, and Slack's address only where it is wanted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr

from bot import wsgi
from bot.app import signed_app
from bot.settings import BotSettings
from bot.web import MAX_BYTES, create_app
from bot.wiring import Bot
from sla_engine.intake.authentication import SIGNATURE_HEADER, sign
from sla_engine.intake.reception import MAX_BODY_BYTES
from sla_engine.services.agreements import people_files
from sla_engine.settings import SettingUnusable
from sla_engine.storage.database import Database
from sla_engine.storage.errors import StorageBusy
from sla_engine.time_source import real_now
from tests.slack.processes import without_secret
from tests.slack.workplace import EXAMPLES, set_up

pytestmark = pytest.mark.sqlite_only

SECRET = "hush"


@pytest.fixture
def bot(database_url: str) -> Iterator[Bot]:
    settings = BotSettings(
        database_url=SecretStr(database_url),
        slack_bot_token=SecretStr("xoxb-1"),
        slack_signing_secret=SecretStr("signs"),
        SLA_BOT_INTAKE_SECRETS=SecretStr(SECRET),
    )
    made = Bot(settings)
    yield made
    made.database.close()


@pytest.fixture
def web(bot: Bot) -> FlaskClient:
    return create_app(bot).test_client()


def signed(body: bytes) -> dict[str, str]:
    return {SIGNATURE_HEADER: sign(body, secret=SECRET, at=real_now())}


def test_a_signed_delivery_of_an_unknown_customer_is_kept_for_triage(web: FlaskClient, database_url: str) -> None:
    set_up(database_url)
    opened = {
        "event": "opened",
        "id": "d1",
        "external_id": "T-1",
        "at": real_now().isoformat(),
        "customer": "Nobody",
        "title": "Scanner offline",
        "priority": "P2",
    }
    body = json.dumps(opened).encode()
    answer = web.post("/intake/webhook", data=body, headers=signed(body))
    assert answer.status_code == 202, answer.text
    assert answer.get_json()["taken"][0]["outcome"] == "kept for triage"


def test_a_ticket_system_that_the_people_file_names_has_an_address_of_its_own(
    web: FlaskClient, database_url: str, tmp_path: Path
) -> None:
    set_up(database_url)
    assert web.post("/intake/psa", data=b"{}", headers=signed(b"{}")).status_code == 404
    file = tmp_path / "msp.yaml"
    file.write_text((EXAMPLES / "msp.yaml").read_text() + "\nintakes: {psa: {}}\n")
    database = Database(database_url)
    people_files.apply(database, file, by="test", now=real_now())
    database.close()
    opened = {"event": "opened", "id": "d1", "external_id": "T-1", "customer": "Acme Dental", "title": "Mail is down",
              "priority": "Sev A"}  # fmt: skip
    body = json.dumps(opened).encode()
    assert web.post("/intake/psa", data=body).status_code == 401
    answer = web.post("/intake/psa", data=body, headers=signed(body))
    assert (answer.status_code, answer.get_json()["taken"][0]["incident"]) == (202, "INC-1001")
    wrong = web.post("/intake/pas", data=body, headers=signed(body))
    assert wrong.status_code == 404
    assert "psa" in wrong.get_json()["error"]


@pytest.mark.parametrize(
    ("body", "sentence"), [(b"[]", "must be a JSON object"), (b"{", "is not JSON"), (b"{}", "id: ")]
)
def test_a_bad_delivery_is_400_with_a_sentence(web: FlaskClient, body: bytes, sentence: str) -> None:
    answer = web.post("/intake/webhook", data=body, headers=signed(body))
    assert answer.status_code == 400
    assert sentence in answer.get_json()["error"]


def test_a_delivery_that_is_unsigned_unknown_or_too_large_is_refused(web: FlaskClient) -> None:
    assert web.post("/intake/webhook", data=b"{}").status_code == 401
    assert web.post("/intake/telegram", data=b"{}").status_code == 404
    large = b"x" * (MAX_BODY_BYTES + 1)
    assert web.post("/intake/webhook", data=large, headers=signed(large)).status_code == 413
    unread = web.post("/intake/webhook", data=b"x" * (MAX_BYTES + 1))
    assert unread.status_code == 413
    assert unread.get_json()["error"] == "The request is larger than the 262,144 bytes that are taken."
    assert web.get("/intake/webhook").status_code == 405


def test_a_token_named_for_alertmanager_opens_no_other_intake(database_url: str) -> None:
    set_up(database_url)
    settings = BotSettings(database_url=SecretStr(database_url), SLA_BOT_INTAKE_TOKENS=SecretStr("alertmanager:own"))
    bot = Bot(settings)
    try:
        web = create_app(bot, serves_slack=False).test_client()
        bearer = {"Authorization": "Bearer own"}
        assert (
            web.post("/intake/alertmanager", data=b'{"version": "4", "alerts": []}', headers=bearer).status_code == 202
        )
        assert web.post("/intake/webhook", data=b"{}", headers=bearer).status_code == 401
        whole = {"Authorization": "Bearer alertmanager:own"}
        assert web.post("/intake/alertmanager", data=b"{}", headers=whole).status_code == 401
    finally:
        bot.database.close()


def test_a_delivery_that_cannot_be_kept_is_to_be_sent_again(
    web: FlaskClient, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise StorageBusy

    monkeypatch.setattr(bot.reception, "accept", busy)
    answer = web.post("/intake/webhook", data=b"{}")
    assert answer.status_code == 503
    assert "try again" in answer.get_json()["error"]


def test_health_is_green_while_the_database_answers_and_red_with_the_reason_when_not(
    web: FlaskClient, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert web.get("/healthz").get_json() == {"well": True, "red": None}
    monkeypatch.setattr(bot.health, "answers", lambda: False)
    answer = web.get("/healthz")
    assert answer.status_code == 503
    assert answer.get_json() == {"well": False, "red": "the database does not answer"}


def test_the_figures_are_read_at_each_scrape(web: FlaskClient) -> None:
    for _ in range(2):
        answer = web.get("/metrics")
        assert answer.status_code == 200
        assert answer.mimetype == "text/plain"
        assert "sla_open_incidents 0.0" in answer.text
        assert "sla_outbox_dead 0.0" in answer.text
        assert 'sla_items_failing{queue="timer"} 0.0' in answer.text


FORGED = {"command": "/sla", "text": "open Acme Dental P1 forged", "user_id": "U0ADA", "trigger_id": "forged.1"}


@pytest.mark.parametrize("more", [{}, {"ssl_check": "1"}], ids=["plain", "said to be a check of the certificate"])
def test_a_request_that_slack_did_not_sign_reaches_nobody(web: FlaskClient, bot: Bot, more: dict[str, str]) -> None:
    set_up(bot.settings.database_url.get_secret_value())
    answer = web.post("/slack/events", data=FORGED | more)
    assert answer.status_code == 401
    assert bot.health.facts(now=real_now()).open_incidents == 0


@pytest.mark.parametrize("secret", [None, SecretStr(""), SecretStr("\n")], ids=["unset", "empty", "a line break"])
def test_slack_is_not_served_without_a_signing_secret(database_url: str, secret: SecretStr | None) -> None:
    bot = Bot(BotSettings(database_url=SecretStr(database_url), slack_signing_secret=secret))
    with pytest.raises(SettingUnusable, match="SLACK_SIGNING_SECRET is not set"):
        create_app(bot)
    with pytest.raises(ValueError, match="proves nothing"):
        signed_app(client=bot.client, token="xoxb-1", signing_secret=" ", listeners=bot.listeners)
    assert create_app(bot, serves_slack=False).test_client().post("/slack/events", data=FORGED).status_code == 404
    bot.close()


@pytest.mark.parametrize("way", ["unset", "empty", "empty file", "line break in a file"])
def test_the_wsgi_entry_does_not_start_without_a_signing_secret(
    way: str, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    for name, value in without_secret(way, tmp_path).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingUnusable, match="SLACK_SIGNING_SECRET is not set"):
        wsgi.create()


def test_over_socket_mode_slack_has_no_address_here(bot: Bot) -> None:
    assert create_app(bot, serves_slack=False).test_client().post("/slack/events", data=b"{}").status_code == 404
