"""Socket Mode: connections that the bot opens, and on which it acknowledges envelopes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import socket
import struct
import uuid
from collections.abc import Callable
from json import JSONDecodeError

from aiohttp import WSMsgType, web

from bot.sandbox.traffic.delivery import Envelope, Retry, Undelivered
from bot.sandbox.workspace.seed import APP_ID, Json

CONNECTIONS_MAX = 10  # Slack: for one app
PING_SECONDS = 5.0  # slack_sdk leaves a closed connection only when something arrives, or after three seconds
GOODBYE_SECONDS = 0.5
LOOK_SECONDS = 0.05


class SocketModeServer:
    """Keeps the bot's connections; each envelope goes to one of them."""

    def __init__(self, *, ack_seconds: float, ping_seconds: float, on_change: Callable[[], None]) -> None:
        self._ack_seconds = ack_seconds
        self._ping_seconds = ping_seconds
        self._on_change = on_change
        self._tickets: set[str] = set()
        self._connections: list[web.WebSocketResponse] = []
        self._transports: dict[web.WebSocketResponse, asyncio.Transport] = {}
        self._frozen: set[web.WebSocketResponse] = set()
        self.freezes_new = False
        """Whether connections go deaf as soon as they are open."""
        self._unanswered: dict[str, asyncio.Future[Json]] = {}
        self.late_acks: list[str] = []

    @property
    def connected(self) -> bool:
        """Whether the bot has at least one connection."""
        return bool(self._connections)

    @property
    def connection_count(self) -> int:
        """The number of the bot's connections."""
        return len(self._connections)

    def new_address(self, host: str) -> str:
        """An address at which one connection may be opened, once."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return f"ws://{host}/link/?ticket={ticket}&app_id={APP_ID}"

    async def accept(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until either side closes it."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets or len(self._connections) >= CONNECTIONS_MAX:
            return web.Response(status=403, text="this address was used already, or never given out")
        self._tickets.discard(ticket)
        connection = web.WebSocketResponse(timeout=GOODBYE_SECONDS, autoping=False, autoclose=False)
        await connection.prepare(request)
        if isinstance(request.transport, asyncio.Transport):
            self._transports[connection] = request.transport
        self._connections.append(connection)
        if self.freezes_new:
            self._frozen.add(connection)
        await connection.send_json(self._hello())
        self._on_change()
        pings = asyncio.create_task(self._ping(connection))
        try:
            await self._listen(connection)
        finally:
            pings.cancel()
            self._forget(connection)
        return connection

    async def _listen(self, connection: web.WebSocketResponse) -> None:
        """Receive from the bot; a frozen connection ignores everything until the bot leaves it."""
        async for message in connection:
            if connection in self._frozen:
                continue
            if message.type is WSMsgType.TEXT:
                self._take_ack(message.data)
            elif message.type is WSMsgType.PING:
                with contextlib.suppress(ConnectionError):
                    await connection.pong(message.data)
        while connection in self._frozen and not self._transports[connection].is_closing():
            await asyncio.sleep(LOOK_SECONDS)
        if connection not in self._frozen:
            await connection.close()

    def freeze(self) -> None:
        """Freeze the oldest connection: it stays open, and nothing on it is answered."""
        self._frozen.update(self._healthy()[:1])

    def reset(self) -> None:
        """Break the oldest connection off without a word."""
        transport = self._transports[self._healthy()[0]]
        raw: socket.socket = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()

    def _healthy(self) -> list[web.WebSocketResponse]:
        return [connection for connection in self._connections if connection not in self._frozen]

    async def deliver(self, kind: Envelope, payload: Json, *, retry: Retry | None = None) -> Json:
        """Send an envelope over one connection and wait for its acknowledgement."""
        if not self._connections:
            raise Undelivered("dispatch_failed")
        connection = self._connections.pop(0)
        self._connections.append(connection)
        envelope_id = str(uuid.uuid4())
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._unanswered[envelope_id] = answer
        try:
            await connection.send_json(self._envelope(envelope_id, kind, payload, retry))
            return await asyncio.wait_for(answer, timeout=self._ack_seconds)
        except TimeoutError as problem:
            raise Undelivered("operation_timeout") from problem
        except ConnectionError as problem:
            raise Undelivered("dispatch_failed") from problem
        finally:
            self._unanswered.pop(envelope_id, None)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask the bot to reconnect, then close, as Slack does every few hours."""
        for connection in tuple(self._connections):
            with contextlib.suppress(ConnectionError):
                await connection.send_json({"type": "disconnect", "reason": reason, "debug_info": {}})
            await connection.close()

    async def close(self) -> None:
        """Close every connection without a word."""
        await asyncio.gather(*(connection.close() for connection in tuple(self._connections)))

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "debug_info": {"host": "applink-sandbox", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": APP_ID},
        }

    def _envelope(self, envelope_id: str, kind: Envelope, payload: Json, retry: Retry | None) -> Json:
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": kind.value,
            "payload": payload,
            "accepts_response_payload": kind is not Envelope.EVENT,
        }
        if kind is Envelope.EVENT:
            envelope["retry_attempt"] = retry.number if retry is not None else 0
            envelope["retry_reason"] = retry.reason if retry is not None else ""
        return envelope

    def _take_ack(self, text: str) -> None:
        try:
            ack = json.loads(text)
        except JSONDecodeError:
            return
        envelope_id = str(ack.get("envelope_id", ""))
        answer = self._unanswered.get(envelope_id)
        if answer is None:
            self.late_acks.append(envelope_id)
        elif not answer.done():
            payload = ack.get("payload")
            answer.set_result(payload if isinstance(payload, dict) else {})

    async def _ping(self, connection: web.WebSocketResponse) -> None:
        while not connection.closed:
            await asyncio.sleep(self._ping_seconds)
            with contextlib.suppress(ConnectionError):
                await connection.ping(b"Ping from applink-sandbox")

    def _forget(self, connection: web.WebSocketResponse) -> None:
        self._transports.pop(connection, None)
        self._frozen.discard(connection)
        if connection in self._connections:
            self._connections.remove(connection)
            self._on_change()
