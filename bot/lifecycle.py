"""The bot's processes, started and ended cleanly: all in one over Socket Mode, or the worker alone."""

import signal
import threading
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import structlog
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackClientError
from waitress.server import create_server
from waitress.wasyncore import close_all

from bot.web import create_app
from bot.wiring import Bot

log = structlog.get_logger(__name__)

SERVER_THREADS = 8
CONNECT_AGAIN_SECONDS = 5.0


class AllInOne:
    """Listeners over Socket Mode, the worker, and where a port is given the intakes, in one process."""

    def __init__(self, bot: Bot, *, host: str = "127.0.0.1", port: int | None = None) -> None:
        self.bot = bot
        self.host = host
        token = bot.settings.slack_app_token
        self._socket = SocketModeHandler(bot.app, token.get_secret_value() if token else None)
        self._polled: dict[int, Any] = {}
        self._server = None if port is None else self._listen(port)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    @property
    def intake_url(self) -> str | None:
        """Where intakes are taken, when they are."""
        return None if self._server is None else f"http://{self.host}:{self._server.effective_port}"

    def start(self) -> None:
        """Begin; returns at once. Slack that does not answer is tried again until it does."""
        self.bot.worker.start()
        self._spawn("connection", self._connect)
        if self._server is not None:
            self._spawn("intake", self._server.run)

    def stop(self) -> None:
        """Finish what is in hand, then end."""
        self._stopping.set()
        self._socket.close()  # type: ignore[no-untyped-call]
        if self._server is not None:
            # In its own thread: a server whose sockets are closed under it while it waits for them raises.
            self._server.trigger.pull_trigger(partial(close_all, self._polled))
        self.bot.worker.stop()
        for thread in self._threads:
            thread.join(timeout=CONNECT_AGAIN_SECONDS)
        self.bot.close()

    def _listen(self, port: int):  # type: ignore[no-untyped-def]  # noqa: ANN202 - waitress names no type for it
        web = create_app(self.bot, serves_slack=False)
        return create_server(
            web,
            map=self._polled,
            host=self.host,
            port=port,
            threads=SERVER_THREADS,
            clear_untrusted_proxy_headers=True,
        )

    def _connect(self) -> None:
        while not self._stopping.is_set():
            try:
                self._socket.connect()  # type: ignore[no-untyped-call]
            except (SlackClientError, OSError) as gone:
                log.warning("Slack does not answer; trying again", reason=str(gone))
                self._stopping.wait(CONNECT_AGAIN_SECONDS)
            else:
                return

    def _spawn(self, name: str, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=run, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)


def until_told_to_stop() -> None:
    """Wait for Ctrl-C or the platform's SIGTERM."""
    stop = threading.Event()

    def told(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, told)
    while not stop.wait(timeout=1.0):
        pass
