"""The table of answers: what each means for the message."""

from __future__ import annotations

import http.client
import socket
from datetime import timedelta
from typing import Any
from urllib.error import URLError

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.courier.slack_outcomes import Failure, is_probed, outcome_of, with_cause
from sla_engine.delivery.records import NotSent, RateLimited, RefusalCause, Refused, Unanswered


def answer(status: int, body: Any, headers: dict[str, str] | None = None) -> SlackApiError:
    response = SlackResponse(
        client=WebClient(),
        http_verb="POST",
        api_url="http://127.0.0.1/api/chat.postMessage",
        req_args={},
        data=body,
        headers=headers or {},
        status_code=status,
    )
    return SlackApiError("refused", response)  # type: ignore[no-untyped-call]


def says(error: str) -> dict[str, Any]:
    return {"ok": False, "error": error}


NOT_JSON = says("Received a response in a non-JSON format: <html>")

ANSWERS: dict[str, tuple[Exception, Failure]] = {
    "429 with a time": (answer(429, says("ratelimited"), {"Retry-After": "30"}), RateLimited(timedelta(seconds=30))),
    "429 in lower case": (answer(429, NOT_JSON, {"retry-after": "1"}), RateLimited(timedelta(seconds=1))),
    "429 without a time": (answer(429, says("ratelimited")), RateLimited(None)),
    "429 with a time nobody can read": (answer(429, says("x"), {"Retry-After": "soon"}), RateLimited(None)),
    "ratelimited in a 200": (answer(200, says("ratelimited")), RateLimited(None)),
    "channel gone": (answer(200, says("channel_not_found")), Refused("channel_not_found")),
    "archived": (answer(200, says("is_archived")), Refused("is_archived")),
    "not a member": (answer(200, says("not_in_channel")), Refused("not_in_channel")),
    "bad blocks": (answer(200, says("invalid_blocks")), Refused("invalid_blocks")),
    "too long": (answer(200, says("msg_too_long")), Refused("msg_too_long")),
    "an error nobody has heard of": (answer(200, says("new_in_2031")), Refused("new_in_2031")),
    "token revoked": (answer(200, says("token_revoked")), Refused("token_revoked", announce=False)),
    "bad token": (answer(200, says("invalid_auth")), Refused("invalid_auth", announce=False)),
    "a method the server lacks": (answer(404, NOT_JSON), Refused("http_404")),
    "posting suspended": (answer(200, says("ekm_access_denied")), NotSent("ekm_access_denied", is_outage=False)),
    "too many messages in the workspace": (
        answer(200, says("message_limit_exceeded")),
        NotSent("message_limit_exceeded", is_outage=False),
    ),
    "no error given": (answer(200, {"ok": False}), Refused("no_error_given")),
    "Slack's internal error": (answer(200, says("internal_error")), Unanswered("internal_error")),
    "fatal error": (answer(200, says("fatal_error")), Unanswered("fatal_error")),
    "503 in HTML": (answer(503, NOT_JSON), Unanswered("http_503")),
    "500 in JSON": (answer(500, says("channel_not_found")), Unanswered("http_500")),
    "200 without JSON": (answer(200, NOT_JSON), Unanswered("not_json")),
    "timeout": (TimeoutError(), Unanswered("TimeoutError")),
    "timeout while connecting": (URLError(TimeoutError()), Unanswered("TimeoutError")),
    "reset": (ConnectionResetError(), Unanswered("ConnectionResetError")),
    "hung up": (http.client.RemoteDisconnected(""), Unanswered("RemoteDisconnected")),
    "half an answer": (http.client.IncompleteRead(b""), Unanswered("IncompleteRead")),
    "connection refused": (URLError(ConnectionRefusedError()), NotSent("ConnectionRefusedError")),
    "name not found": (URLError(socket.gaierror()), NotSent("gaierror")),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_an_answer_means(case: str) -> None:
    error, meaning = ANSWERS[case]
    assert outcome_of(error) == meaning


ABOUT = {
    "blocks": ("invalid_blocks", "C1", RefusalCause.FORM),
    "blocks for a person": ("msg_blocks_too_long", "U1", RefusalCause.FORM),
    "a body the server takes for too large": ("http_413", "C1", RefusalCause.FORM),
    "an archived channel": ("is_archived", "C1", RefusalCause.CHANNEL),
    "a channel by its name": ("channel_not_found", "dispatch", RefusalCause.CHANNEL),
    "a read-only channel": ("restricted_action_read_only_channel", "C1", RefusalCause.CHANNEL),
    "the Messages tab": ("messages_tab_disabled", "U1", RefusalCause.PERSON),
    "somebody who left": ("user_disabled", "W1", RefusalCause.PERSON),
    "a person Slack does not let us write to": ("channel_not_found", "U1", RefusalCause.PERSON),
    "a token": ("token_revoked", "C1", RefusalCause.OTHER),
    "an error nobody has heard of": ("new_in_2031", "C1", RefusalCause.OTHER),
}


@pytest.mark.parametrize(("error", "destination", "cause"), ABOUT.values(), ids=ABOUT.keys())
def test_a_refusal_says_what_it_is_about(error: str, destination: str, cause: RefusalCause) -> None:
    assert with_cause(Refused(error), destination).cause is cause
    assert with_cause(Refused(error, announce=False), destination).announce is False


def test_only_a_message_tells_whether_a_messages_tab_or_a_posting_right_is_back() -> None:
    assert is_probed("not_in_channel", "C1")
    assert is_probed("user_disabled", "U1")
    assert not is_probed("messages_tab_disabled", "U1")
    assert not is_probed("restricted_action", "C1")
