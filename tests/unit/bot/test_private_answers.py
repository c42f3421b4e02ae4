"""Private answers: through the response address, else as a direct message, and at most once."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, cast

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.requests.private_answers import PrivateAnswers
from bot.views.rendered import Rendered

HELLO = Rendered("Hello", [{"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}])


@dataclass(slots=True)
class Address:
    """A response address, what it says, and what was sent to it."""

    url: str = ""
    status: int = 200
    says: bytes = b"ok"
    bodies: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Messages:
    """The Web API's posting, and what was posted."""

    posted: list[dict[str, Any]] = field(default_factory=list)
    refuses: bool = False

    def chat_postMessage(self, **message: Any) -> None:  # noqa: N802 - the library's name
        """Take a message, or refuse it."""
        if self.refuses:
            raise SlackApiError("no", {"ok": False, "error": "channel_not_found"})  # type: ignore[no-untyped-call]
        self.posted.append(message)


@pytest.fixture
def address() -> Iterator[Address]:
    address = Address()

    class Here(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            address.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(address.status)
            self.send_header("Content-Length", str(len(address.says)))
            self.end_headers()
            self.wfile.write(address.says)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Here)
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02))
    thread.start()
    address.url = f"http://127.0.0.1:{server.server_address[1]}/response/key"
    yield address
    server.shutdown()
    thread.join()
    server.server_close()


def answers(messages: Messages) -> PrivateAnswers:
    return PrivateAnswers(cast("WebClient", messages))


def test_an_answer_goes_to_the_response_address_for_one_person_only(address: Address) -> None:
    messages = Messages()
    assert answers(messages).send({"response_url": address.url, "user_id": "U0TOM"}, HELLO)
    assert [body["response_type"] for body in address.bodies] == ["ephemeral"]
    assert address.bodies[0]["replace_original"] is False
    assert address.bodies[0]["text"] == "Hello"
    assert messages.posted == []


@pytest.mark.parametrize("status", [404, 500, 503])
def test_an_address_that_does_not_take_it_is_not_asked_twice(address: Address, status: int) -> None:
    address.status = status
    assert not answers(Messages()).send({"response_url": address.url, "user_id": "U0TOM"}, HELLO)
    assert len(address.bodies) == 1


@pytest.mark.parametrize("says", [b'{"ok":false,"error":"expired_url"}', b'{"ok": false}'])
def test_a_refusal_with_status_200_was_not_taken(address: Address, says: bytes) -> None:
    address.says = says
    assert not answers(Messages()).send({"response_url": address.url, "user_id": "U0TOM"}, HELLO)


@pytest.mark.parametrize("says", [b"ok", b"", b'{"ok":true}', b"<html>fine</html>", b"[]"])
def test_anything_else_with_status_200_was(address: Address, says: bytes) -> None:
    address.says = says
    assert answers(Messages()).send({"response_url": address.url, "user_id": "U0TOM"}, HELLO)


def test_an_address_where_nobody_listens_is_no_fault_of_the_person_who_asked() -> None:
    assert not answers(Messages()).send({"response_url": "http://127.0.0.1:9/response/key"}, HELLO)


@pytest.mark.parametrize("body", [{"user": {"id": "U0TOM"}}, {"command": "/sla", "user_id": "U0TOM"}])
def test_without_a_response_address_it_is_a_direct_message(body: dict[str, Any]) -> None:
    messages = Messages()
    assert answers(messages).send(body, HELLO)
    assert messages.posted == [{"channel": "U0TOM", "text": "Hello", "blocks": HELLO.blocks}]


def test_a_direct_message_that_slack_refuses_was_not_given() -> None:
    assert not answers(Messages(refuses=True)).send({"user": {"id": "U0TOM"}}, HELLO)
