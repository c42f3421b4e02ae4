"""One Socket Mode connection, from its handshake to its end."""

import json
import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any

import structlog
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State
from websockets.sync.client import ClientConnection, connect

from sla_engine.time_source import monotonic

log = structlog.get_logger(__name__)

LARGEST_ENVELOPE_BYTES = 4 * 1024 * 1024  # Slack: a view alone may have 250 kB, and a message its whole thread
HELLO, DISCONNECT = "hello", "disconnect"


@dataclass(frozen=True, slots=True, kw_only=True)
class PingRules:
    """Limits of a connection in seconds; one that leaves pings unanswered is given up."""

    every: float = 3.0
    answered_within: float = 6.0
    open_within: float = 10.0
    close_within: float = 1.0


class Connection:
    """A WebSocket read in a thread of its own; `over` is set when another one is wanted in its place."""

    def __init__(self, address: str, *, rules: PingRules, take: Callable[["Connection", dict[str, Any]], None]) -> None:
        """Open it.

        Raises: whatever the network, TLS or the handshake raise.
        """
        with ExitStack() as opening:
            self._socket: ClientConnection = opening.enter_context(_web_socket(address, rules))
            self._first_pong: threading.Event = self._socket.ping()
            self._goodbye = opening.pop_all()
        self._take = take
        self._opened_at = monotonic()
        self._carried_something = False
        self.over = threading.Event()
        self.why_over = ""
        self.is_to_be_renewed = False
        self._reader = threading.Thread(target=self._read, name="slack connection", daemon=True)
        self._reader.start()

    @property
    def was_alive(self) -> bool:
        """Whether Slack ever answered a ping or sent something over it: a handshake alone proves nothing."""
        return self._carried_something or self._first_pong.is_set()

    @property
    def age(self) -> float:
        """Seconds since it was opened."""
        return monotonic() - self._opened_at

    @property
    def is_up(self) -> bool:
        """Whether requests arrive over it."""
        return self._socket.state is State.OPEN and self.was_alive

    def send(self, document: Mapping[str, Any]) -> bool:
        """Send a document; False when the connection is gone."""
        try:
            self._socket.send(json.dumps(document))
        except ConnectionClosed:
            return False
        return True

    def close(self) -> None:
        """Close it; the reading thread waits for Slack's answer, `close_within` seconds at most."""
        self._socket.close()

    def wait_closed(self, seconds: float) -> None:
        """Wait until its thread has ended, `seconds` at most."""
        self._reader.join(seconds)

    def _read(self) -> None:
        try:
            with self._goodbye:
                for text in self._socket:
                    self._hear(text)
        except ConnectionClosed as closed:
            self.why_over = self.why_over or _why(closed)
        finally:
            self.over.set()

    def _hear(self, text: str | bytes) -> None:
        try:
            envelope = json.loads(text)
        except (ValueError, RecursionError):
            envelope = None
        if not isinstance(envelope, dict):
            log.warning("Slack sent something that is no envelope")
            return
        kind = envelope.get("type")
        if kind == DISCONNECT:
            self.why_over = str(envelope.get("reason") or DISCONNECT)
            self.is_to_be_renewed = True
            self.over.set()
        elif kind != HELLO:
            self._carried_something = True
            self._take(self, envelope)


def _web_socket(address: str, rules: PingRules) -> AbstractContextManager[ClientConnection]:
    library = logging.getLogger("websockets.client")
    library.setLevel(logging.CRITICAL)  # a lost connection is an error with a traceback to it; here it is one warning
    return connect(
        address,
        logger=library,
        compression=None,
        open_timeout=rules.open_within,
        ping_interval=rules.every,
        ping_timeout=rules.answered_within,
        close_timeout=rules.close_within,
        max_size=LARGEST_ENVELOPE_BYTES,
    )


def _why(closed: ConnectionClosed) -> str:
    """The reason for the end: `1011 keepalive ping timeout`, or `reset` for a connection that broke off."""
    frame = closed.sent or closed.rcvd
    return "reset" if frame is None else f"{int(frame.code)} {frame.reason}".strip()
