"""Buttons and modals: every id is defined once, drawn by a view and answered by a listener."""

from __future__ import annotations

import ast
from collections import Counter

from tests.guards.source import sources, used

IDS = "bot/action_ids.py"


def defined_ids() -> dict[str, str]:
    """`{"ACKNOWLEDGE": "acknowledge"}`: the constants and enum members whose value is a text."""
    (source,) = sources(IDS)
    return {
        target.id: node.value.value
        for node in source.nodes()
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }


def names_used_in(folder: str) -> set[str]:
    """The last part of every name the folder's files use."""
    return {name.rpartition(".")[2] for source in sources(folder) for name, _ in used(source)}


def test_no_two_actions_share_an_id() -> None:
    assert [value for value, count in Counter(defined_ids().values()).items() if count > 1] == []


def test_every_action_is_answered_by_a_listener() -> None:
    assert set(defined_ids()) - names_used_in("bot/listeners/") == set()


def test_every_action_is_drawn_by_a_view() -> None:
    assert set(defined_ids()) - names_used_in("bot/views/") == set()
