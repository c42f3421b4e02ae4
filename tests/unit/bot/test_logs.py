"""Log lines: one JSON object each, whoever says it, without secrets and without anybody's words."""

from __future__ import annotations

import json
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from flask import Flask
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from bot.cli.main import main
from bot.logs import HIDDEN, LIBRARY_LINE_MAX_CHARS, set_up_logs
from bot.slack_calls import reason_of
from sla_engine.domain.time.errors import UnreadableMoment
from tests.faults.broken_answers import broken_server

pytestmark = pytest.mark.both_databases

TOKENS = ("xoxb-1-abc", "xoxp-22-Z", "xapp-1-A0-99-dead", "xoxe-1-q")
ADDRESS = "https://hooks.slack.com/commands/T1/2/secretpart"
WORDS = "ZEBRA in the boiler room"


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    hooks = sys.excepthook, threading.excepthook
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in ("bot", "sla_engine", "migrations"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    sys.excepthook, threading.excepthook = hooks
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Lines:
    """Every line on standard error as JSON; standard output stays empty."""

    def lines() -> list[dict[str, Any]]:
        output = capsys.readouterr()
        assert output.out == ""
        return [json.loads(line) for line in output.err.splitlines()]

    return lines


def ours() -> Any:
    return structlog.get_logger("bot.test")


@pytest.mark.parametrize("secret", [*TOKENS, ADDRESS, "postgresql://sla:pass%word@db/sla"])
@pytest.mark.parametrize(
    "says",
    [
        lambda secret: ours().info(f"asked with {secret}!"),
        lambda secret: ours().info("asked", header=f"Bearer {secret}"),
        lambda secret: ours().info("asked", body={"deep": [{"er": (secret, "x")}]}),
        lambda secret: ours().info("asked", body={secret: 1}),
        lambda secret: ours().info("asked", error=ValueError(secret)),
        lambda secret: logging.getLogger("slack_bolt.App").warning("called with %s", secret),
        lambda secret: logging.getLogger("slack_bolt.App").warning("called with %s", {"url": [secret]}),
    ],
    ids=["message", "field", "nested", "key", "repr", "library", "library's dict"],
)
def test_a_secret_is_hidden_wherever_it_stands(written: Lines, says: Callable[[str], None], secret: str) -> None:
    set_up_logs("info")
    says(secret)
    (line,) = written()
    assert secret not in json.dumps(line)
    assert "pass%word" not in json.dumps(line)
    assert HIDDEN in json.dumps(line)


def test_a_line_says_what_who_how_grave_and_when(written: Lines) -> None:
    set_up_logs("info")
    ours().info("request", name="command", seconds=0.1)
    (line,) = written()
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "request", "level": "info", "logger": "bot.test", "name": "command", "seconds": 0.1}


def test_what_is_below_the_level_is_not_written(written: Lines) -> None:
    set_up_logs("warning")
    ours().info("request")
    assert written() == []


def test_a_level_nobody_knows_is_info_and_setting_up_twice_writes_once(written: Lines) -> None:
    set_up_logs("nonsense")
    set_up_logs("nonsense")
    ours().debug("unheard")
    ours().info("heard")
    assert [line["event"] for line in written()] == ["heard"]


@pytest.mark.parametrize(
    "logger",
    ["slack_sdk.web", "slack_bolt.App", "werkzeug", "waitress", "apscheduler.scheduler", "alembic.runtime", "asyncio"],
)
def test_a_library_speaks_json_too_in_one_line_and_only_warns(written: Lines, logger: str) -> None:
    logging.getLogger(logger.partition(".")[0]).setLevel(logging.NOTSET)  # a worker that ran before quietens one
    set_up_logs("debug")
    logging.getLogger(logger).info("chatter")
    logging.getLogger(logger).warning("Unhandled request (%s)\n---\n[Suggestion] def %s", "command", WORDS)
    logging.getLogger(logger).warning("x" * 5000)
    first, second = written()
    assert (first["event"], first["logger"], first["level"]) == ("Unhandled request (command)", logger, "warning")
    assert len(second["event"]) == LIBRARY_LINE_MAX_CHARS


def test_half_an_answer_of_slack_is_not_quoted(written: Lines) -> None:
    set_up_logs("info")
    history = b'{"ok":true,"messages":[{"text":"' + WORDS.encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(history) + history
    with broken_server(answer) as broken:
        client = WebClient("xoxb-1", base_url=broken.url, retry_handlers=[])
        with pytest.raises(SlackApiError) as failed:
            client.conversations_history(channel="C1")
    ours().warning("history not read", reason=reason_of(failed.value), exc_info=failed.value)
    first, second = written()
    assert (first["logger"], first["event"]) == ("slack_sdk.web.base_client", "Failed to decode Slack API response")
    assert second["reason"] == "not_json"
    assert "ZEBRA" not in json.dumps([first, second])


def failing(error: Exception) -> None:
    raise error


def duplicate() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE told (words TEXT UNIQUE)"))
        for _ in range(2):
            connection.execute(text("INSERT INTO told VALUES (:words)"), {"words": WORDS})


def refused_by_slack() -> None:
    raise SlackApiError(WORDS, {"ok": False, "error": "channel_not_found", "text": WORDS})  # type: ignore[no-untyped-call]


FAILURES: dict[str, tuple[Callable[[], object], str]] = {
    "a number that is none": (lambda: int(WORDS), "builtins.ValueError"),
    "a missing key": (lambda: dict[str, str]()[WORDS], "builtins.KeyError"),
    "a refusal of ours": (lambda: failing(UnreadableMoment(WORDS)), "sla_engine.domain.time.errors.UnreadableMoment"),
    "the database": (duplicate, "sqlalchemy.exc.IntegrityError: SQLITE_CONSTRAINT_UNIQUE"),
    "Slack": (refused_by_slack, "slack_sdk.errors.SlackApiError"),
    "the system": (
        lambda: failing(FileNotFoundError(2, "No such file", WORDS)),
        "builtins.FileNotFoundError: No such file",
    ),
}


LOGGERS: dict[str, Callable[[Exception], None]] = {
    "ours": lambda error: ours().error("failed", exc_info=error),
    "a library's": lambda error: logging.getLogger("waitress").error("failed", exc_info=error),
}


@pytest.mark.parametrize("case", FAILURES)
@pytest.mark.parametrize("logger", LOGGERS)
def test_a_traceback_names_frames_and_kinds_and_quotes_nobody(written: Lines, case: str, logger: str) -> None:
    fails, kind = FAILURES[case]
    set_up_logs("info")
    with pytest.raises(Exception) as failed:  # noqa: PT011 - each of the table's
        fails()
    assert isinstance(failed.value, Exception)
    LOGGERS[logger](failed.value)
    (line,) = written()
    assert kind in line["exception"].splitlines()
    assert "test_logs.py" in line["exception"]
    assert "fails()" in line["exception"]
    assert "ZEBRA" not in json.dumps(line)


def test_a_cause_is_told_before_what_it_led_to(written: Lines) -> None:
    set_up_logs("info")
    try:
        try:
            int(WORDS)
        except ValueError as error:
            raise RuntimeError(WORDS) from error
    except RuntimeError as error:
        error.__cause__.__context__ = error  # type: ignore[union-attr]  # a circle must not be walked for ever
        ours().error("failed", exc_info=error)
    (line,) = written()
    lines = line["exception"].splitlines()
    assert lines.index("builtins.ValueError") < lines.index("which led to:") < lines.index("builtins.RuntimeError")
    assert "ZEBRA" not in json.dumps(line)


def test_a_service_logs_what_nobody_caught_and_what_python_warns_of(written: Lines) -> None:
    set_up_logs("info", of_a_service=True)
    thread = threading.Thread(target=lambda: int(WORDS), name="connection 1")
    thread.start()
    thread.join()
    try:
        int(WORDS)
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn("old\nnews", stacklevel=1)
    in_thread, in_main, warned = written()
    assert in_thread["thread"] == "connection 1"
    assert "builtins.ValueError" in in_thread["exception"]
    assert "builtins.ValueError" in in_main["exception"]
    assert "ZEBRA" not in json.dumps([in_thread, in_main])
    assert warned["logger"] == "py.warnings"


def test_bolt_does_not_warn_of_a_token_it_was_not_given(written: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    set_up_logs("info")
    App(client=WebClient(), signing_secret="signs", authorize=AuthorizeResult)
    assert written() == []


def test_the_engines_commands_log_to_standard_error_so_that_what_they_print_can_be_read_by_machines(
    written: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    warns = structlog.get_logger("sla_engine.storage.events")
    monkeypatch.setattr("bot.cli.main.app", lambda: warns.warning("a fact of a later version", kind="exploded"))
    main()
    (line,) = written()
    assert (line["event"], line["kind"]) == ("a fact of a later version", "exploded")


def test_a_fault_behind_the_web_is_one_line_without_words(written: Lines) -> None:
    set_up_logs("info")
    web = Flask("sla-bot")
    web.get("/")(lambda: str(int(WORDS)))
    assert web.test_client().get("/").status_code == 500
    (line,) = written()
    assert line["event"] == "Exception on / [GET]"
    assert "ZEBRA" not in json.dumps(line)


def test_an_integrity_error_of_the_driver_names_its_constraint_only() -> None:
    with pytest.raises(IntegrityError, match="ZEBRA"):
        duplicate()
