"""`sla-bot …`: what each command needs, says and answers with."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from pydantic import SecretStr
from typer.testing import CliRunner

from bot.cli.main import app
from bot.settings import BotSettings
from bot.wiring import Bot
from sla_engine.domain.upkeep.retries import Queue, RetryPace
from sla_engine.services.agreements import people_files
from sla_engine.services.audit.anchors import Anchors
from sla_engine.services.audit.history_head import current_head
from sla_engine.storage import failures, refusals, settings
from sla_engine.storage.database import Database
from sla_engine.storage.migrate import newest_revision
from sla_engine.time_source import real_now
from tests.note_desk import Desk, at
from tests.slack.processes import without_secret

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "examples"

pytestmark = pytest.mark.sqlite_only


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def says(*words: str, code: int = 0, **environment: str) -> str:
    """Everything a command prints, in one line; its exit code is checked."""
    result = CliRunner().invoke(app, list(words), env=environment)
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


def test_the_help_names_every_command() -> None:
    text = says("--help")
    for command in ("demo", "run", "web", "worker", "migrate", "doctor", "manifest", "digest", "replay", "conformance"):
        assert command in text


def test_the_version_is_the_one_that_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert says("--version") == f"sla-bot {project['version']}"


def test_the_help_loads_neither_slack_nor_a_database() -> None:
    code = "import sys, bot.cli.main; print([n for n in ('slack_bolt', 'flask', 'apscheduler') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("run", "sla-bot run needs SLACK_BOT_TOKEN and SLACK_APP_TOKEN"),
        ("web", "sla-bot web needs SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET"),
        ("worker", "sla-bot worker needs SLACK_BOT_TOKEN"),
    ],
)
def test_a_process_without_its_tokens_says_which(command: str, sentence: str) -> None:
    assert sentence in says(command, code=1)


@pytest.mark.parametrize("way", ["empty", "empty file", "line break in a file"])
def test_web_does_not_start_with_an_empty_signing_secret(way: str, tmp_path: Path) -> None:
    output = says("web", code=1, SLACK_BOT_TOKEN="xoxb-1", **without_secret(way, tmp_path))
    assert "sla-bot web needs SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET, and an empty one counts as not set." in output


@pytest.mark.parametrize("command", [["worker"], ["outbox", "list"], ["digest"], ["simulate", "x"]])
def test_a_file_that_cannot_be_read_is_named_by_every_command(command: list[str], tmp_path: Path) -> None:
    output = says(*command, code=1, DATABASE_URL_FILE=str(tmp_path / "nowhere"))
    assert "The setting DATABASE_URL_FILE cannot be used" in output


def test_a_process_on_a_database_of_another_version_says_so(empty_database_url: str) -> None:
    output = says("worker", code=1, SLACK_BOT_TOKEN="xoxb-1", DATABASE_URL=empty_database_url)
    assert f"The database has schema none, this version wants {newest_revision()}: sla-bot migrate." in output


def test_a_setting_that_cannot_be_used_is_named() -> None:
    assert "The setting PORT cannot be used" in says("worker", code=1, PORT="many")


def test_migrate_brings_the_schema_and_may_be_run_again(empty_database_url: str) -> None:
    wanted = f"The database has schema {newest_revision()}."
    assert says("migrate", DATABASE_URL=empty_database_url) == wanted
    assert says("migrate", DATABASE_URL=empty_database_url) == wanted


def test_what_earlier_rules_recorded_is_read_by_migrate_before_anything_starts(database_url: str) -> None:
    desk = Desk(database_url)
    desk.open(at("mon 10:00"))
    with desk.database.transaction() as session:
        settings.put(session, "rules", {})
    desk.close()
    early = says("worker", code=1, SLACK_BOT_TOKEN="xoxb-1", DATABASE_URL=database_url)
    assert early == "What is recorded follows earlier rules of counting than this version's: run sla-bot migrate."
    applying = says("people", "apply", str(EXAMPLES / "msp.yaml"), code=1, DATABASE_URL=database_url)
    assert applying == "What is recorded follows earlier rules of counting than this version's: run 'sla-bot migrate'."
    schema = f"The database has schema {newest_revision()}."
    read = "Of 1 incident read by today's rules, none has an outcome that differs."
    assert says("migrate", DATABASE_URL=database_url) == f"{schema} {read}"
    assert says("migrate", DATABASE_URL=database_url) == schema


def test_doctor_says_in_sentences_what_is_missing_and_fails(database_url: str) -> None:
    output = says("doctor", code=1, DATABASE_URL=database_url)
    assert "ok The SQLite database answers" in output
    assert "missing SLACK_BOT_TOKEN is not set" in output


def test_the_manifest_is_json_and_the_link_comes_beside_it() -> None:
    result = CliRunner().invoke(app, ["manifest", "--address", "https://sla.example.com"])
    printed = json.loads(result.stdout)
    assert printed["settings"]["interactivity"]["request_url"] == "https://sla.example.com/slack/events"
    assert "https://api.slack.com/apps?new_app=1&manifest_json=" in result.stderr


def test_the_outbox_of_a_new_deployment_is_empty_and_nothing_can_be_sent_again(database_url: str) -> None:
    assert says("outbox", "list", DATABASE_URL=database_url).startswith("Messages:")
    assert "7" in says("outbox", "resend", "7", code=1, DATABASE_URL=database_url)


def test_what_is_stuck_is_listed_retried_and_dropped(database_url: str) -> None:
    assert says("stuck", "list", DATABASE_URL=database_url) == "Nothing has failed."
    database = Database(database_url)
    with database.transaction() as session:
        for item in ("digest:weekly", "sop:SOP-1"):
            failures.record(session, Queue.TIMER, item, error=KeyError("x"), pace=RetryPace(()), at=real_now())
    listed = says("stuck", "list", DATABASE_URL=database_url)
    assert "The weekly digest" in listed
    assert "set aside" in listed
    assert "KeyError: 'x'" in listed
    assert "tried again" in says("stuck", "retry", "1", DATABASE_URL=database_url)
    assert "set aside" not in says("stuck", "list", DATABASE_URL=database_url).partition("SOP-1")[0]
    assert "was not done" in says("stuck", "drop", "2", DATABASE_URL=database_url)
    assert "SOP-1" not in says("stuck", "list", DATABASE_URL=database_url)
    for act in ("retry", "drop"):
        assert "Nothing that failed has the number 9" in says("stuck", act, "9", code=1, DATABASE_URL=database_url)
    database.close()


def test_the_history_of_a_new_deployment_is_as_it_was_written(database_url: str) -> None:
    whole = "The history is as it was written. Looked at: 0 facts of 0 incidents."
    assert says("audit", "verify", DATABASE_URL=database_url) == whole


COMMANDS = ("migrate", "doctor", "agreements show", "digest", "why INC-1", "audit verify", "outbox list", "stuck list")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("mysql://u:correct-horse@host/name", "The database's address cannot be used: 'mysql' is no database"),
        ("postgresql://u:correct-horse@host:x/name", "The database's address cannot be used: it is not written like"),
        ("sqlite:////etc/hostname", "The database cannot be used: file is not a database. Nothing was changed."),
        ("postgresql://u:correct-horse@127.0.0.1:1/name", "busy or away right now|does not answer"),
    ],
    ids=["kind", "spelling", "no database", "away"],
)
def test_a_database_that_cannot_be_used_is_answered_in_a_sentence(command: str, address: str, sentence: str) -> None:
    output = says(*command.split(), code=1, DATABASE_URL=address)
    assert any(words in output for words in sentence.split("|"))
    assert "correct-horse" not in output


def test_a_demo_without_its_extra_says_what_to_install() -> None:
    without = (
        "import sys; sys.modules['aiohttp'] = None; from bot.cli.main import main; sys.argv = ['x', 'demo']; main()"
    )
    done = subprocess.run([sys.executable, "-c", without], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    error = " ".join(done.stderr.split())
    assert error == "sla-bot demo needs the package aiohttp: install sla-bot with its extra, 'sla-bot[sandbox]'."


def test_a_traceback_shows_no_values() -> None:
    assert app.pretty_exceptions_show_locals is False


def test_doctor_names_files_that_others_may_read(database_url: str) -> None:
    file = Path(database_url.removeprefix("sqlite:///"))
    file.chmod(0o644)
    assert f"missing Others on this machine may read {file}: run chmod go-rwx {file}." in says(
        "doctor", code=1, DATABASE_URL=database_url
    )
    for kept in file.parent.glob(f"{file.name}*"):
        kept.chmod(0o600)
    assert "Others on this machine" not in says("doctor", code=1, DATABASE_URL=database_url)


def test_refusals_are_listed_the_newest_first(database_url: str) -> None:
    assert says("audit", "refusals", DATABASE_URL=database_url) == "Nobody was refused anything."
    people_files.apply(Database(database_url), EXAMPLES / "msp.yaml", by="test", now=real_now())
    database = Database(database_url)
    with database.transaction() as session:
        for by, action, about in (("U0TOM", "waive", "INC-1001"), ("U0EVE", "look", "INC-\x1b[2J\n7")):
            refusals.add(session, by=by, action=action, incident_key=about, error="NotAllowed", at=real_now())
    listed = says("audit", "refusals", DATABASE_URL=database_url)
    assert "Tom Becker U0TOM waive INC-1001 NotAllowed" in listed
    assert listed.index("U0EVE") < listed.index("U0TOM")
    assert "\x1b" not in listed
    assert "U0TOM" not in says("audit", "refusals", "--by", "U0EVE", DATABASE_URL=database_url)
    database.close()


def test_a_worker_anchors_the_history_outside_and_doctor_and_audit_look_at_it(
    database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "anchors"
    environment = {"DATABASE_URL": database_url, "SLA_BOT_AUDIT_ANCHORS": str(file)}
    assert f"missing SLA_BOT_AUDIT_ANCHORS: {file} cannot be read: No such file" in says(
        "doctor", code=1, **environment
    )
    bot = Bot(BotSettings(database_url=SecretStr(database_url), SLA_BOT_AUDIT_ANCHORS=file))
    duty = bot.worker._duties["anchors"]
    duty.run()
    bot.close()
    assert f"ok The history was anchored in {file}" in says("doctor", code=1, **environment)
    whole = "The history is as it was written."
    assert whole in says("audit", "verify", "--anchors", str(file), DATABASE_URL=database_url)
    head = current_head(Database(database_url))
    assert whole in says("audit", "verify", "--head", head, DATABASE_URL=database_url)
    people_files.apply(Database(database_url), EXAMPLES / "msp.yaml", by="test", now=real_now())
    assert whole in says("audit", "verify", "--anchors", str(file), "--head", head, DATABASE_URL=database_url)
    other = head.replace("0-0-0-", "0-0-1-")
    another = (
        "The history up to event 0, 0 agreement versions and 1 people versions, is not the one whose head was kept."
    )
    assert another in says("audit", "verify", "--head", other, code=1, DATABASE_URL=database_url)
    assert "is no head of a history" in says("audit", "verify", "--head", "x", code=1, DATABASE_URL=database_url)
    assert "cannot be read" in says("audit", "verify", "--anchors", "nowhere", code=1, DATABASE_URL=database_url)


def test_anchors_that_nobody_adds_to_are_said_to_be_old(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "anchors"
    Anchors(file).write(Database(database_url), now=real_now() - timedelta(hours=3))
    output = says("doctor", code=1, DATABASE_URL=database_url, SLA_BOT_AUDIT_ANCHORS=str(file))
    assert f"missing SLA_BOT_AUDIT_ANCHORS: nothing was added to {file} for two hours" in output
