"""Reads the page's requests strictly, and answers those that make no sense."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from json import JSONDecodeError

from aiohttp import web

from bot.sandbox.clicks.interactions import Impossible
from bot.sandbox.workspace.seed import Json


class Nonsense(Exception):
    """A request that makes no sense; the sentence says why."""

    def __init__(self, sentence: str, *, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


@web.middleware
async def explain(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Turn refusals into the answers the page knows."""
    try:
        return await handler(request)
    except Nonsense as problem:
        return web.json_response({"error": str(problem)}, status=problem.status)
    except Impossible as problem:
        return web.json_response({"ok": False, "error": str(problem)})


async def body_of(request: web.Request) -> Json:
    """The JSON object somebody posted."""
    if request.content_type != "application/json":
        sentence = "Send JSON, with the content type application/json."
        raise Nonsense(sentence, status=415)
    try:
        body = json.loads(await request.text())
    except JSONDecodeError as problem:
        sentence = "That is not JSON."
        raise Nonsense(sentence) from problem
    if not isinstance(body, dict):
        sentence = "Send a JSON object."
        raise Nonsense(sentence)
    return body
