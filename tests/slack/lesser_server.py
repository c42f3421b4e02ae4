"""A Slack-compatible server that is less than Slack: some methods are unknown, optional keys are left out.

It stands before a sandbox and passes on what it knows; the Socket Mode connection itself goes to the sandbox.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.request import Request, urlopen

UNKNOWN = {"users.info", "conversations.history", "conversations.replies", "conversations.open", "conversations.info"}
KEPT = {"ok", "error", "url", "ts", "channel", "messages"}
PASSED_ON = ("Authorization", "Content-Type", "User-Agent")


class _Lesser(BaseHTTPRequestHandler):
    upstream: ClassVar[str]
    asked: ClassVar[list[str]]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer one call."""
        method = self.path.rpartition("/")[2].partition("?")[0]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.asked.append(method)
        self._answer({"ok": False, "error": "unknown_method"} if method in UNKNOWN else self._pass_on(body))

    do_GET = do_POST  # noqa: N815 - the library's name

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _pass_on(self, body: bytes) -> dict[str, Any]:
        headers = {name: self.headers[name] for name in PASSED_ON if self.headers[name]}
        request = Request(self.upstream + self.path, data=body, headers=headers, method="POST")  # noqa: S310 - loopback
        with urlopen(request, timeout=5) as answered:  # noqa: S310
            found: dict[str, Any] = json.loads(answered.read())
        return {key: value for key, value in found.items() if key in KEPT}

    def _answer(self, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def lesser(upstream: str) -> Iterator[tuple[str, list[str]]]:
    """The address of its Web API, and every method it was asked for."""
    asked: list[str] = []
    handler = type("Lesser", (_Lesser,), {"upstream": upstream, "asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.05), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/api/", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
