"""Log lines: one a request, and never a token."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import HIDDEN, hide_tokens, set_up_logs

TOKENS = ("xoxb-1-abc", "xoxp-22-Z", "xapp-1-A0-99-dead", "xoxe-1-q")


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    for handler in root.handlers:
        handler.filters.clear()
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("token", TOKENS)
def test_whatever_looks_like_a_token_is_hidden_wherever_it_stands(token: str) -> None:
    found = hide_tokens(None, "info", {"event": f"asked with {token}!", "seconds": 3, "header": f"Bearer {token}"})
    assert found == {"event": f"asked with {HIDDEN}!", "seconds": 3, "header": f"Bearer {HIDDEN}"}


def test_a_line_is_json_with_its_level_and_time(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("info")
    structlog.get_logger().info("request", name="command", token=TOKENS[0])
    line = json.loads(capsys.readouterr().err)
    assert line["event"] == "request"
    assert line["level"] == "info"
    assert line["token"] == HIDDEN
    assert line["timestamp"].endswith("Z")


def test_what_is_below_the_level_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("warning")
    structlog.get_logger().info("request")
    assert capsys.readouterr().err == ""


def test_a_traceback_carries_no_token_either(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("nonsense")
    try:
        int(TOKENS[2])
    except ValueError:
        structlog.get_logger().exception("failed")
    written = capsys.readouterr().err
    assert "Traceback" in written
    assert TOKENS[2] not in written


def test_a_librarys_own_lines_lose_their_tokens_too(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger().handlers.clear()
    set_up_logs("debug")
    logging.getLogger("slack_sdk").warning("called with %s", TOKENS[1])
    written = capsys.readouterr().err
    assert HIDDEN in written
    assert TOKENS[1] not in written
