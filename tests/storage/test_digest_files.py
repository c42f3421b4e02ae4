"""`sla-bot digest` as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from sla_engine.cli.digest import digest
from sla_engine.cli.options import CommandGroup
from sla_engine.text.miss_csv import BYTE_ORDER_MARK, COLUMNS
from tests.note_desk import Desk, at

DOCUMENTED = Path(__file__).resolve().parents[2] / "docs" / "commands.md"


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


def run(database_url: str, *options: str) -> Result:
    app = typer.Typer(cls=CommandGroup)
    app.command("digest")(digest)
    app.command("other")(lambda: None)
    return CliRunner().invoke(app, ["digest", "--week", "2026-W06", *options, "--database-url", database_url])


def test_the_csv_has_a_row_for_each_miss(desk: Desk, database_url: str, tmp_path: Path) -> None:
    keys = [desk.missed(at("mon 10:00")), desk.missed(at("tue 10:00"), title="=1+1")]
    answer = run(database_url, "--csv", str(tmp_path / "new" / "folder"))
    assert answer.exit_code == 0, answer.output
    file = tmp_path / "new" / "folder" / "misses-2026-W06.csv"
    assert f"Written: {file}" in answer.output
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8").removeprefix(BYTE_ORDER_MARK))))
    replies = [row for row in rows if row["metric"] == "first_response"]
    assert [row["incident"] for row in replies] == keys
    assert [row["title"] for row in replies] == ["E-mail is down", "'=1+1"]
    assert replies[0]["owner"] == "Tom Becker"
    assert len(rows) == desk.digests.figures("2026-W06", now=at("sun 20:00")).clocks.this_week.missed


def test_the_page_names_each_missed_incident(desk: Desk, database_url: str, tmp_path: Path) -> None:
    keys = [desk.missed(at("mon 10:00")), desk.missed(at("tue 10:00"), title="<b>Mail</b> is down")]
    answer = run(database_url, "--html", str(tmp_path / "week.html"))
    assert answer.exit_code == 0, answer.output
    page = (tmp_path / "week.html").read_text(encoding="utf-8")
    assert [key for key in keys if key not in page] == []
    assert "&lt;b&gt;Mail&lt;/b&gt; is down" in page
    assert "promises kept" in page


def test_a_folder_that_cannot_be_written_is_named(desk: Desk, database_url: str, tmp_path: Path) -> None:
    desk.missed(at("mon 10:00"))
    (tmp_path / "file").write_text("in the way")
    answer = run(database_url, "--csv", str(tmp_path / "file"))
    assert answer.exit_code == 1
    assert "cannot be written" in answer.output


def test_every_column_is_documented() -> None:
    page = DOCUMENTED.read_text(encoding="utf-8")
    assert [name for name in COLUMNS if f"`{name}`" not in page] == []
