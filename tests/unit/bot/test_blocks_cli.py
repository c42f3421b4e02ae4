"""`sla-bot blocks check`: what Slack would refuse in a file, where, and with which exit status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli.main import app

HEADER = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}
FINE = {"type": "section", "text": {"type": "mrkdwn", "text": "*Fine*"}}
ALERT = {"type": "alert", "text": {"type": "plain_text", "text": "Careful"}}
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "Pause"}, "blocks": [FINE, ALERT]}


def check(*words: str | Path) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["blocks", "check", *map(str, words)])


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Write a file into the folder the command runs in."""
    monkeypatch.chdir(tmp_path)

    def write(content: Any, name: str = "card.json") -> str:
        text = content if isinstance(content, str) else json.dumps(content)
        (tmp_path / name).write_text(text, encoding="utf-8")
        return name

    return write


@pytest.mark.parametrize(
    ("content", "options", "lines"),
    [
        ([HEADER], [], ["card.json: /0/text/text: failed_constraint: must be less than 151 characters"]),
        (
            {"text": "Hello", "blocks": [FINE, HEADER]},
            [],
            ["card.json: /blocks/1/text/text: failed_constraint: must be less than 151 characters"],
        ),
        ([FINE, ALERT], [], ["card.json: /1/type: unsupported_type: unsupported type: alert"]),
        (
            {**MODAL, "title": {"type": "plain_text", "text": "x" * 25}},
            [],
            ["card.json: /title/text: failed_constraint: must be less than 25 characters"],
        ),
        (MODAL, ["--surface", "home"], ["card.json: /type: wrong_surface: the view is of type modal, not home"]),
        (
            {"type": "section"},
            [],
            ["card.json: /: no_blocks: it is neither an array of blocks nor an object with `blocks`"],
        ),
        ('[{"type":]', [], ["card.json: /: invalid_json: line 1, column 10: Expecting value"]),
        ('[{"type": "divider", "n": NaN}]', [], ["card.json: /: invalid_json: NaN is no number of JSON"]),
        ("[" * 100_000, [], ["card.json: /: invalid_json: it is nested too deeply"]),
    ],
    ids=[
        "array",
        "message",
        "alert in a message",
        "view",
        "other surface",
        "no blocks",
        "no JSON",
        "no number",
        "deep",
    ],
)
def test_each_problem_is_a_line_with_its_place(
    written: Any, content: Any, options: list[str], lines: list[str]
) -> None:
    answer = check(written(content), *options)
    assert (answer.output.splitlines(), answer.exit_code) == (lines, 1)


@pytest.mark.parametrize(
    ("content", "options"),
    [([FINE], []), ([FINE, ALERT], ["--surface", "modal"]), (MODAL, []), (MODAL, ["--surface", "modal"]), ([], [])],
)
def test_what_slack_takes_ends_with_status_0(written: Any, content: Any, options: list[str]) -> None:
    answer = check(written(content), *options)
    assert (answer.output, answer.exit_code) == ("Slack would take it.\n", 0)


CELL = {"type": "raw_text", "text": "1"}
TABLE = {"type": "table", "rows": [[CELL]]}
DATA_TABLE = {"type": "data_table", "caption": "Late", "rows": [[CELL], [CELL]]}
CHART = {
    "type": "data_visualization",
    "title": "Late",
    "chart": {"type": "pie", "segments": [{"label": "Acme Dental", "value": 1}]},
}
ON_MESSAGES = {"message"}


@pytest.mark.parametrize("surface", ["message", "modal", "home"])
@pytest.mark.parametrize(
    ("block", "shown_on"),
    [(TABLE, ON_MESSAGES), (DATA_TABLE, ON_MESSAGES), (CHART, ON_MESSAGES), (ALERT, {"modal"})],
    ids=["table", "data_table", "data_visualization", "alert"],
)
def test_a_block_is_taken_only_where_slack_shows_it(
    written: Any, block: dict[str, Any], shown_on: set[str], surface: str
) -> None:
    answer = check(written([block]), "--surface", surface)
    taken = (0, "Slack would take it.\n")
    refused = (1, f"card.json: /0/type: unsupported_type: unsupported type: {block['type']}\n")
    assert (answer.exit_code, answer.output) == (taken if surface in shown_on else refused)


@pytest.mark.parametrize(
    ("block", "line"),
    [
        (TABLE | {"rows": [[CELL], [CELL, CELL]]}, "/0/rows/1: failed_constraint: all rows must have 1 cells"),
        (TABLE | {"rows": [[CELL]] * 101}, "/0/rows: failed_constraint: no more than 100 items allowed"),
        (DATA_TABLE | {"rows": [[CELL]]}, "/0/rows: failed_constraint: no less than 2 items allowed"),
        (CHART | {"title": "x" * 51}, "/0/title: failed_constraint: must be less than 51 characters"),
    ],
    ids=["table that is not rectangular", "table of 101 rows", "data_table without rows", "long title of a chart"],
)
def test_tables_and_charts_keep_slacks_bounds(written: Any, block: dict[str, Any], line: str) -> None:
    answer = check(written([block]))
    assert (answer.output, answer.exit_code) == (f"card.json: {line}\n", 1)


def test_an_unknown_surface_is_a_wrong_call_and_not_a_finding(written: Any) -> None:
    assert check(written([FINE]), "--surface", "thread").exit_code == 2


def test_one_unreadable_file_hides_no_other(written: Any) -> None:
    answer = check("missing.json", written([HEADER]), written([FINE], "fine.json"))
    assert answer.output.splitlines() == [
        "missing.json: /: unreadable_file: No such file or directory",
        "card.json: /0/text/text: failed_constraint: must be less than 151 characters",
    ]
    assert answer.exit_code == 1


def test_as_json_problems_have_the_shape_of_slacks_own_check(written: Any) -> None:
    answer = check(written([HEADER]), written([FINE], "fine.json"), "--json")
    assert answer.exit_code == 1
    assert json.loads(answer.output) == [
        {
            "file": "card.json",
            "ok": False,
            "errors": [
                {
                    "pointer": "/0/text/text",
                    "code": "failed_constraint",
                    "message": "must be less than 151 characters",
                    "constraint": {"type": "max_length", "expected": 150, "got": 151},
                }
            ],
        },
        {"file": "fine.json", "ok": True, "errors": []},
    ]
