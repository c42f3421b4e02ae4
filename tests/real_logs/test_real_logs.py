"""`make real-logs` in small: a log is replayed, and every week's figures are their lists and files."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.real_logs.__main__ import LOG, main

SMALL_LOG = Path(__file__).resolve().parents[1] / "data" / "intake" / "servicenow.csv"

pytestmark = pytest.mark.sqlite_only


def test_the_figures_of_a_log_are_their_lists_and_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / LOG).write_bytes(gzip.compress(SMALL_LOG.read_bytes()))
    assert main([str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "0 figures differ from their lists or files" in printed
    assert not printed.startswith("0 weeks")


def test_a_folder_without_the_log_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert LOG in capsys.readouterr().out
