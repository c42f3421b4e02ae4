"""A small Slack over real HTTP that does to its callers what Slack does on a bad day, and remembers everything."""

from __future__ import annotations

import json
import socket
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from sla_engine.time_source import monotonic, real_now


class Trouble(StrEnum):
    """How a call goes wrong."""

    RATE_LIMITED = "rate limited"
    ERROR_BEFORE = "500 before accepting"
    ERROR_AFTER = "500 after accepting"
    DROP_BEFORE = "connection dropped before accepting"
    DROP_AFTER = "connection dropped after accepting"
    HANG_BEFORE = "hangs, never accepts"
    HANG_AFTER = "accepts, then hangs"
    LATE = "hangs up, then accepts"
    REFUSE = "refuses for good"
    EMPTY = "history shows nothing"
    BARE = "accepts and answers only ok"


ACCEPTED_FIRST = {Trouble.ERROR_AFTER, Trouble.DROP_AFTER, Trouble.HANG_AFTER, Trouble.BARE}


@dataclass(frozen=True, slots=True)
class Fault:
    """One trouble for one call of a method."""

    trouble: Trouble
    method: str = "chat.postMessage"
    channel: str | None = None
    retry_after: str | None = "0.2"
    seconds: float = 0.0
    error: str = "internal_error"

    def hits(self, method: str, channel: str) -> bool:
        return self.method in {"*", method} and self.channel in {None, channel}


@dataclass(slots=True)
class Message:
    channel: str
    ts: str
    text: str
    key: str
    thread_ts: str | None
    edits: list[str] = field(default_factory=list)
    deleted: bool = False
    metadata: dict[str, Any] | None = None
    by_person: bool = False

    @property
    def shows(self) -> str:
        """What people read now."""
        return self.edits[-1] if self.edits else self.text


@dataclass(frozen=True, slots=True)
class Call:
    """One call that reached Slack, whatever came of it."""

    at: float
    method: str
    channel: str
    arguments: dict[str, Any]
    answered: str


Answer = tuple[int, dict[str, Any], dict[str, str]]


class HostileSlack:
    """The server's state; asked and set from any thread."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self.messages: list[Message] = []
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.draw: Callable[[str, str], Fault | None] | None = None
        self.outage: Fault | None = None
        self.closing = threading.Event()
        self._count = 0
        self._second = 0
        self._server: ThreadingHTTPServer | None = None
        self._port = 0

    # --- what tests ask ---------------------------------------------------------------------------

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/api/"

    def suffers(self, trouble: Trouble, *, times: int = 1, **facts: Any) -> None:
        """Let the next matching calls go wrong."""
        with self._lock:
            self.faults.extend([Fault(trouble, **facts)] * times)

    def visible(self, channel: str | None = None) -> list[Message]:
        """What people can see, in the order it was posted."""
        with self._lock:
            return [m for m in self.messages if not m.deleted and channel in {None, m.channel}]

    def texts(self, channel: str | None = None) -> list[str]:
        return [message.shows for message in self.visible(channel)]

    def write_under(self, message: Message, text: str) -> None:
        """Write as a person in a message's thread."""
        with self._lock:
            self._count += 1
            ts = f"{self._second}.{self._count:06d}"
            self.messages.append(Message(message.channel, ts, text, "", message.ts, by_person=True))

    def calls_of(self, method: str, channel: str | None = None) -> list[Call]:
        with self._lock:
            return [c for c in self.calls if c.method == method and channel in {None, c.channel}]

    # --- serving -----------------------------------------------------------------------------------

    def listen(self) -> None:
        """Take calls, on the same port as before."""
        server = _Server(self, port=self._port)
        self._server, self._port = server, server.server_port
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def refuse_connections(self) -> None:
        """Close the port."""
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()
        self._server = None

    def close(self) -> None:
        self.closing.set()
        if self._server is not None:
            self.refuse_connections()

    def take_fault(self, method: str, channel: str) -> Fault | None:
        with self._lock:
            if self.outage is not None:
                return self.outage
            found = next((fault for fault in self.faults if fault.hits(method, channel)), None)
            if found is not None:
                self.faults.remove(found)
            elif self.draw is not None:
                found = self.draw(method, channel)
            return found

    def note(self, method: str, arguments: dict[str, Any], fault: Fault | None) -> None:
        call = Call(
            monotonic(),
            method,
            str(arguments.get("channel", "")),
            arguments,
            "ok" if fault is None else str(fault.trouble),
        )
        with self._lock:
            self.calls.append(call)

    def accept(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            return self._methods[method](self, arguments)

    # --- the methods ---------------------------------------------------------------------------------

    def _post(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._count += 1
        self._second = max(self._second, int(real_now().timestamp()))  # Slack's time never runs backwards; ours may
        ts = f"{self._second}.{self._count:06d}"
        metadata = arguments.get("metadata") or {}
        key = str(metadata.get("event_payload", {}).get("key", ""))
        thread_ts = arguments.get("thread_ts")
        message = Message(arguments["channel"], ts, arguments["text"], key, thread_ts, metadata=metadata or None)
        if thread_ts is not None and not any(m.ts == thread_ts for m in self.messages):
            return {"ok": False, "error": "thread_not_found"}
        self.messages.append(message)
        return {"ok": True, "channel": message.channel, "ts": ts, "message": {"ts": ts, "text": message.text}}

    def _find(self, arguments: dict[str, Any]) -> Message | None:
        there = (m for m in self.messages if m.ts == arguments["ts"] and not m.deleted)
        return next((m for m in there if m.channel == arguments["channel"]), None)

    def _update(self, arguments: dict[str, Any]) -> dict[str, Any]:
        message = self._find(arguments)
        if message is None:
            return {"ok": False, "error": "message_not_found"}
        message.edits.append(arguments["text"])
        return {"ok": True, "channel": message.channel, "ts": message.ts}

    def _delete(self, arguments: dict[str, Any]) -> dict[str, Any]:
        message = self._find(arguments)
        if message is None:
            return {"ok": False, "error": "message_not_found"}
        message.deleted = True
        return {"ok": True}

    def _open(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return {"ok": True, "channel": {"id": f"D{arguments['users']}"}}

    def _history(self, arguments: dict[str, Any]) -> dict[str, Any]:
        found = [m for m in self.visible(arguments["channel"]) if m.thread_ts is None]
        return self._page(found, arguments)

    def _replies(self, arguments: dict[str, Any]) -> dict[str, Any]:
        root = arguments["ts"]
        if not any(m.ts == root for m in self.visible(arguments["channel"])):
            return {"ok": False, "error": "thread_not_found"}
        found = [m for m in self.visible(arguments["channel"]) if root in {m.ts, m.thread_ts}]
        return self._page(found, arguments)

    def _permalink(self, arguments: dict[str, Any]) -> dict[str, Any]:
        channel, ts = arguments["channel"], arguments["message_ts"]
        if not any(m.ts == ts for m in self.visible(channel)):
            return {"ok": False, "error": "message_not_found"}
        return {"ok": True, "channel": channel, "permalink": f"https://msp.slack.test/archives/{channel}/{ts}"}

    def _page(self, found: list[Message], arguments: dict[str, Any]) -> dict[str, Any]:
        oldest = float(arguments.get("oldest", 0))
        recent = sorted((m for m in found if float(m.ts) > oldest), key=lambda m: m.ts, reverse=True)
        start = int(arguments.get("cursor") or 0)
        end = start + int(arguments.get("limit", 100))
        with_metadata = str(arguments.get("include_all_metadata")).lower() in {"1", "true"}
        shown = []
        for message in recent[start:end]:
            entry: dict[str, Any] = {"ts": message.ts, "text": message.text}
            entry |= {"user": "U0TOM"} if message.by_person else {"bot_id": "B0SLA"}
            if with_metadata and message.metadata:
                entry["metadata"] = message.metadata
            shown.append(entry)
        answer: dict[str, Any] = {"ok": True, "messages": shown}
        if end < len(recent):
            answer |= {"has_more": True, "response_metadata": {"next_cursor": str(end)}}
        return answer

    _methods: ClassVar[dict[str, Callable[[HostileSlack, dict[str, Any]], dict[str, Any]]]] = {
        "chat.postMessage": _post,
        "chat.update": _update,
        "chat.delete": _delete,
        "chat.getPermalink": _permalink,
        "conversations.open": _open,
        "conversations.history": _history,
        "conversations.replies": _replies,
    }


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, slack: HostileSlack, *, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.slack = slack

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Callers that hang up are the point of these tests."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        slack = self.server.slack
        method = self.path.rsplit("/", 1)[-1]
        arguments = self._arguments()
        fault = slack.take_fault(method, str(arguments.get("channel", "")))
        slack.note(method, arguments, fault)
        with suppress(OSError):
            if fault is None:
                self._answer(200, slack.accept(method, arguments), {})
            else:
                self._suffer(fault, method, arguments)

    def _suffer(self, fault: Fault, method: str, arguments: dict[str, Any]) -> None:
        slack = self.server.slack
        if fault.trouble in ACCEPTED_FIRST:
            slack.accept(method, arguments)
        if fault.trouble is Trouble.LATE:
            self.connection.shutdown(socket.SHUT_RDWR)
        slack.closing.wait(fault.seconds)
        if fault.trouble is Trouble.LATE:
            slack.accept(method, arguments)
        match fault.trouble:
            case Trouble.RATE_LIMITED:
                headers = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
                self._answer(429, {"ok": False, "error": "ratelimited"}, headers)
            case Trouble.REFUSE:
                self._answer(200, {"ok": False, "error": fault.error}, {})
            case Trouble.EMPTY:
                self._answer(200, {"ok": True, "messages": []}, {})
            case Trouble.BARE:
                self._answer(200, {"ok": True}, {})
            case Trouble.ERROR_BEFORE | Trouble.ERROR_AFTER:
                self._answer(503, None, {})
            case _:
                self.close_connection = True

    def _arguments(self) -> dict[str, Any]:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if "json" in self.headers.get("Content-Type", "") and body.startswith("{"):
            found: dict[str, Any] = json.loads(body)
            return found
        return dict(urllib.parse.parse_qsl(body))

    def _answer(self, status: int, answer: dict[str, Any] | None, headers: dict[str, str]) -> None:
        body = b"<html>upstream trouble</html>" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if answer is None else "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Silence: the calls are remembered."""


@contextmanager
def hostile_slack() -> Iterator[HostileSlack]:
    """A Slack that listens until the test is over."""
    slack = HostileSlack()
    slack.listen()
    try:
        yield slack
    finally:
        slack.close()
