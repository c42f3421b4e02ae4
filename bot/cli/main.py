"""`sla-bot …`. Everything heavy is imported inside the command that needs it, so that `--help` is quick."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.blocks import blocks
from bot.cli.stuck import stuck
from sla_engine.cli.audit import add_audit
from sla_engine.cli.digest import digest
from sla_engine.cli.inbox import add_inbox
from sla_engine.cli.main import app as engine_app
from sla_engine.cli.options import BEHIND, CommandGroup, DatabaseUrl, open_database, stop
from sla_engine.cli.replay import add_replay
from sla_engine.cli.reread import reread_by_todays_rules
from sla_engine.cli.simulate import simulate
from sla_engine.cli.sops import add_sops
from sla_engine.cli.why import add_why
from sla_engine.cli.words import add_words
from sla_engine.time_source import use_pinned_zone_data

if TYPE_CHECKING:
    from bot.settings import BotSettings
    from bot.wiring import Bot

app = typer.Typer(
    cls=CommandGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # they would show secrets
)
app.add_typer(engine_app)
app.command("digest")(digest)
app.command("simulate")(simulate)
add_replay(app)
add_audit(app)
add_why(app)
add_words(app)
add_inbox(app)
add_sops(app)
outbox = typer.Typer(no_args_is_help=True, help="List messages on their way to Slack, and send failed ones again.")
app.add_typer(outbox, name="outbox")
app.add_typer(stuck, name="stuck")
app.add_typer(blocks, name="blocks")

DEMO_PORT = 8765
DEMO_SPEED = 30.0


def main() -> None:
    """Run the command line; zone data comes from the pinned package, so that every machine counts alike."""
    from bot.logs import set_up_logs

    set_up_logs("warning")
    use_pinned_zone_data()
    app()


def _print_version(asked: bool) -> None:
    from importlib.metadata import version

    if asked:
        typer.echo(f"sla-bot {version('sla-bot')}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
]


@app.callback()
def program(*, version: Version = False) -> None:
    """SLA clocks, nudges, notes and digests in Slack."""


@app.command("demo")
def demo(
    port: Annotated[int, typer.Option(help="Where the page is; another one is taken when it is in use.")] = DEMO_PORT,
    data: Annotated[Path, typer.Option(help="Where the demo keeps its data.")] = Path(".demo"),
    speed: Annotated[float, typer.Option(help="SLA seconds a real second.")] = DEMO_SPEED,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
) -> None:
    """Try everything here: a local workspace in the browser with the real bot in it. No account, no server."""
    try:
        from bot.cli.demo import run_demo
    except ModuleNotFoundError as missing:
        stop(f"sla-bot demo needs the package {missing.name}: install sla-bot with its extra, 'sla-bot[sandbox]'.")

    _log("warning")
    run_demo(data, port=port, speed=speed, opens_browser=not no_browser, echo=typer.echo)


@app.command("run")
def run() -> None:
    """Run everything in one process over Socket Mode: needs SLACK_BOT_TOKEN and SLACK_APP_TOKEN."""
    from bot.lifecycle import AllInOne, wait_for_stop_signal

    settings = _settings()
    if settings.slack_bot_token is None or settings.slack_app_token is None:
        stop("sla-bot run needs SLACK_BOT_TOKEN and SLACK_APP_TOKEN; 'sla-bot manifest' shows how to get them.")
    with _bot(settings) as bot:
        with _listening(settings.host, settings.run_port):
            running = AllInOne(bot, host=settings.host, port=settings.run_port)
        running.start()
        wait_for_stop_signal()
        running.stop()


@app.command("web")
def web() -> None:
    """Serve Slack's signed requests, the intakes, /healthz and /metrics."""
    from bot.lifecycle import Web, wait_for_stop_signal

    settings = _settings()
    if settings.slack_bot_token is None or settings.slack_signing_secret is None:
        stop("sla-bot web needs SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET, and an empty one counts as not set.")
    with _bot(settings) as bot:
        with _listening(settings.host, settings.port):
            serving = Web(bot, host=settings.host, port=settings.port)
        serving.start()
        wait_for_stop_signal()
        serving.stop()


@app.command("worker")
def worker() -> None:
    """Run the sweep and the courier; any number of workers may share one PostgreSQL database."""
    from bot.lifecycle import wait_for_stop_signal

    settings = _settings()
    if settings.slack_bot_token is None:
        stop("sla-bot worker needs SLACK_BOT_TOKEN.")
    with _bot(settings) as bot:
        bot.worker.start()
        wait_for_stop_signal()
        bot.worker.stop()


@app.command("migrate")
def migrate() -> None:
    """Bring the database to this version's schema, and what is recorded of outcomes to its rules."""
    from sla_engine.services.upkeep.databases import for_work, newest_revision, upgrade

    url = _settings().database_url.get_secret_value()
    upgrade(url)
    typer.echo(f"The database has schema {newest_revision()}.")
    reread_by_todays_rules(for_work(url))


@app.command("doctor")
def doctor() -> None:
    """Say in sentences what is missing: tokens, scopes, channels, migrations."""
    from bot.doctor import examine
    from bot.wiring import Bot

    findings = list(examine(Bot(_settings())))
    for finding in findings:
        typer.echo(f"{finding.level.value:<7}  {finding.sentence}")
    if not all(finding.is_well for finding in findings):
        raise typer.Exit(code=1)


@app.command("manifest")
def manifest(
    address: Annotated[
        str | None, typer.Option(help="Your public address for signed HTTP; Socket Mode when left out.")
    ] = None,
) -> None:
    """Print the Slack app manifest, and the link that makes the app in one click."""
    from bot.manifest import manifest as built
    from bot.manifest import one_click_link

    document = built(address=address)
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
    typer.echo(f"\nMake the app in one click:\n{one_click_link(document)}", err=True)


@outbox.command("list")
def list_outbox(database_url: DatabaseUrl = None) -> None:
    """List the messages that wait to be delivered, and those that could not be."""
    from tabulate import tabulate

    from sla_engine.domain.text.plain_text import one_line
    from sla_engine.services.upkeep.dead_letters import DeadLetters

    letters = DeadLetters(open_database(database_url))
    counts = ", ".join(f"{count} {state}" for state, count in letters.counts().items())
    typer.echo(f"Messages: {counts}.")
    rows = [
        (letter.id, letter.kind, one_line(letter.destination), one_line(letter.error or ""))
        for letter in letters.dead()
    ]
    if rows:
        typer.echo(tabulate(rows, headers=("number", "kind", "to", "why not")))


@outbox.command("resend")
def resend(
    number: Annotated[int, typer.Argument(help="The number `outbox list` shows.")], database_url: DatabaseUrl = None
) -> None:
    """Send a message again that could not be delivered."""
    from sla_engine.services.upkeep.dead_letters import DeadLetters

    DeadLetters(open_database(database_url)).resend(number)
    typer.echo(f"Message {number} is on its way again.")


def _settings() -> "BotSettings":
    from bot.settings import BotSettings
    from sla_engine.settings import SettingUnusable

    try:
        return BotSettings.read()
    except SettingUnusable as unusable:
        stop(str(unusable))


@contextmanager
def _bot(settings: "BotSettings") -> "Iterator[Bot]":
    """The bot on a database that has this version's schema."""
    from bot.wiring import Bot
    from sla_engine.services.upkeep.databases import StorageBusy, for_work, is_behind, newest_revision, revision_of

    _log(settings.log_level)
    try:
        revision = revision_of(settings.database_url.get_secret_value())
    except StorageBusy:
        stop("The database does not answer; check DATABASE_URL and that the server runs.")
    if revision != newest_revision():
        stop(f"The database has schema {revision or 'none'}, this version wants {newest_revision()}: sla-bot migrate.")
    if is_behind(for_work(settings.database_url.get_secret_value())):
        stop(f"{BEHIND} sla-bot migrate.")
    yield Bot(settings)


@contextmanager
def _listening(host: str, port: int | None) -> "Iterator[None]":
    """Stop with a sentence when an address cannot be listened on."""
    try:
        yield
    except OSError as error:
        stop(f"Nothing can listen on {host}, port {port}: {error.strerror}.")


def _log(level: str) -> None:
    from bot.logs import set_up_logs

    set_up_logs(level, of_a_service=True)
