"""`docs/commands.md` names every word after `/sla`, every button and every form."""

from __future__ import annotations

import ast

import pytest
from pydantic import SecretStr

from bot.action_ids import ActionId, ViewId
from bot.settings import BotSettings
from bot.views.usage import USAGE
from bot.wiring import Bot
from tests.guards.source import ROOT, sources

PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def test_every_subcommand_is_on_the_page_as_it_is_written() -> None:
    subcommands = Bot(BotSettings(database_url=SecretStr("sqlite://"))).subcommands
    written = [f"/sla {sub.help.usage}".replace("|", r"\|") for sub in subcommands]
    assert [usage for usage in written if f"`{usage}`" not in PAGE] == []


def test_help_and_refusals_read_each_word_s_usage_from_one_table() -> None:
    subcommands = Bot(BotSettings(database_url=SecretStr("sqlite://"))).subcommands
    of_help_itself = {"help": USAGE["help"]}
    assert {sub.name: sub.help.usage for sub in subcommands} | of_help_itself == dict(USAGE)
    spelt = {
        source.at(node.value)
        for source in sources("bot/listeners/")
        for node in source.nodes()
        if isinstance(node, ast.keyword) and node.arg == "usage"
        if isinstance(node.value, ast.Constant | ast.JoinedStr)
    }
    assert spelt == set()


@pytest.mark.parametrize("ids", [ActionId, ViewId])
def test_every_id_is_on_the_page(ids: type[ActionId] | type[ViewId]) -> None:
    assert [each.value for each in ids if f"`{each.value}`" not in PAGE] == []
