"""The WSGI entry, started by somebody's own gunicorn: without a signing secret it serves nobody."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.slack.processes import ROOT, free_port, without_secret


@pytest.mark.sqlite_only
@pytest.mark.parametrize("way", ["unset", "line break in a file"])
def test_gunicorn_on_the_wsgi_entry_ends_with_the_reason(way: str, tmp_path: Path, database_url: str) -> None:
    pytest.importorskip("gunicorn", reason="sla-bot web no longer brings gunicorn along")
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{free_port()}", "bot.wsgi:create()"]
    given = {
        "PYTHONPATH": str(ROOT),
        "PATH": "/usr/bin:/bin",
        "DATABASE_URL": database_url,
        "SLACK_BOT_TOKEN": "xoxb-1",
    }
    done = subprocess.run(
        command,
        env=given | without_secret(way, tmp_path),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode not in (0, None)
    assert "SLACK_SIGNING_SECRET is not set" in done.stderr
