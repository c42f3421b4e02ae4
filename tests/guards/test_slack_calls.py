"""Whoever calls Slack catches all that a call can raise, by its one name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.guards.source import Source, dotted, sources

ONE_NAME = "CALL_FAILURES"
PARTS = {"SlackClientError", "SlackRequestError", "URLError", "HTTPError", "HTTPException", "BadStatusLine"}
"""Each of them is only a part of what a call can raise."""
REFUSAL = "SlackApiError"
"""May be caught first, where Slack's refusal is told from a failure."""
PLAYS_SLACK = "bot/sandbox/"


def _caught(handler: ast.ExceptHandler) -> set[str]:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return {dotted(kind).rpartition(".")[2] for kind in kinds if kind is not None}


def _tries() -> Iterator[tuple[Source, ast.Try]]:
    for source in sources("bot/"):
        if not source.path.startswith(PLAYS_SLACK):
            yield from ((source, node) for node in source.nodes() if isinstance(node, ast.Try))


def test_a_part_of_what_a_call_raises_is_never_caught_alone() -> None:
    found = {
        f"{source.at(handler)} {sorted(_caught(handler))}"
        for source, node in _tries()
        for handler in node.handlers
        if _caught(handler) & PARTS
    }
    assert found == set()


def test_whoever_catches_slacks_refusal_catches_its_failures_too() -> None:
    found = {
        source.at(node.handlers[0])
        for source, node in _tries()
        if any(REFUSAL in _caught(handler) for handler in node.handlers)
        and not any(ONE_NAME in _caught(handler) for handler in node.handlers)
    }
    assert found == set()


def test_every_call_of_the_web_client_stands_where_its_failures_are_caught() -> None:
    """`self.client.…()` and the like are called below a `try`, or in a method that says it raises them."""
    bare = set()
    for source in sources("bot/"):
        if source.path.startswith(PLAYS_SLACK):
            continue
        covered = {id(inner) for node in source.nodes() if isinstance(node, ast.Try) for inner in ast.walk(node)}
        for node in source.nodes():
            if isinstance(node, ast.FunctionDef) and (ast.get_docstring(node) or "").find(ONE_NAME) < 0:
                bare |= {
                    f"{source.at(call)} {dotted(call.func)}"
                    for call in ast.walk(node)
                    if isinstance(call, ast.Call) and _is_call_to_slack(call) and id(call) not in covered
                }
    assert bare == set()


def _is_call_to_slack(call: ast.Call) -> bool:
    name = dotted(call.func)
    families = ("auth_", "chat_", "conversations_", "users_", "views_", "apps_", "api_call")
    return ".client." in f".{name}" and name.rpartition(".")[2].startswith(families)
