"""`sla-bot web` and `sla-bot worker`, as a platform runs them, with Slack's signed requests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from slack_sdk.signature import SignatureVerifier

from bot.sandbox.server import Sandbox
from bot.sandbox.workspace.seed import OverSignedHttp
from sla_engine.intake.authentication import SIGNATURE_HEADER, sign
from sla_engine.services.queries.board import Board
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage.database import Database
from sla_engine.time_source import real_now
from tests.driver.driver import SlackDriver
from tests.polling import until
from tests.slack.processes import Reply, asks, environment, free_port, listening, started
from tests.slack.workplace import INTAKE_SECRET, INTAKE_TOKEN, set_up, workspace

pytestmark = pytest.mark.both_databases

ALERTS = Path(__file__).resolve().parents[1] / "data" / "intake"


@dataclass(frozen=True, slots=True)
class Deployment:
    """A web process, two workers, and Slack that calls them."""

    sandbox: Sandbox
    port: int
    url: str

    @property
    def slack(self) -> SlackDriver:
        return SlackDriver(self.sandbox)

    def signed(
        self,
        text: str,
        *,
        trigger: str,
        age: timedelta = timedelta(0),
        secret: str | None = None,
        team: str = "T0SANDBOX",
    ) -> Reply:
        """A command as Slack sends it, perhaps late, perhaps signed by somebody else, perhaps of another team."""
        form = {
            "command": "/sla",
            "text": text,
            "user_id": "U0TOM",
            "team_id": team,
            "channel_id": "C0GENERAL",
            "trigger_id": trigger,
        }
        body = urlencode(form)
        at = str(int((real_now() - age).timestamp()))
        signature = SignatureVerifier(secret or self.sandbox.signing_secret).generate_signature(timestamp=at, body=body)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": signature or "",
        }
        return asks(self.port, "POST", "/slack/events", body=body.encode(), headers=headers)

    def facts(self, key: str) -> int:
        """How many facts an incident has."""
        database = Database(self.url)
        try:
            return len(Board(UnitOfWork(database)).show(key, now=real_now()).history)
        finally:
            database.close()


@pytest.fixture
def deployment(database_url: str, tmp_path: Path) -> Iterator[Deployment]:
    """Everything of the Procfile but `release`; Slack must have refused nothing at the end."""
    set_up(database_url)
    port = free_port()
    with ExitStack() as stack:
        sandbox = stack.enter_context(workspace(delivery=OverSignedHttp(f"http://127.0.0.1:{port}/slack/events")))
        given = environment(database_url, sandbox, PORT=str(port))
        stack.enter_context(started("web", given=given, folder=tmp_path))
        stack.enter_context(started("worker", given=given, folder=tmp_path))
        stack.enter_context(started("worker", given=given, folder=tmp_path))
        listening(port)
        yield Deployment(sandbox, port, database_url)
        assert sandbox.rejections == []


def opened(deployment: Deployment, words: str) -> str:
    """Open an incident by command; answers its key."""
    seen = deployment.slack.as_user("tess").in_channel("general").says(f"/sla open {words}")
    found = re.search(r"Opened \*(INC-\d+)\*", seen.expects_message("Opened *INC-").text)
    assert found is not None
    return found[1]


def alert(**changes: object) -> bytes:
    """A documented webhook delivery."""
    document = {
        "event": "opened",
        "id": "delivery-1",
        "external_id": "T-77",
        "customer": "Acme Dental",
        "priority": "P2",
        "title": "Scanner offline",
        "at": real_now().isoformat(),
    }
    return json.dumps(document | changes).encode()


@pytest.mark.timeout(120)
def test_commands_nudges_and_intakes_work_over_signed_http(deployment: Deployment) -> None:
    key = opened(deployment, "Cedar Clinic P1 The ward is dark")
    tom = deployment.slack.as_user("tom").in_channel("general")
    tom.says("/sla status all").expects(key)
    dana = deployment.slack.as_user("dana").in_channel("dispatch")
    dana.expects("nobody has it")
    dispatcher = "dana" if "@dana" in dana.sees() else "dev"
    on_duty = deployment.slack.as_user(dispatcher).in_channel("dispatch")
    on_duty.clicks("I’m on it").expects("is on it")
    dana.expects("Next: P1 Cedar Clinic")
    assert len(deployment.slack.messages("dispatch")) == 2, "two workers post a nudge once, and one board"
    tom.says(f"/sla update {key}").sees_modal("Customer update").closes()
    _signatures_are_checked(deployment, key)
    _intakes_answer(deployment)
    health = asks(deployment.port, "GET", "/healthz")
    assert (health.status, health.json) == (200, {"well": True, "red": None})
    assert "sla_open_incidents 3.0" in asks(deployment.port, "GET", "/metrics").text


def _signatures_are_checked(deployment: Deployment, key: str) -> None:
    before = deployment.facts(key)
    assert deployment.signed(f"take {key}", trigger="1.1.forged", secret="guessed").status == 401
    assert deployment.signed(f"take {key}", trigger="1.1.old", age=timedelta(minutes=6)).status == 401
    assert asks(deployment.port, "POST", "/slack/events", body=b"command=%2Fsla").status == 401
    assert deployment.facts(key) == before
    assert deployment.signed(f"take {key}", trigger="1.1.elsewhere", team="T0EVIL").status == 200
    assert deployment.signed(f"take {key}", trigger="1.1.fresh").status == 200
    until(lambda: deployment.facts(key) == before + 1, what="the command is carried out")
    assert deployment.signed(f"take {key}", trigger="1.1.fresh").status == 200, "a replay is answered"
    assert deployment.signed(f"handback {key} later", trigger="1.1.fresh").status == 200
    assert deployment.facts(key) == before + 1, "and does nothing"


def _intakes_answer(deployment: Deployment) -> None:
    def sends(body: bytes, *, source: str = "webhook", secret: str = INTAKE_SECRET) -> Reply:
        headers = {SIGNATURE_HEADER: sign(body, secret=secret, at=real_now()), "Content-Type": "application/json"}
        return asks(deployment.port, "POST", f"/intake/{source}", body=body, headers=headers)

    taken = sends(alert())
    assert taken.status == 202, taken.text
    assert taken.json["taken"][0]["outcome"] == "opened"
    assert sends(alert()).status == 202
    bad = sends(alert(id="delivery-2", external_id="T-78", event="exploded"))
    assert bad.status == 400
    assert "event" in bad.json["error"]
    assert sends(alert(id="delivery-3", external_id="T-79"), secret="guessed").status == 401
    assert sends(alert(), source="telegram").status == 404
    assert sends(b'{"x": "' + b"y" * 300_000 + b'"}').status == 413
    payload = next(ALERTS.glob("alertmanager*.json")).read_bytes()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {INTAKE_TOKEN}"}
    assert asks(deployment.port, "POST", "/intake/alertmanager", body=payload, headers=headers).status == 202
