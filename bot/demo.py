"""`sla-bot demo`: a local workspace, the unmodified bot connected to it, and an adjustable clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from bot.lifecycle import AllInOne
from bot.listeners.subcommand import Subcommand as SlaSubcommand
from bot.manifest import manifest
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace.seed import ClockReading, OnDuty, SandboxChannel, SandboxUser, SlashCommand, SlashMenuLine
from bot.settings import BotSettings
from bot.wiring import Bot
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.services.agreements import agreement_files, people_files
from sla_engine.services.agreements.book import PeopleBook
from sla_engine.services.incidents.commands import Incidents
from sla_engine.services.incidents.open import OpenRequest
from sla_engine.services.shifts.handovers import Handovers
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.services.upkeep.database_time import AdjustableTime
from sla_engine.services.upkeep.databases import OTHERS, Database, for_work, upgrade
from sla_engine.services.versions.reread import Rereading
from sla_engine.time_source import real_now

EXAMPLES = Path(__file__).parent.parent / "examples"
INTAKE_SECRET = "demo-secret"  # noqa: S105 - printed on the screen, for a workspace on this machine
INTAKE_TOKEN = "demo-token"  # noqa: S105
BY = "demo"
DEFAULT_FOLDER = ".demo"
OWNER_ONLY_FOLDER = 0o700

# Opened a while ago, so that something happens within the first minute.
_SEED: tuple[tuple[str, Priority, str, timedelta, str | None], ...] = (
    ("Acme Dental", Priority.P1, "Server dc01 does not answer, nobody can book patients", timedelta(minutes=9), None),
    ("Beta Logistics", Priority.P2, "Label printer in hall 3 prints half labels", timedelta(minutes=5), "U0TOM"),
    ("Cedar Clinic", Priority.P3, "Phone of room 204 rings only once", timedelta(minutes=2), "U0TESS"),
)


@dataclass(frozen=True, slots=True)
class ClockKnob:
    """SLA time as the workspace page controls it."""

    time: AdjustableTime
    zone: str
    turned: Callable[[], object]

    def reading(self) -> ClockReading:
        """The clock as the page shows it."""
        pace = self.time.pace
        return ClockReading(now=self.time.now(), speed=pace.speed, paused=pace.paused)

    def set_speed(self, speed: float) -> None:
        """Let SLA time run `speed` times as fast as real time."""
        self.time.set_speed(speed)
        self.turned()

    def set_paused(self, paused: bool) -> None:  # noqa: FBT001 - the workspace's clock protocol
        """Stop the clock, or let it run."""
        self.time.set_paused(paused)
        self.turned()

    def jump(self, seconds: float) -> None:
        """Move the clock forward."""
        self.time.jump(seconds)
        self.turned()


class Demo:
    """The demo in one process; its data lies in one folder and is used again."""

    def __init__(self, data: Path, *, port: int, speed: float) -> None:
        _keep_to_owner(data)
        url = f"sqlite:///{data / 'sla-bot.db'}"
        upgrade(url)
        database = for_work(url)  # the clock is turned while much becomes due
        is_new = _set_up(database, now=real_now())
        self.msp = _msp(database)
        start = _first_instant(self.msp, real_now()) if is_new else None
        self.time = AdjustableTime(database, real_clock=real_now, speed=speed, start=start)
        Rereading(UnitOfWork(database)).run(now=self.time.now())
        shifts = Handovers(UnitOfWork(database))
        self.sandbox = Sandbox(
            _users(self.msp),
            _channels(self.msp),
            commands=[_command(Bot(BotSettings(database_url=SecretStr(url)), time=self.time).subcommands)],
            manifest=manifest(),
            data_dir=data / "workspace",
            time_control=ClockKnob(self.time, self.msp.zone, self._wake),
            port=port,
            app_name="SLA bot",
            workspace_name=self.msp.name,
            on_duty=lambda: _on_duty(shifts, now=self.time.now()),
        )
        self.sandbox.start()
        self.bot = Bot(_settings(url, self.sandbox), time=self.time)
        if is_new:
            open_samples(Incidents(self.bot.unit_of_work), now=self.time.now())
        database.close()
        self.running = AllInOne(self.bot, port=0)

    def start(self) -> None:
        """Connect the bot."""
        self.running.start()

    def stop(self) -> None:
        """Stop the bot, then the workspace, and store the clock."""
        self.running.stop()
        self.sandbox.stop()
        self.time.stand_still()

    def _wake(self) -> None:
        self.bot.wake()


def _keep_to_owner(data: Path) -> None:
    """Make the folder for its owner only, and delete what an earlier version left readable in it."""
    data.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY_FOLDER)
    for kept in (*data.glob("sla-bot.db*"), data / "workspace"):
        if kept.exists():
            kept.chmod(kept.stat().st_mode & ~OTHERS)
    if data.name == DEFAULT_FOLDER:  # another one may be a folder that others work in
        data.chmod(OWNER_ONLY_FOLDER)


def _settings(url: str, sandbox: Sandbox) -> BotSettings:
    return BotSettings(
        database_url=SecretStr(url),
        slack_bot_token=SecretStr(sandbox.bot_token),
        slack_app_token=SecretStr(sandbox.app_token),
        slack_api_url=sandbox.api_url,
        SLA_BOT_INTAKE_SECRETS=SecretStr(INTAKE_SECRET),
        SLA_BOT_INTAKE_TOKENS=SecretStr(INTAKE_TOKEN),
    )


def _set_up(database: Database, *, now: datetime) -> bool:
    """Apply the sample files; True when they were new."""
    applied = people_files.apply(database, EXAMPLES / "msp.yaml", by=BY, now=now)
    agreement_files.apply(database, [EXAMPLES / "agreements"], by=BY, now=now)
    return applied.is_new


def _msp(database: Database) -> Msp:
    with database.reading() as session:
        return PeopleBook().in_force(session)


def _first_instant(msp: Msp, now: datetime) -> datetime:
    """Now while the office is open, else an hour into its next day, so that clocks run."""
    return now if msp.calendar.is_open(now) else msp.calendar.next_open(now) + timedelta(hours=1)


def _on_duty(shifts: Handovers, *, now: datetime) -> OnDuty | None:
    duty = shifts.duty(now=now)
    if duty.person is None:
        return None
    return OnDuty(duty.person) if duty.has_taken_over else OnDuty(duty.person, "on duty, handover not taken yet")


def _users(msp: Msp) -> list[SandboxUser]:
    colors = ("8a3ffc", "0f7b6c", "c2410c", "1d4ed8", "be185d", "4d7c0f")
    return [
        SandboxUser(
            id=person.slack_id,
            name=person.login or person.name.split()[0].lower(),
            real_name=person.name,
            title=person.role.label.capitalize(),
            tz=person.zone,
            color=colors[number % len(colors)],
        )
        for number, person in enumerate(msp.people)
    ]


def _channels(msp: Msp) -> list[SandboxChannel]:
    return [
        SandboxChannel(msp.dispatcher_channel, "dispatch", "Escalation nudges; whoever is on duty answers them"),
        SandboxChannel(msp.managers_channel, "service-managers", "The weekly digest"),
        SandboxChannel("C0GENERAL", "general", "Type /sla to begin"),
    ]


def _command(subcommands: tuple[SlaSubcommand, ...]) -> SlashCommand:
    listed = tuple(
        SlashMenuLine(sub.name, hint=sub.help.usage.removeprefix(sub.name).strip(), description=sub.help.summary)
        for sub in subcommands
    )
    return SlashCommand("/sla", "SLA clocks of your incidents", "status | open | show INC-… | help", listed)


def open_samples(incidents: Incidents, *, now: datetime) -> None:
    """Open the sample incidents, as if some minutes ago."""
    opener = "U0DANA"
    for customer, priority, title, ago, owner in _SEED:
        request = OpenRequest(customer=customer, title=title, priority=priority, opened_at=now - ago)
        record = incidents.open(request, by=opener, now=now)
        if owner is not None:
            incidents.assign(record.key, to=owner, by=opener, now=now)
