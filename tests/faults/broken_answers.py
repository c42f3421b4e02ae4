"""A server whose every answer is broken in a way of its own: what stands between us and Slack on a bad day."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
BROKEN: dict[str, bytes] = {
    "no HTTP at all": b"NOT HTTP AT ALL\r\n\r\n",
    "hung up": b"",
    "breaks off": b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"ok":',
    "bytes that are no text": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\xff\xfe\xfd",
    "an error page that is no text": b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\n\xff\xfe",
    "a character set nobody knows": JSON.replace(b"json\r", b"json; charset=klingon\r")
    + b"Content-Length: 2\r\n\r\n{}",
    "a list": JSON + b"Content-Length: 2\r\n\r\n[]",
    "null": JSON + b"Content-Length: 4\r\n\r\nnull",
    "a number": JSON + b"Content-Length: 2\r\n\r\n17",
    "a text": JSON + b'Content-Length: 4\r\n\r\n"ok"',
    "nothing but brackets": JSON + b"Content-Length: 50000\r\n\r\n" + b"[" * 50_000,
    "chunks without a size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
    "a header without an end": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
    "too many headers": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    "an HTML page": b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
    "ok without an error's name": JSON + b'Content-Length: 12\r\n\r\n{"ok":false}',
}


@dataclass(slots=True)
class BrokenServer:
    """Says `answer` to everybody, and counts how often it was asked."""

    port: int
    answer: bytes = b""
    asked: int = 0

    @property
    def url(self) -> str:
        """As a Web API's address."""
        return f"http://127.0.0.1:{self.port}/api/"


@contextmanager
def broken_server(answer: bytes) -> Iterator[BrokenServer]:
    """Listen until the test is over."""
    listening = socket.create_server(("127.0.0.1", 0))
    broken = BrokenServer(listening.getsockname()[1], answer)

    def serve() -> None:
        with suppress(OSError):
            while True:
                caller, _ = listening.accept()
                broken.asked += 1
                with suppress(OSError), caller:
                    caller.settimeout(1)
                    caller.recv(65536)
                    caller.sendall(broken.answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield broken
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()
