"""The WSGI entry under a server of somebody's own: without a signing secret it serves nobody."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.slack.processes import ROOT, free_port, without_secret


@pytest.mark.sqlite_only
@pytest.mark.parametrize("way", ["unset", "line break in a file"])
def test_a_server_on_the_wsgi_entry_ends_with_the_reason(way: str, tmp_path: Path, database_url: str) -> None:
    listen = f"--listen=127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "waitress", listen, "--call", "bot.wsgi:create"]
    given = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "DATABASE_URL": database_url}
    done = subprocess.run(
        command,
        env=given | {"SLACK_BOT_TOKEN": "xoxb-1"} | without_secret(way, tmp_path),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert "SLACK_SIGNING_SECRET is not set" in done.stderr
