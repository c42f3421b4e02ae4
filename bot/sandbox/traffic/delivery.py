"""Delivers payloads to the bot: over its own connection, or to its signed request address."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from json import JSONDecodeError
from typing import Protocol
from urllib.parse import urlencode

import aiohttp

from bot.sandbox.workspace.seed import Json, RealTime

ACK_SECONDS = 3.0  # Slack waits this long for an answer


class Envelope(StrEnum):
    """The kind of a payload."""

    COMMAND = "slash_commands"
    INTERACTIVE = "interactive"
    EVENT = "events_api"


@dataclass(frozen=True, slots=True)
class Retry:
    """The number of this repetition, from 1, and its reason."""

    number: int
    reason: str


class Undelivered(Exception):
    """The bot did not take it: `operation_timeout`, `dispatch_failed` or `http_error`."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class Delivery(Protocol):
    """A way to the bot."""

    @property
    def connected(self) -> bool:
        """Whether the bot is reachable."""
        ...

    async def deliver(self, kind: Envelope, payload: Json, *, retry: Retry | None = None) -> Json:
        """Deliver a payload and return the body of the bot's answer.

        Raises:
            Undelivered: nobody took it within three seconds.
        """
        ...


def signature(secret: str, *, timestamp: str, body: str) -> str:
    """The `x-slack-signature` of a request."""
    base = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def request_body(kind: Envelope, payload: Json) -> tuple[str, str]:
    """Content type and body, as Slack encodes them."""
    if kind is Envelope.EVENT:
        return "application/json", json.dumps(payload)
    fields = payload if kind is Envelope.COMMAND else {"payload": json.dumps(payload)}
    return "application/x-www-form-urlencoded", urlencode(fields)


def answer_body(text: str, content_type: str) -> Json:
    """Parse the bot's answer, whether JSON or plain text."""
    if not text.strip():
        return {}
    if content_type != "application/json":
        return {"text": text}
    try:
        body = json.loads(text)
    except JSONDecodeError:
        return {"text": text}
    return body if isinstance(body, dict) else {}


class SignedDelivery:
    """Posts to the bot's request address, signed."""

    connected = True

    def __init__(self, url: str, *, signing_secret: str, real_time: RealTime, ack_seconds: float) -> None:
        self._url = url
        self._secret = signing_secret
        self._real_time = real_time
        self._timeout = aiohttp.ClientTimeout(total=ack_seconds)
        self._session: aiohttp.ClientSession | None = None

    async def deliver(self, kind: Envelope, payload: Json, *, retry: Retry | None = None) -> Json:
        """Post it and return the body of the answer."""
        content_type, body = request_body(kind, payload)
        headers = self._headers(content_type, body, retry)
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        try:
            async with self._session.post(self._url, data=body.encode(), headers=headers) as response:
                if response.status != 200:  # noqa: PLR2004 - HTTP
                    raise Undelivered("http_error")
                return answer_body(await response.text(), response.content_type)
        except TimeoutError as problem:
            raise Undelivered("operation_timeout") from problem
        except aiohttp.ClientError as problem:
            raise Undelivered("dispatch_failed") from problem

    async def close(self) -> None:
        """Let go of open connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _headers(self, content_type: str, body: str, retry: Retry | None) -> Mapping[str, str]:
        timestamp = str(int(self._real_time()))
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._secret, timestamp=timestamp, body=body),
        }
        if retry is not None:
            headers |= {"X-Slack-Retry-Num": str(retry.number), "X-Slack-Retry-Reason": retry.reason}
        return headers


class EventSender:
    """Sends the bot events, and sends them again when it did not answer."""

    def __init__(self, delivery: Delivery, *, delays: tuple[float, ...]) -> None:
        self._delivery = delivery
        self._delays = delays
        self._tasks: set[asyncio.Task[None]] = set()
        self.last: Json | None = None

    def send(self, payload: Json, *, retry: Retry | None = None) -> None:
        """Start sending an event, without waiting for the bot."""
        self.last = payload
        task = asyncio.get_running_loop().create_task(self._send(payload, retry))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Drop the events that are still to be sent."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _send(self, payload: Json, retry: Retry | None) -> None:
        for number, delay in enumerate((0.0, *self._delays)):
            await asyncio.sleep(delay)
            try:
                await self._delivery.deliver(Envelope.EVENT, payload, retry=retry)
            except Undelivered as problem:
                reason = "http_timeout" if problem.error == "operation_timeout" else "http_error"
                retry = Retry(number=number + 1, reason=reason)
            else:
                return
