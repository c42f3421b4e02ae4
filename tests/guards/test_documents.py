"""Documents that repeat what the program knows: commands and settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from tests.guards.settings_table import settings_table
from tests.guards.source import ROOT

COMMANDS_PAGE = "docs/commands.md"


def command_names(command: TyperCommand | TyperGroup, before: str) -> Iterator[str]:
    """`sla-bot agreements check` and its like, the ones that do something."""
    if not isinstance(command, TyperGroup):
        yield before
        return
    for name, child in command.commands.items():
        if isinstance(child, TyperCommand | TyperGroup) and not child.hidden:
            yield from command_names(child, f"{before} {name}")


def test_every_command_is_documented() -> None:
    page = (ROOT / COMMANDS_PAGE).read_text()
    command = typer.main.get_command(import_module("bot.cli.main").app)
    assert isinstance(command, TyperCommand | TyperGroup)
    missing = [name for name in command_names(command, "sla-bot") if name not in page]
    assert missing == []


def test_the_readme_has_every_setting_as_the_program_describes_it() -> None:
    found = re.search(r"<!-- settings -->\n(.*?)<!-- end of settings -->", (ROOT / "README.md").read_text(), re.DOTALL)
    assert found is not None, "README.md needs the lines <!-- settings --> and <!-- end of settings -->"
    assert found.group(1).strip() == settings_table(), f"the README's table should be:\n{settings_table()}"


@pytest.mark.parametrize("page", ["README.md"])
def test_the_two_commands_of_the_readme_exist(page: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)", (ROOT / page).read_text()))
    assert {"demo", "test"} <= named <= targets


def test_decisions_are_numbered_once_each_without_a_gap_and_say_their_number() -> None:
    pages = sorted((ROOT / "docs" / "adr").glob("0*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    headings = [page.read_text(encoding="utf-8").partition(".")[0] for page in pages]
    assert headings == [f"# {number}" for number in range(1, len(pages) + 1)]


def test_the_index_of_decisions_names_each_with_its_title_and_status() -> None:
    folder = ROOT / "docs" / "adr"
    listed = [line for line in (folder / "README.md").read_text(encoding="utf-8").splitlines() if "](0" in line]
    assert listed == [_index_line(page) for page in sorted(folder.glob("0*.md"))]


def _index_line(page: Path) -> str:
    heading, _, status, *_ = page.read_text(encoding="utf-8").splitlines()
    number, _, title = heading.removeprefix("# ").partition(". ")
    return f"| {number} | [{title}]({page.name}) | {status.removeprefix('Status: ')} |"
