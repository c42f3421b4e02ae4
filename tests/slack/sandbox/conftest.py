"""A sandbox, somebody to act as, and a bot that is really connected."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask, Response, request
from slack_bolt.adapter.flask import SlackRequestHandler
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from werkzeug.serving import make_server

from bot.sandbox.running import Strictness
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace.seed import ChannelKind, OverSignedHttp, SandboxChannel, SandboxUser, SlashCommand
from tests.driver.driver import SlackDriver
from tests.polling import until
from tests.slack.sandbox.sample_bot import SampleBot

PEOPLE = (
    SandboxUser("U1DANA", "dispatcher", "Dana Dispatcher", tz="America/New_York"),
    SandboxUser("U2TOM", "technician", "Tom Technician", tz="Europe/Berlin"),
)
CHANNELS = (
    SandboxChannel("C1DISPATCH", "dispatch", topic="What needs somebody now"),
    SandboxChannel("C2LOBBY", "lobby", has_bot=False),
    SandboxChannel("C3MANAGERS", "managers", kind=ChannelKind.PRIVATE, members=("U1DANA",)),
    SandboxChannel("C4VAULT", "vault", kind=ChannelKind.PRIVATE, has_bot=False),
)
COMMANDS = (SlashCommand("/sla", "Clocks and nudges"),)
IMPATIENT = Strictness(ack_seconds=0.5, event_retry_seconds=(0.0, 0.1, 0.1), ping_seconds=0.1)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A workspace nobody has said a word in; no bot is connected."""
    with Sandbox(PEOPLE, CHANNELS, commands=COMMANDS, strictness=IMPATIENT) as started:
        yield started


@pytest.fixture
def slack(sandbox: Sandbox) -> SlackDriver:
    return SlackDriver(sandbox)


@pytest.fixture
def api(sandbox: Sandbox) -> WebClient:
    """The real client library, which never repeats a call by itself."""
    return WebClient(sandbox.bot_token, base_url=sandbox.api_url, retry_handlers=[], timeout=5)


def close(handler: SocketModeHandler) -> None:
    """End a connection without the second for which the library waits for one more message."""
    handler.client.closed = True
    handler.client.enqueue_message("")
    handler.close()  # type: ignore[no-untyped-call] # the library's own gap


@contextmanager
def connected(sandbox: Sandbox) -> Iterator[SampleBot]:
    """The sample bot over Socket Mode."""
    bot = SampleBot(sandbox)
    handler = SocketModeHandler(bot.app, sandbox.app_token)
    before = sandbox.connection_count
    handler.connect()  # type: ignore[no-untyped-call] # the library's own gap
    try:
        until(lambda: sandbox.connection_count > before, what="the bot is connected")
        yield bot
    finally:
        bot.never.set()
        close(handler)


@contextmanager
def served() -> Iterator[tuple[Sandbox, SampleBot]]:
    """The sample bot behind a signed request address, with its sandbox."""
    flask = Flask("sample")
    server = make_server("127.0.0.1", 0, flask, threaded=True)
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.05))
    delivery = OverSignedHttp(f"http://127.0.0.1:{server.port}/slack/events")
    with Sandbox(PEOPLE, CHANNELS, commands=COMMANDS, strictness=IMPATIENT, delivery=delivery) as sandbox:
        bot = SampleBot(sandbox)
        handler = SlackRequestHandler(bot.app)

        @flask.post("/slack/events")
        def slack_events() -> Response:
            answer: Response = handler.handle(request)
            return answer

        thread.start()
        try:
            yield sandbox, bot
        finally:
            bot.never.set()
            server.shutdown()
            thread.join()
            server.server_close()


@pytest.fixture
def bot(sandbox: Sandbox) -> Iterator[SampleBot]:
    with connected(sandbox) as found:
        yield found
