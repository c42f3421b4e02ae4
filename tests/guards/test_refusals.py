"""Refusals: facts in the engine, one sentence for each wherever it is read, and nobody who swallows the rest."""

from __future__ import annotations

import ast

from bot.refusal_sentences import explain
from sla_engine.domain.errors import SlaError
from sla_engine.text.refusals import sentence
from tests.guards.source import dotted, sources

CATCHES_EVERYTHING = {"Exception", "BaseException"}
MAY_CATCH_EVERYTHING = {
    "bot/app.py": "Bolt's error handler answers the person and logs the traceback",
    "bot/courier/courier.py": "the runner of outgoing messages puts off the one that failed",
    "bot/courier/renderings.py": "a message that could not be delivered is spoken of also when it cannot be drawn",
    "bot/requests/front_desk.py": "the runner of requests puts off the one that failed",
    "sla_engine/services/upkeep/failures.py": "the runner of notices about failures",
    "sla_engine/services/intake/receive.py": "the runner of deliveries puts off the one that failed",
    "sla_engine/services/sweep/sweep.py": "the runner of timers puts off the one that failed",
    "sla_engine/storage/database.py": "`isolated` hands what one item of many raised to its runner",
    "bot/connections/socket_mode.py": "the keeper of a connection tries again, whatever was raised",
    "bot/worker.py": "the job runner logs the traceback and the heartbeat goes on",
}


def test_nobody_swallows_what_they_do_not_know() -> None:
    swallowers = {
        source.at(node)
        for source in sources()
        for node in source.nodes()
        if isinstance(node, ast.ExceptHandler) and _swallows(node) and source.path not in MAY_CATCH_EVERYTHING
    }
    assert swallowers == set()


def _swallows(handler: ast.ExceptHandler) -> bool:
    """Whether it catches everything and goes on; cleaning up and raising again is fine."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    catches_all = any(kind is None or dotted(kind) in CATCHES_EVERYTHING for kind in kinds)
    last = handler.body[-1]
    return catches_all and not (isinstance(last, ast.Raise) and last.exc is None)


def all_refusals(of: type[SlaError] = SlaError) -> set[type[SlaError]]:
    return {found for kind in of.__subclasses__() for found in {kind} | all_refusals(kind)}


def test_every_refusal_is_defined_where_its_room_keeps_them() -> None:
    defined = [
        f"{source.path} {node.name}"
        for source in sources()
        for node in source.nodes()
        if isinstance(node, ast.ClassDef) and {dotted(base) for base in node.bases} & _refusal_names()
    ]
    assert [place for place in defined if not place.split()[0].endswith("/errors.py")] == []


def _refusal_names() -> set[str]:
    return {"SlaError"} | {kind.__name__ for kind in all_refusals()}


def test_every_refusal_has_its_sentence() -> None:
    assert explain.__module__ == "bot.refusal_sentences", "which adds the sentences that only Slack needs"
    assert {kind.__name__ for kind in all_refusals() - set(sentence.registry)} == set()
