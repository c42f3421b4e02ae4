"""Private answers: through the response address, else as a direct message, and at most once."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, cast

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.courier.charts import Charts
from bot.requests.places import ADDRESS_LASTS, place_of, value_of, with_place
from bot.requests.private_answers import PrivateAnswers
from bot.requests.request import Place
from bot.views.rendered import Rendered

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
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
    shown: list[dict[str, Any]] = field(default_factory=list)
    refuses: bool = False
    hides: str = ""

    def chat_postMessage(self, **message: Any) -> None:  # noqa: N802 - the library's name
        """Take a message, or refuse it."""
        if self.refuses:
            raise SlackApiError("no", {"ok": False, "error": "channel_not_found"})  # type: ignore[no-untyped-call]
        self.posted.append(message)

    def chat_postEphemeral(self, **message: Any) -> None:  # noqa: N802 - the library's name
        """Show a message to one person, or refuse it in Slack's word `hides`."""
        if self.hides:
            raise SlackApiError("no", {"ok": False, "error": self.hides})  # type: ignore[no-untyped-call]
        self.shown.append(message)


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


def answers(messages: Messages, *, now: datetime = NOW) -> PrivateAnswers:
    return PrivateAnswers(cast("WebClient", messages), real_clock=lambda: now, charts=Charts(lambda: now))


def test_an_answer_goes_to_the_response_address_for_one_person_only(address: Address) -> None:
    messages = Messages()
    assert answers(messages).send({"response_url": address.url, "user_id": "U0TOM"}, HELLO)
    assert [body["response_type"] for body in address.bodies] == ["ephemeral"]
    assert address.bodies[0]["replace_original"] is False
    assert address.bodies[0]["text"] == "Hello"
    assert messages.posted == []


@pytest.mark.parametrize("status", [500, 503])
def test_an_address_that_does_not_take_it_is_not_asked_twice(address: Address, status: int) -> None:
    address.status = status
    assert not answers(Messages()).send({"response_url": address.url, "user_id": "U0TOM"}, HELLO)
    assert len(address.bodies) == 1


@pytest.mark.parametrize("says", [b'{"ok":false,"error":"invalid_blocks"}', b'{"ok": false}'])
def test_a_refusal_with_status_200_was_not_taken(address: Address, says: bytes) -> None:
    address.says = says
    assert not answers(Messages()).send({"response_url": address.url, "user_id": "U0TOM"}, HELLO)


SPENT = [(200, b'{"ok":false,"error":"expired_url"}'), (404, b'{"ok":false,"error":"used_url"}'), (404, b"gone")]


@pytest.mark.parametrize(("status", "says"), SPENT, ids=["expired", "used five times", "gone"])
def test_an_address_that_is_spent_gives_way_to_the_channel_it_was_for(
    address: Address, status: int, says: bytes
) -> None:
    address.status, address.says = status, says
    messages = Messages()
    body = {"response_url": address.url, "channel": {"id": "C0GENERAL"}, "user": {"id": "U0TOM"}}
    assert answers(messages).send(body, HELLO, replaces=True)
    assert messages.shown == [
        {"channel": "C0GENERAL", "user": "U0TOM", "text": "Hello", "blocks": HELLO.blocks, "thread_ts": None}
    ]
    assert messages.posted == []


@pytest.mark.parametrize("hides", ["channel_not_found", "not_in_channel", "user_not_in_channel"])
def test_where_we_may_not_write_in_the_channel_it_is_a_direct_message(hides: str) -> None:
    messages = Messages(hides=hides)
    assert answers(messages).send({"command": "/sla", "channel_id": "C0GENERAL", "user_id": "U0TOM"}, HELLO)
    assert [message["channel"] for message in messages.posted] == ["U0TOM"]


def test_an_answer_that_the_channel_may_have_taken_is_not_sent_twice() -> None:
    messages = Messages(hides="internal_error")
    assert not answers(messages).send({"command": "/sla", "channel_id": "C0GENERAL", "user_id": "U0TOM"}, HELLO)
    assert messages.posted == []


def test_a_forms_answer_goes_to_the_place_it_was_opened_from(address: Address) -> None:
    place = Place(response_url=address.url, channel="C0GENERAL", private_row="card:INC-7")
    view = with_place({"private_metadata": "INC-7"}, place, now=NOW)
    assert answers(Messages()).send({"view": view, "user": {"id": "U0TOM"}}, HELLO, replaces=True)
    assert address.bodies[0]["replace_original"] is True
    carried = replace(place, address_ends=NOW + ADDRESS_LASTS)
    assert (place_of({"view": view}), value_of(view["private_metadata"])) == (carried, "INC-7")


def test_a_form_that_was_open_for_longer_than_its_address_is_answered_in_its_channel(address: Address) -> None:
    view = with_place({}, Place(response_url=address.url, channel="C0GENERAL", private_row="card:INC-7"), now=NOW)
    messages = Messages()
    late = answers(messages, now=NOW + timedelta(minutes=31))
    assert late.send({"view": view, "user": {"id": "U0TOM"}}, HELLO, replaces=True)
    assert address.bodies == []
    assert [message["channel"] for message in messages.shown] == ["C0GENERAL"]


def test_a_form_of_an_earlier_version_carries_no_place_and_keeps_its_words() -> None:
    assert place_of({"view": {"private_metadata": "INC-7"}}) == Place()
    assert [value_of(words) for words in ("INC-7", "", "7", '{"key": 1}')] == ["INC-7", "", "7", '{"key": 1}']


def test_a_form_whose_own_words_leave_no_room_goes_without_its_place() -> None:
    view = with_place({"private_metadata": "x" * 2990}, Place(channel="C0GENERAL"), now=NOW)
    assert view["private_metadata"] == "x" * 2990


def test_only_a_private_message_has_a_row_that_an_answer_may_replace() -> None:
    def place(*, is_ephemeral: bool) -> Place:
        clicked = {"block_id": "card:INC-7", "action_id": "incident_take"}
        return place_of({"container": {"is_ephemeral": is_ephemeral}, "actions": [clicked], "user": {"id": "U0TOM"}})

    assert place(is_ephemeral=True).private_row == "card:INC-7"
    assert place(is_ephemeral=False).private_row == ""


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
