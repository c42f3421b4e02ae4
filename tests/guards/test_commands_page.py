"""`docs/commands.md` names every word after `/sla`, every button and every form."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from bot.action_ids import ActionId, ViewId
from bot.settings import BotSettings
from bot.wiring import Bot
from tests.guards.source import ROOT

PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def test_every_subcommand_is_on_the_page_as_it_is_written() -> None:
    subcommands = Bot(BotSettings(database_url=SecretStr("sqlite://"))).subcommands
    written = [f"/sla {sub.help.usage}".replace("|", r"\|") for sub in subcommands]
    assert [usage for usage in written if f"`{usage}`" not in PAGE] == []


@pytest.mark.parametrize("ids", [ActionId, ViewId])
def test_every_id_is_on_the_page(ids: type[ActionId] | type[ViewId]) -> None:
    assert [each.value for each in ids if f"`{each.value}`" not in PAGE] == []
