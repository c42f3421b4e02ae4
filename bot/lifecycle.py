"""The bot's processes: all in one over Socket Mode, the web alone, the worker alone."""

import json
import signal
import threading
from collections.abc import Sequence
from types import FrameType
from typing import Any

import structlog
from slack_bolt import App
from slack_bolt.request import BoltRequest

from bot.connections.http_server import HttpServer
from bot.connections.signed_requests import UNREADABLE
from bot.connections.socket_mode import PATIENT, Acknowledgement, ConnectionRules, SocketMode
from bot.requests import form_errors
from bot.web import MAX_BYTES, create_app
from bot.wiring import Bot

log = structlog.get_logger(__name__)

BESIDE_SLACK_THREADS = 8
WEB_THREADS = 32
HTTP_OK = 200


class AllInOne:
    """Listeners over Socket Mode, the worker and, where a port is given, the intakes, in one process."""

    def __init__(
        self,
        bot: Bot,
        *,
        host: str = "127.0.0.1",
        port: int | None = None,
        rules: ConnectionRules = PATIENT,
    ) -> None:
        self.bot = bot
        self._socket = SocketMode(
            ask_address=bot.clients.ask_socket_address,
            dispatch=lambda envelope: _dispatched(bot.socket_app, envelope),
            rules=rules,
        )
        bot.socket_mode = self._socket
        self._server = None
        if port is not None:
            web = create_app(bot, serves_slack=False)
            self._server = HttpServer(web, host=host, port=port, threads=BESIDE_SLACK_THREADS, largest=MAX_BYTES)

    @property
    def intake_url(self) -> str | None:
        """The address of the intakes; None without a port."""
        return None if self._server is None else f"http://{self._server.host}:{self._server.port}"

    def start(self) -> None:
        """Start; returns at once. Connecting to Slack is tried until it succeeds."""
        self.bot.worker.start()
        self._socket.start()
        if self._server is not None:
            self._server.start()

    def stop(self) -> None:
        """Finish the work in hand, then stop."""
        self._socket.stop()
        if self._server is not None:
            self._server.stop()
        self.bot.worker.stop()
        self.bot.close()


class Web:
    """Signed requests, intakes, health and figures, in one process of threads."""

    def __init__(self, bot: Bot, *, host: str, port: int) -> None:
        self.bot = bot
        self._server = HttpServer(create_app(bot), host=host, port=port, threads=WEB_THREADS, largest=MAX_BYTES)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._server.port

    def start(self) -> None:
        """Start answering; returns at once."""
        self._server.start()

    def stop(self) -> None:
        """Answer the requests in hand, then stop."""
        self._server.stop()
        self.bot.close()


def _dispatched(app: App, envelope: dict[str, Any]) -> Acknowledgement | None:
    """Let Bolt answer an envelope; None when it does not acknowledge, so that Slack tells the person."""
    retry = {"x-slack-retry-num": envelope.get("retry_attempt"), "x-slack-retry-reason": envelope.get("retry_reason")}
    headers: dict[str, str | Sequence[str]] = {name: str(value) for name, value in retry.items() if value is not None}
    body: Any = envelope.get("payload")
    try:
        request = BoltRequest(mode="socket_mode", body=body, headers=headers)
    except UNREADABLE:
        log.warning("a request that cannot be read", kind=envelope.get("type"))
        form_answer = form_errors.unreadable(body if isinstance(body, dict) else {})
        return form_answer if isinstance(form_answer, dict) else {}
    answer = app.dispatch(request)
    if answer.status != HTTP_OK:
        log.warning("not acknowledged", kind=envelope.get("type"), status=answer.status)
        return None
    if not answer.body:
        return {}
    is_json = answer.first_headers().get("content-type", "").startswith("application/json")
    acknowledgement: Acknowledgement = json.loads(answer.body) if is_json else {"text": answer.body}
    return acknowledgement


def wait_for_stop_signal() -> None:
    """Wait for Ctrl-C or SIGTERM."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    while not stop.wait(timeout=1.0):
        pass
