"""`sla-bot web` on real sockets: whoever sends slowly, or half, holds up nobody else."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr
from slack_sdk.signature import SignatureVerifier

from bot.connections.http_server import HttpServer
from bot.lifecycle import Web
from bot.settings import BotSettings
from bot.web import MAX_BYTES
from bot.wiring import Bot
from sla_engine.time_source import real_now
from tests.polling import PATIENCE_SECONDS, until
from tests.slack.processes import asks
from tests.slack.workplace import set_up

pytestmark = pytest.mark.sqlite_only

HALF_SENT = 70
SECRET = "signs"


@pytest.fixture
def port(database_url: str) -> Iterator[int]:
    set_up(database_url)
    settings = BotSettings(
        database_url=SecretStr(database_url),
        slack_bot_token=SecretStr("xoxb-1"),
        slack_signing_secret=SecretStr(SECRET),
        slack_api_url="http://127.0.0.1:9/api/",
    )
    serving = Web(Bot(settings), host="127.0.0.1", port=0)
    serving.start()
    yield serving.port
    serving.stop()


@contextmanager
def half_sent(port: int, *, number: int) -> Iterator[None]:
    """So many callers who send half a body and wait."""
    with ExitStack() as stack:
        for _ in range(number):
            caller = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            caller.sendall(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + b"x" * 500)
        yield


def command(port: int, trigger: str) -> int:
    """Send a signed command as Slack does; its status."""
    body = urlencode({"command": "/sla", "text": "help", "user_id": "U0TOM", "trigger_id": trigger})
    at = str(int(real_now().timestamp()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=at, body=body)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": signature or "",
    }
    return asks(port, "POST", "/slack/events", body=body.encode(), headers=headers).status


def test_seventy_half_sent_requests_hold_up_nobody(port: int) -> None:
    with half_sent(port, number=HALF_SENT):
        assert asks(port, "GET", "/healthz").status == 200
        assert command(port, "1.1.a") == 200
    assert command(port, "1.1.b") == 200, "and so it is when they are gone"


def test_a_body_that_is_too_large_is_refused_before_it_is_read(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as caller:
        head = f"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: {MAX_BYTES + 1}\r\n\r\n"
        caller.sendall(head.encode())
        answer = http.client.HTTPResponse(caller)
        answer.begin()
        assert answer.status == 413


def test_what_is_in_hand_is_answered_before_the_server_ends_and_nothing_new_is_taken() -> None:
    arrived, goes_on = threading.Event(), threading.Event()

    def waits(_environment: object, start_response: object) -> list[bytes]:
        arrived.set()
        goes_on.wait(PATIENCE_SECONDS)
        start_response("200 OK", [("Content-Length", "4")])  # type: ignore[operator]
        return [b"done"]

    server = HttpServer(waits, host="127.0.0.1", port=0, threads=2, largest=MAX_BYTES)
    server.start()
    port, answers = server.port, list[str]()
    asking = threading.Thread(target=lambda: answers.append(asks(port, "GET", "/").text))
    asking.start()
    assert arrived.wait(PATIENCE_SECONDS)
    ending = threading.Thread(target=server.stop)
    ending.start()
    until(lambda: not _listens(port), what="nothing new is taken")
    goes_on.set()
    ending.join(5)
    asking.join(5)
    assert answers == ["done"]
    assert not ending.is_alive()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def test_an_address_that_cannot_be_listened_on_is_an_error_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        HttpServer(lambda *_: [], host="127.0.0.1", port=taken.getsockname()[1], threads=1, largest=MAX_BYTES)
