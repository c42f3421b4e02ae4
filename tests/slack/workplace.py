"""An MSP at work: a sandbox workspace, the unmodified bot connected to it over Socket Mode, and a clock one turns."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from bot.connections.socket_mode import PATIENT, ConnectionRules
from bot.lifecycle import AllInOne
from bot.manifest import manifest
from bot.sandbox.running import Strictness
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace.seed import SandboxChannel, SandboxUser, SlashCommand, Transport
from bot.settings import BotSettings
from bot.wiring import Bot
from sla_engine.delivery.records import DeliveryRules
from sla_engine.services.agreements import agreement_files, people_files
from sla_engine.storage.database import Database
from tests.driver.driver import SlackDriver
from tests.driver.person import Person
from tests.driver.screen import SeenMessage
from tests.fixed_time import FixedTime
from tests.furnished import furnish
from tests.polling import PATIENCE_SECONDS, until

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NEW_YORK = ZoneInfo("America/New_York")
MONDAY_TEN = datetime(2026, 2, 2, 10, tzinfo=NEW_YORK).astimezone(UTC)
BEFORE = datetime(2026, 1, 30, 12, tzinfo=UTC)

PEOPLE = (
    SandboxUser("U0DANA", "dana", "Dana Ortiz", tz="America/New_York"),
    SandboxUser("U0DEV", "dev", "Dev Patel", tz="America/Chicago"),
    SandboxUser("U0TOM", "tom", "Tom Becker", tz="Europe/Berlin"),
    SandboxUser("U0TESS", "tess", "Tess Nguyen", tz="America/Los_Angeles"),
    SandboxUser("U0MIRA", "mira", "Mira Kaplan", tz="America/New_York"),
    SandboxUser("U0ADA", "ada", "Ada Lindqvist", tz="Europe/London"),
    SandboxUser("U0NINA", "nina", "Nina New", tz="America/New_York"),
    SandboxUser("U0GUEST", "guest", "Gus Guest", tz="America/New_York", is_guest=True),
    SandboxUser("U0EVE", "eve", "Eve Elsewhere", tz="America/New_York", team_id="T0CUSTOMER"),
)
CHANNELS = (
    SandboxChannel("C0DISPATCH", "dispatch"),
    SandboxChannel("C0MANAGERS", "service-managers"),
    SandboxChannel("C0GENERAL", "general"),
)
COMMANDS = (SlashCommand("/sla", "SLA clocks of your incidents"),)
QUICK = DeliveryRules(
    settle=timedelta(seconds=0.2),
    post_gap=timedelta(seconds=0.05),
    look_up_gap=timedelta(seconds=0.05),
    first_backoff=timedelta(seconds=0.1),
    longest_backoff=timedelta(seconds=0.3),
    probe_gap=timedelta(seconds=0.1),
    default_retry_after=timedelta(seconds=0.2),
)
PATIENT_SLACK = Strictness(ack_seconds=PATIENCE_SECONDS, ping_seconds=0.1)
"""As strict as Slack in all but time: a busy machine acknowledges late."""
INTAKE_SECRET = "a-secret-of-the-tests"
INTAKE_TOKEN = "a-token-of-the-tests"
LIVE_MESSAGE = re.compile(r"Board\n|:raised_hand: \*(One incident|\d+ incidents) ha")
OPENED = re.compile(r"Opened \*(INC-\d+)\*")


def workspace(*, delivery: Transport | None = None, strictness: Strictness | None = None) -> Sandbox:
    """The people and channels of examples/msp.yaml, others it does not name, and the app as its manifest says."""
    patience = strictness or PATIENT_SLACK
    return Sandbox(PEOPLE, CHANNELS, commands=COMMANDS, manifest=manifest(), strictness=patience, delivery=delivery)


def settings_for(url: str, sandbox: Sandbox, *, api_url: str | None = None) -> BotSettings:
    """Everything the bot reads from its environment."""
    return BotSettings(
        database_url=SecretStr(url),
        slack_bot_token=SecretStr(sandbox.bot_token),
        slack_app_token=SecretStr(sandbox.app_token),
        slack_signing_secret=SecretStr(sandbox.signing_secret),
        slack_api_url=api_url or sandbox.api_url,
        SLA_BOT_INTAKE_SECRETS=SecretStr(INTAKE_SECRET),
        SLA_BOT_INTAKE_TOKENS=SecretStr(INTAKE_TOKEN),
    )


def set_up(url: str, *, at: datetime = BEFORE) -> None:
    """Put the sample people and agreements in force."""
    database = Database(url)

    def applied(empty: Database) -> None:
        people_files.apply(empty, EXAMPLES / "msp.yaml", by="test", now=at)
        agreement_files.apply(empty, [EXAMPLES / "agreements"], by="test", now=at)

    furnish(database, f"workplace at {at}", applied)
    database.close()


class Workplace:
    """The workspace, the bot in it, and the hour of day."""

    def __init__(
        self,
        url: str,
        sandbox: Sandbox,
        *,
        api_url: str | None = None,
        intake_port: int | None = None,
        connections: ConnectionRules = PATIENT,
    ) -> None:
        self.sandbox = sandbox
        self.slack = SlackDriver(sandbox)
        self.time = FixedTime(MONDAY_TEN)
        self.bot = Bot(settings_for(url, sandbox, api_url=api_url), time=self.time, rules=QUICK)
        self.running = AllInOne(self.bot, port=intake_port, rules=connections)

    def start(self) -> None:
        """Connect the bot; returns when it listens."""
        self.running.start()
        until(lambda: self.sandbox.connection_count > 0, what="the bot is connected")

    def stop(self) -> None:
        """End the bot."""
        self.running.stop()

    def as_user(self, name: str) -> Person:
        """Act as somebody in #general, where everybody is."""
        return self.slack.as_user(name).in_channel("general")

    def dispatch(self, name: str = "dana") -> Person:
        """Act as somebody in the dispatcher channel who takes no notice of its board and of what nobody has."""
        return self.slack.as_user(name).in_channel("dispatch").looking_past(LIVE_MESSAGE)

    def passes(self, **length: float) -> None:
        """Let SLA time go on: `passes(minutes=20)`."""
        self.time.at += timedelta(**length)
        self.bot.wake()

    def opens(self, words: str = "Acme Dental P2 E-mail is down", *, by: str = "tess") -> str:
        """Open an incident in one line; answers its key."""
        answer = self.tells(by, f"open {words}").text
        found = OPENED.search(answer)
        assert found is not None, answer
        return found[1]

    def tells(self, name: str, words: str) -> SeenMessage:
        """What somebody reads who types `/sla <words>`: the one new private answer, which nobody else sees."""
        person = self.as_user(name)
        before = {message.ts for message in person.visible_messages()}
        person.says(f"/sla {words}")
        answers: list[SeenMessage] = []

        def answered() -> bool:
            seen = person.visible_messages()  # a nudge may be posted meanwhile, for everybody
            answers[:] = [message for message in seen if message.ephemeral and message.ts not in before]
            return bool(answers)

        until(answered, what=f"/sla {words} is answered privately")
        (answer,) = answers
        public = [message.text for message in self.slack.messages("general")]
        assert answer.text not in public, "an answer is seen by one person only"
        return answer

    def nudges(self) -> list[SeenMessage]:
        """What everybody sees in the dispatcher channel beside the board and the line of what nobody has."""
        seen = self.slack.messages("dispatch")
        return [message for message in seen if not LIVE_MESSAGE.match(message.text)]
