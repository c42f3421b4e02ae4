"""The bot's own commands as processes, on free ports, ended when the test ends."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.sandbox.server import Sandbox
from tests.polling import PATIENCE_SECONDS, until
from tests.slack.workplace import INTAKE_SECRET, INTAKE_TOKEN

ROOT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 40


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(url: str, sandbox: Sandbox, **more: str) -> dict[str, str]:
    """What a deployment would set, and nothing of this machine's but the paths and what measures coverage."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH"}}
    measured = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE")}
    own = {
        "DATABASE_URL": url,
        "SLACK_BOT_TOKEN": sandbox.bot_token,
        "SLACK_SIGNING_SECRET": sandbox.signing_secret,
        "SLACK_API_URL": sandbox.api_url,
        "SLA_BOT_INTAKE_SECRETS": INTAKE_SECRET,
        "SLA_BOT_INTAKE_TOKENS": INTAKE_TOKEN,
        "SLA_BOT_HOST": "127.0.0.1",
        "PYTHONPATH": str(ROOT),
    }
    return kept | measured | own | more


def without_secret(way: str, folder: Path) -> dict[str, str]:
    """The ways in which a deployment comes to have no signing secret without meaning it."""
    file = folder / "signing-secret"
    file.write_text("\n" if "line break" in way else "", encoding="utf-8")
    ways = {"unset": {}, "empty": {"SLACK_SIGNING_SECRET": ""}}
    return ways.get(way, {"SLACK_SIGNING_SECRET_FILE": str(file)})


@contextmanager
def started(command: str, *, given: Mapping[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`sla-bot <command>`; told to stop at the end, and what it wrote is in `<folder>/<command>-<pid>.log`."""
    log = folder / f"{command}.log"
    with log.open("ab") as written:
        process = subprocess.Popen(
            [sys.executable, "-c", "from bot.cli.main import main; main()", command],
            env=dict(given),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@dataclass(frozen=True, slots=True)
class Reply:
    """What an address answered."""

    status: int
    text: str

    @property
    def json(self) -> dict[str, Any]:
        """The document in it."""
        found: dict[str, Any] = json.loads(self.text)
        return found


def asks(
    port: int, method: str, path: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Reply:
    """One HTTP request to this machine."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request(method, path, body=body, headers=dict(headers or {}))
        answer = connection.getresponse()
        return Reply(answer.status, answer.read().decode())
    finally:
        connection.close()


def listening(port: int) -> None:
    """Return when somebody answers there."""

    def answers() -> bool:
        try:
            return asks(port, "GET", "/healthz").status > 0
        except OSError:
            return False

    until(answers, what=f"port {port} answers")
