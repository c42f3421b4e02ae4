"""Emoji: every one that the views write is drawn by the local workspace."""

from __future__ import annotations

import ast
import re

from tests.guards.source import ROOT, sources

PAGE = "bot/sandbox/page/static/emoji.js"
WRITTEN = re.compile(r"(?<![\w:]):([a-z][a-z0-9_]+):(?![\w:])")
DRAWN = re.compile(r"""[{,\s]"?([a-z0-9_+-]+)"?: \"""")


def written() -> set[str]:
    """The names that stand between colons in the views' texts."""
    return {
        name
        for source in sources("bot/views")
        for node in source.nodes()
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for name in WRITTEN.findall(node.value)
    }


def test_the_local_workspace_draws_every_emoji_that_the_views_write() -> None:
    drawn = set(DRAWN.findall((ROOT / PAGE).read_text(encoding="utf-8")))
    assert len(written()) > 10
    assert sorted(written() - drawn) == []
