"""The HTTP server: reads whole requests before a thread sees them, so that a slow sender holds up nobody."""

import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from waitress.server import create_server
from waitress.wasyncore import close_all

from sla_engine.time_source import monotonic

log = structlog.get_logger(__name__)

CONNECTIONS_MAX = 800  # half-sent requests cost a socket each and no thread; a process often has 1,024 sockets
WAITING_MAX = 1024  # connections the system accepts ahead of us
SILENT_SECONDS = 30  # then a connection that sends nothing more is closed
GRACE_SECONDS = 10.0
POLL_SECONDS = 0.02


class HttpServer:
    """Serves a WSGI app on one address until it is stopped; listens from the moment it is made."""

    def __init__(
        self, web: Callable[..., Iterable[bytes]], *, host: str, port: int, threads: int, largest: int
    ) -> None:
        """Listen; `largest` is a request's body in bytes.

        Raises: OSError: the address is unknown, not this machine's, or in use.
        """
        self.host = host
        self._polled: dict[int, Any] = {}
        try:
            self._server = self._listening(web, port=port, threads=threads, largest=largest)
        except OSError:
            close_all(self._polled)
            raise
        self._thread = threading.Thread(target=self._server.run, name="http", daemon=True)

    @property
    def port(self) -> int:
        """The port it listens on, also when any free port was asked for."""
        return int(self._server.effective_port)

    def start(self) -> None:
        """Begin to answer; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Accept no more requests, let those in hand be answered, then close."""
        if not self._thread.is_alive():
            self._listen_no_more()
            close_all(self._polled)
            return
        self._in_its_thread(self._listen_no_more)
        deadline = monotonic() + GRACE_SECONDS
        pause = threading.Event()
        while self._is_answering() and monotonic() < deadline:
            pause.wait(POLL_SECONDS)
        self._in_its_thread(lambda: close_all(self._polled))
        self._thread.join(timeout=GRACE_SECONDS)
        self._server.task_dispatcher.shutdown(timeout=1)

    def _listening(self, web: Callable[..., Iterable[bytes]], *, port: int, threads: int, largest: int) -> Any:
        """Make the server; its channels and its trigger have no types in waitress."""
        return create_server(
            web,
            map=self._polled,
            host=_first_address(self.host),
            port=port,
            backlog=WAITING_MAX,
            threads=threads,
            connection_limit=CONNECTIONS_MAX,
            channel_timeout=SILENT_SECONDS,
            cleanup_interval=SILENT_SECONDS // 3,
            max_request_body_size=largest,
            asyncore_use_poll=True,  # select() stops at 1,024 sockets
            clear_untrusted_proxy_headers=True,
            ident=None,
        )

    def _is_answering(self) -> bool:
        channels = list(self._server.active_channels.values())
        return any(channel.requests or channel.total_outbufs_len for channel in channels)

    def _listen_no_more(self) -> None:
        self._server.del_channel()
        self._server.socket.close()

    def _in_its_thread(self, act: Callable[[], object]) -> None:
        """Run `act` in the server's thread; closing its sockets from outside would make it raise."""
        self._server.trigger.pull_trigger(act)


def _first_address(host: str) -> str:
    """The first of the addresses that a host name stands for."""
    addresses = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return str(addresses[0][4][0])
