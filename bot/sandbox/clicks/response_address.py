"""`/response/<key>`: the address for the bot's private answers."""

from __future__ import annotations

from aiohttp import web

from bot.sandbox.api.arguments import json_object
from bot.sandbox.clicks.interactions import Interactions
from bot.sandbox.traffic.hub import Hub
from bot.sandbox.workspace.refusals import Refused, Rejection

METHOD = "response_url"
"""The method name by which a fault meets an answer; every kind of fault is a 503 here."""
GONE = {"no_such_url", "used_url", "expired_url"}


class ResponseAddress:
    """Receives answers, and counts them."""

    def __init__(self, hub: Hub, interactions: Interactions) -> None:
        self._hub = hub
        self._interactions = interactions

    async def answer(self, request: web.Request) -> web.Response:
        """Take an answer: 200 `ok`, 404 for an address that is used up, 400 for what Slack refuses, 503 for a fault."""
        if self._hub.faults.take(METHOD, None) is not None:
            return web.Response(status=503, text="upstream connect error")
        text = await request.text()
        body = {}
        try:
            body = json_object(text)
            self._interactions.responses.respond(request.match_info["key"], body)
        except Refused as refusal:
            self._hub.reject(
                Rejection(
                    METHOD,
                    refusal.error,
                    refusal.messages,
                    text=body.get("text"),
                    blocks=body.get("blocks"),
                )
            )
            return web.json_response(refusal.answer(), status=404 if refusal.error in GONE else 400)
        return web.Response(text="ok")
