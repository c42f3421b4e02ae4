"""Socket Mode: two connections, so that whatever happens to one of them, requests arrive over the other.

Each connection has a keeper that opens it, waits until it is over and opens the next one, for as long as the process
lives: whatever is raised is logged and tried again. A connection Slack wants renewed is left only when the next one is
open. What arrives is dispatched by a pool of threads and acknowledged over the connection it came by.
"""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import structlog
from websockets.exceptions import WebSocketException

from bot.connection_health import ConnectionHealth, trouble_of
from bot.connections.socket_connection import Connection, PingRules
from bot.courier.slack_outcomes import outcome_of
from bot.slack_calls import CALL_FAILURES
from sla_engine.delivery.records import RateLimited
from sla_engine.time_source import monotonic

log = structlog.get_logger(__name__)

EXPECTED = (*CALL_FAILURES, WebSocketException)
"""Errors of the network and of Slack; any other is a fault of ours, whose traceback is logged."""
CONNECTIONS = 2
DISPATCH_THREADS = 32

Acknowledgement = dict[str, Any]
"""The payload of an acknowledgement; `{}` for a bare one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionRules:
    """Waiting times of the connections, in seconds."""

    pings: PingRules = field(default_factory=PingRules)
    first_pause: float = 1.0
    longest_pause: float = 60.0
    red_after: float = 60.0
    drained_within: float = 5.0
    """A replaced connection is kept this long for acknowledgements that are still due."""
    settled_after: float = 10.0
    """A connection that ends sooner counts as a failure: always closed at once, it would be asked for in a storm."""

    def pause(self, failures: int, *, share: float) -> float:
        """Seconds to wait after this many failures in a row; `share` of 0 to 1 draws from the later half."""
        longest: float = min(self.first_pause * 2 ** min(failures - 1, 10), self.longest_pause)
        return longest * (0.5 + 0.5 * share)


PATIENT = ConnectionRules()


class SocketMode:
    """Keeps the connections. `ask_address` is `apps.connections.open`; `dispatch` answers a request, with None for one
    that is not acknowledged.
    """

    def __init__(
        self,
        *,
        ask_address: Callable[[], str],
        dispatch: Callable[[dict[str, Any]], Acknowledgement | None],
        rules: ConnectionRules = PATIENT,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._dispatch = dispatch
        self._rules = rules
        self._draw = draw
        self._stopping = threading.Event()
        self._addresses = _AddressSource(ask_address, self._stopping)
        self._connections: set[Connection] = set()
        self._lock = threading.Lock()
        self._last_up = monotonic()
        self._trouble = ""
        self._pool = ThreadPoolExecutor(DISPATCH_THREADS, thread_name_prefix="dispatch")
        self._keepers = [
            threading.Thread(target=self._keep, name=f"connection {number}", daemon=True)
            for number in range(1, CONNECTIONS + 1)
        ]

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._last_up = monotonic()
        for keeper in self._keepers:
            keeper.start()

    def stop(self) -> None:
        """Answer the requests that arrived, then close; nothing is connected any more."""
        with self._lock:
            self._stopping.set()
        self._pool.shutdown(wait=True)
        left = self._open()
        for connection in left:
            connection.close()
            connection.over.set()
        for connection in left:
            connection.wait_closed(self._rules.drained_within)
        for keeper in self._keepers:
            keeper.join(timeout=self._rules.pings.open_within)

    def health(self) -> ConnectionHealth:
        """The present state of the connections."""
        up = sum(connection.is_up for connection in self._open())
        now = monotonic()
        if up:
            self._last_up = now
        without = 0.0 if up else now - self._last_up
        red = None
        if without > self._rules.red_after:
            red = f"no connection to Slack for {without:.0f} s: {self._trouble or 'nothing answers'}"
        return ConnectionHealth(up=up, wanted=CONNECTIONS, seconds_without=without, red=red)

    def _open(self) -> list[Connection]:
        with self._lock:
            return list(self._connections)

    def _keep(self) -> None:
        """Keep one connection until the process ends, also after an error in keeping it."""
        while not self._stopping.is_set():
            try:
                self._keep_one()
            except Exception:
                log.exception("keeping a connection failed; it is begun anew")
                self._stopping.wait(self._rules.first_pause)

    def _keep_one(self) -> None:
        """Open a connection whenever the one before is over."""
        failures = 0
        current: Connection | None = None
        while not self._stopping.is_set():
            try:
                previous, current = current, self._connect()
            except Exception as error:
                failures += 1
                self._wait_after(error, failures)
                continue
            self._retire(previous)
            if self._stopping.is_set():
                current.close()
                return
            current.over.wait()
            failures = self._failures_after(current, failures)

    def _connect(self) -> Connection:
        opened = Connection(self._addresses.next_address(), rules=self._rules.pings, take=self._take)
        with self._lock:
            self._connections.add(opened)
        log.info("connected to Slack")
        return opened

    def _wait_after(self, error: Exception, failures: int) -> None:
        pause = self._rules.pause(failures, share=self._draw())
        outcome = outcome_of(error) if isinstance(error, CALL_FAILURES) else None
        if isinstance(outcome, RateLimited) and outcome.retry_after is not None:
            pause = max(pause, outcome.retry_after.total_seconds())
            self._addresses.hold_off(pause)
        self._trouble = trouble_of(error)
        log.warning(
            "not connected to Slack; trying again",
            reason=self._trouble,
            tries=failures,
            seconds=round(pause),
            exc_info=not isinstance(error, EXPECTED),
        )
        self._stopping.wait(pause)

    def _failures_after(self, ended: Connection, failures: int) -> int:
        """Count the failures in a row after a connection ended; wait first if it ended in failure."""
        if self._stopping.is_set():
            return failures
        write = log.info if ended.is_to_be_renewed else log.warning
        write("a connection to Slack is over", reason=ended.why_over)
        if ended.was_alive:
            self._last_up = monotonic()
        else:
            self._trouble = f"a connection opens but answers no ping ({ended.why_over or 'closed'})"
        if ended.was_alive and ended.age > self._rules.settled_after:
            return 0
        self._stopping.wait(self._rules.pause(failures + 1, share=self._draw()))
        return failures + 1

    def _retire(self, previous: Connection | None) -> None:
        """Close the replaced connection, once the requests that arrived over it are acknowledged."""
        if previous is None:
            return
        with self._lock:
            self._connections.discard(previous)
        leave = threading.Timer(self._rules.drained_within, previous.close)
        leave.daemon = True
        leave.start()

    def _take(self, connection: Connection, envelope: dict[str, Any]) -> None:
        with self._lock:
            if "envelope_id" in envelope and not self._stopping.is_set():
                self._pool.submit(self._answer, connection, envelope)

    def _answer(self, connection: Connection, envelope: dict[str, Any]) -> None:
        try:
            payload = self._dispatch(envelope)
        except Exception:
            log.exception("a request could not be dispatched", kind=envelope.get("type"))
            return
        if payload is None:
            return
        acknowledgement = {"envelope_id": envelope["envelope_id"]} | ({"payload": payload} if payload else {})
        others = [other for other in self._open() if other is not connection]
        if not any(way.send(acknowledgement) for way in (connection, *others)):
            log.warning("an acknowledgement was lost with its connection", kind=envelope.get("type"))


@dataclass(slots=True)
class _AddressSource:
    """Asks for one address at a time, and for none while Slack rate-limits us."""

    ask: Callable[[], str]
    stopping: threading.Event
    _held_until: float = 0.0
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def next_address(self) -> str:
        with self._turn:
            self.stopping.wait(max(0.0, self._held_until - monotonic()))
            return self.ask()

    def hold_off(self, seconds: float) -> None:
        self._held_until = max(self._held_until, monotonic() + seconds)
