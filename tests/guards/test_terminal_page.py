"""`docs/commands.md` has every command of `sla-bot` with exactly its options."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import typer

from bot.cli.main import app
from tests.guards.source import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `sla-bot ([^`]*)`( \*)? \| (.*) \|$", PAGE, re.MULTILINE)
OPTION = re.compile(r"--[a-z][a-z-]*")
PROGRAM = typer.main.get_command(app)


def commands(group: Any, *names: str) -> Iterator[tuple[str, Any]]:
    """Every command with its full name, such as `inbox list`."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, *names, name)
        else:
            yield " ".join((*names, name)), command


def options(command: Any) -> set[str]:
    every = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
    return every - {"--help"}


COMMANDS = {name: options(command) for name, command in commands(PROGRAM)}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_on_the_page_once_and_with_exactly_its_options(name: str) -> None:
    rows = [row for row in ROWS if f"{row[0]} ".startswith(f"{name} ")]
    assert len(rows) == 1
    usage, star, words = rows[0]
    database = {"--database-url"} if star else set()  # what the star stands for is said above the tables
    assert set(OPTION.findall(usage + words)) | database == COMMANDS[name]


def test_the_page_has_no_command_that_does_not_exist() -> None:
    options_alone = {row[0] for row in ROWS if row[0].startswith("--")}
    assert len(ROWS) - len(options_alone) == len(COMMANDS)
    assert options_alone == options(PROGRAM)
