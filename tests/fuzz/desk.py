"""The bot on a database of its own, with everything it would send to Slack looked at instead."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from flask.testing import FlaskClient
from pydantic import SecretStr
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from bot.requests.private_answers import PrivateAnswers
from bot.sandbox.blocks.blocks import problems, view_problems
from bot.sandbox.blocks.rules import Problem
from bot.settings import BotSettings
from bot.views.messages import render
from bot.views.rendered import Rendered
from bot.web import create_app
from bot.wiring import Bot
from sla_engine.notifications.kinds import from_payload
from sla_engine.services.sweep.sweep import Sweep
from sla_engine.services.versions.reproject import project
from sla_engine.storage import failures, incidents, projections
from sla_engine.storage.migrate import upgrade
from sla_engine.storage.tables.delivery import Outbox
from sla_engine.storage.tables.incidents import IncidentRow
from sla_engine.storage.tables.intake import Inbox
from sla_engine.time_source import real_now
from tests.fixed_time import FixedTime
from tests.slack.workplace import MONDAY_TEN, set_up

SECRET, TOKEN, TEAM = "a-secret", "a-token", "T0SANDBOX"


@dataclass
class Looker:
    """Stands where Slack is: refuses what Slack would refuse, and remembers that it had to."""

    refused: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, _body: object, answer: Rendered, *, replaces: bool = False) -> bool:  # noqa: ARG002 - as it is called
        self.look(answer.blocks)
        return True

    def views_open(self, *, view: Mapping[str, Any], **_: object) -> dict[str, Any]:
        self.keep(view_problems(dict(view)))
        return {"ok": True}

    def users_info(self, **_: object) -> dict[str, Any]:
        return {"ok": True, "user": {"id": "U0TOM", "tz": "Europe/Berlin", "team_id": TEAM}}

    def auth_test(self, **_: object) -> dict[str, Any]:
        return {"ok": True, "team_id": TEAM, "user_id": "U0BOT"}

    def chat_postMessage(self, *, blocks: Any = None, **_: object) -> dict[str, Any]:  # noqa: N802 - Slack's name
        self.look(blocks)
        return {"ok": True, "ts": "1.1"}

    def look(self, blocks: Any) -> None:
        if blocks:
            self.keep(problems(blocks, surface="message"))

    def keep(self, complaints: Iterable[Problem]) -> None:
        with self.lock:
            self.refused.extend(map(str, complaints))


class AtOnce(ThreadPoolExecutor):
    """Does the work before the answer is given, so that each input's own work is what is watched."""

    def submit(self, work: Any, /, *given: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(work(*given, **named))
        except BaseException as error:  # noqa: BLE001 - it is the future's business
            future.set_exception(error)
        return future


class FuzzDesk:
    """Takes signed requests and deliveries, and says at the end what is wrong with what they left behind."""

    def __init__(self, folder: Path) -> None:
        url = f"sqlite:///{folder / 'fuzz.db'}"
        upgrade(url)
        set_up(url)
        settings = BotSettings(
            database_url=SecretStr(url),
            slack_bot_token=SecretStr("xoxb-1"),
            slack_signing_secret=SecretStr(SECRET),
            slack_api_url="http://127.0.0.1:1/api/",
            SLA_BOT_INTAKE_SECRETS=SecretStr(SECRET),
            SLA_BOT_INTAKE_TOKENS=SecretStr(TOKEN),
        )
        self.time = FixedTime(MONDAY_TEN)
        self.looker = Looker()
        self.bot = Bot(settings, time=self.time)
        event.listen(self.bot.database.engine, "connect", _without_waiting_for_the_disk)
        self.bot.__dict__["client"] = cast("WebClient", self.looker)
        self.bot.desk.responder.answers = cast("PrivateAnswers", self.looker)
        minutes = itertools.count()  # pass between any two requests, so that nobody is told to wait
        self.bot.desk.limit.real_clock = lambda: MONDAY_TEN + timedelta(minutes=next(minutes))
        self.bot.signed_app.listener_runner.listener_executor = AtOnce()
        self.web: FlaskClient = create_app(self.bot).test_client()

    def slack(self, body: str, *, kind: str = "application/x-www-form-urlencoded") -> TestResponse:
        """A request as Slack signs it."""
        at = str(int(real_now().timestamp()))
        signature = SignatureVerifier(SECRET).generate_signature(timestamp=at, body=body) or ""
        headers = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": signature, "Content-Type": kind}
        return self.web.post("/slack/events", data=body.encode(), headers=headers)

    def command(self, words: str, *, user: str, trigger: str) -> TestResponse:
        """A slash command."""
        form = {"command": "/sla", "text": words, "user_id": user, "team_id": TEAM, "trigger_id": trigger}
        return self.slack(urlencode(form))

    def deliver(self, source: str, body: bytes) -> TestResponse:
        """A delivery to an intake."""
        return self.web.post(f"/intake/{source}", data=body, headers={"Authorization": f"Bearer {TOKEN}"})

    def open_incidents(self) -> int:
        """How many incidents there are to act on."""
        return self.bot.health.facts(now=real_now()).open_incidents

    def sweep(self, **later: float) -> None:
        """Let time pass, and look at what became due."""
        self.time.at += timedelta(**later)
        Sweep(self.bot.unit_of_work).run_once(now=self.time.at)

    def faults(self) -> list[str]:
        """What was left behind that must not be: failures, kept requests, half-written incidents, refused messages."""
        with self.bot.database.reading() as session:
            found = [f"{failure.queue} {failure.item}: {failure.error}" for failure in failures.unresolved(session)]
            left = session.scalars(select(Inbox.id).where(Inbox.state == "received")).all()
            found += [f"kept and not worked on: {name}" for name in left]
            for row in session.scalars(select(Outbox)):
                self.looker.look(render(from_payload(row.kind, row.payload)).blocks)
            customers = session.scalars(select(IncidentRow.customer).distinct()).all()
        found += [f"Slack would refuse: {complaint}" for complaint in self.looker.refused]
        return found + [f"half-written: {key}" for customer in customers for key in self._half_written(customer)]

    def _half_written(self, customer: str) -> list[str]:
        """Open incidents whose rows are not what follows from their facts."""
        found = []
        with self.bot.database.transaction() as session:
            for number in projections.open_ids(session, customer):
                work = self.bot.unit_of_work.work_on(session, incidents.lock_by_id(session, number), now=self.time.at)
                if project(work):
                    found.append(work.key)
            session.rollback()
        return found

    def close(self) -> None:
        """Give everything back."""
        self.bot.close()


def _without_waiting_for_the_disk(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")
