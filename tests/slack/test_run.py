"""`sla-bot run`: everything in one process, over Socket Mode."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.driver.driver import SlackDriver
from tests.polling import until
from tests.slack.processes import asks, environment, free_port, listening, started
from tests.slack.workplace import set_up, workspace

WORDS = "ZEBRA in the boiler room"


@pytest.mark.sqlite_only
@pytest.mark.timeout(120)
def test_run_answers_over_socket_mode_serves_intakes_and_ends_cleanly_when_told(
    database_url: str, tmp_path: Path
) -> None:
    set_up(database_url)
    port = free_port()
    with workspace() as sandbox:
        given = environment(
            database_url,
            sandbox,
            SLACK_APP_TOKEN=sandbox.app_token,
            SLA_BOT_RUN_PORT=str(port),
            SLA_BOT_LOG_LEVEL="info",
        )
        with started("run", given=given, folder=tmp_path) as process:
            listening(port)
            until(lambda: sandbox.connection_count == 2, what="the bot is connected")
            tom = SlackDriver(sandbox).as_user("tom").in_channel("general")
            tom.says("/sla status").expects("Nothing is assigned to you")
            for words in (f"open Acme Dental P2 {WORDS}", f"update INC-1001 {WORDS}", f"take {WORDS}", WORDS):
                tom.says(f"/sla {words}")
            assert asks(port, "POST", "/intake/webhook", body=b"{}").status == 401
            assert asks(port, "POST", "/slack/events", body=b"{}").status == 404, "Slack has no address here"
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=20) == 0
        written = (tmp_path / "run.log").read_text()
        assert sandbox.bot_token not in written
        assert sandbox.app_token not in written
        lines = [json.loads(line) for line in written.splitlines()]
        assert sum(line["event"] == "request" for line in lines) >= 5, "one line a request"
        assert {line["level"] for line in lines} == {"info"}
        assert WORDS not in written, "nobody's words"
        assert "/response/" not in written, "no address to which anybody may post"
        assert sandbox.rejections == []
