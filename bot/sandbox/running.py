"""Runs the sandbox once in its own thread, from listening to the last file written."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from dataclasses import dataclass

from aiohttp import web

from bot.sandbox.api.files import Files
from bot.sandbox.api.web_api import WebApi
from bot.sandbox.clicks.interactions import Interactions
from bot.sandbox.clicks.response_address import ResponseAddress
from bot.sandbox.page.control import Control
from bot.sandbox.page.files import asset, index, only_from_here
from bot.sandbox.page.requests import explain
from bot.sandbox.traffic.delivery import ACK_SECONDS, Delivery, EventSender, SignedDelivery
from bot.sandbox.traffic.hub import Hub
from bot.sandbox.traffic.socket_mode import PING_SECONDS, SocketModeServer
from bot.sandbox.workspace.seed import DEFAULT_SCOPES, OverSignedHttp, RateLimits, Transport
from bot.sandbox.workspace.store import Store

HOST = "127.0.0.1"
LARGEST_REQUEST_BYTES = 2 * 1024 * 1024
GOODBYE_SECONDS = 0.5
EVENT_RETRY_SECONDS = (0.0, 60.0, 300.0)  # Slack: at once, after a minute, after five


@dataclass(frozen=True, slots=True)
class Strictness:
    """Limits of the platform; the defaults are Slack's, except that calls are not rate-limited."""

    rate_limits: RateLimits = RateLimits.OFF
    scopes: frozenset[str] = DEFAULT_SCOPES
    ack_seconds: float = ACK_SECONDS
    event_retry_seconds: tuple[float, ...] = EVENT_RETRY_SECONDS
    ping_seconds: float = PING_SECONDS


class Running:
    """The parts that exist only while the sandbox listens."""

    def __init__(self, hub: Hub, *, transport: Transport, strictness: Strictness, store: Store | None) -> None:
        self.loop = asyncio.get_running_loop()
        self.hub = hub
        self._store = store
        self._stopping = asyncio.Event()
        self.sockets = SocketModeServer(
            ack_seconds=strictness.ack_seconds,
            ping_seconds=strictness.ping_seconds,
            on_change=self._announce_connection,
        )
        self._signed = self._signed_delivery(transport, strictness)
        self._delivery: Delivery = self._signed or self.sockets
        self.events = EventSender(self._delivery, delays=strictness.event_retry_seconds)
        interactions = Interactions(hub, self._delivery, self.events)
        self._web_api = WebApi(hub, self.sockets)
        self._files = Files(hub)
        self._responses = ResponseAddress(hub, interactions)
        self._control = Control(hub, interactions, self._delivery)

    async def serve(self, port: int, started: Future[int]) -> None:
        """Listen on loopback until `stop` is called."""
        runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=GOODBYE_SECONDS)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, port).start()
        except OSError as problem:
            await runner.cleanup()
            started.set_exception(problem)
            return
        bound = runner.addresses[0][1]
        self.hub.web_url = f"http://{HOST}:{bound}"
        if self._store is not None:
            self.hub.workspace.changed = self._store.save_soon
        started.set_result(bound)
        await self._stopping.wait()
        await self._say_goodbye(runner)

    def stop(self) -> None:
        """Begin to end; to be called in the sandbox's own thread."""
        self._stopping.set()

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[only_from_here, explain], client_max_size=LARGEST_REQUEST_BYTES)
        app.add_routes(
            [
                web.get("/", index),
                web.get("/archives/{channel}/{message}", index),
                web.get("/assets/{file:.+}", asset),
                web.get("/link/", self.sockets.accept),
                web.post("/upload/{key}", self._files.receive),
                web.get("/files/{id}", self._files.give),
                web.post("/response/{key}", self._responses.answer),
                web.route("*", "/api/{method}", self._web_api.answer),
                *self._control.routes(),
            ]
        )
        return app

    async def _say_goodbye(self, runner: web.AppRunner) -> None:
        self.hub.workspace.feed.close()
        self._web_api.end()
        await self.events.close()
        await self.sockets.close()
        if self._signed is not None:
            await self._signed.close()
        await runner.cleanup()
        self.hub.workspace.changed = lambda: None
        if self._store is not None:
            self._store.save()

    def _signed_delivery(self, transport: Transport, strictness: Strictness) -> SignedDelivery | None:
        if not isinstance(transport, OverSignedHttp):
            return None
        return SignedDelivery(
            transport.url,
            signing_secret=self.hub.credentials.signing_secret,
            real_time=self.hub.workspace.real_time,
            ack_seconds=strictness.ack_seconds,
        )

    def _announce_connection(self) -> None:
        self._control.announce_connection()
