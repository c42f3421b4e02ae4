"""Failed calls to Slack: every broken answer is one of CALL_FAILURES, and its reason quotes nothing."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from urllib.error import URLError

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError

from bot.courier.charts import Charts
from bot.courier.slack_outcomes import outcome_of
from bot.requests.private_answers import PrivateAnswers
from bot.slack_calls import CALL_FAILURES, reason_of
from bot.views.rendered import Rendered
from sla_engine.delivery.records import NotSent, Refused, Unanswered
from sla_engine.time_source import real_now
from tests.faults.broken_answers import BROKEN, BrokenServer, broken_server

# urllib leaves a connection whose headers it cannot read to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def broken(request: pytest.FixtureRequest) -> Iterator[BrokenServer]:
    with broken_server(BROKEN[request.param]) as server:
        yield server


def client_of(server: BrokenServer) -> WebClient:
    return WebClient("xoxb-1", base_url=server.url, retry_handlers=[], timeout=2)


CALLS: dict[str, Callable[[WebClient], object]] = {
    "a question": lambda client: client.auth_test(),
    "a post": lambda client: client.chat_postMessage(channel="C1", text="x"),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("broken", BROKEN, indirect=True)
def test_a_broken_answer_is_a_failed_call_and_nobody_knows_what_came_of_it(broken: BrokenServer, call: str) -> None:
    with pytest.raises(CALL_FAILURES) as failed:
        CALLS[call](client_of(broken))
    outcome = outcome_of(failed.value)
    assert isinstance(outcome, Unanswered) or outcome == Refused("no_error_given")
    assert isinstance(outcome, Unanswered) is (b'"ok":false' not in broken.answer)
    assert broken.asked == 1, "a message that may have arrived is not sent again by the client"
    assert "<html>" not in reason_of(failed.value)
    assert "NOT HTTP" not in reason_of(failed.value)


READ_AS_TAKEN = {
    "a list",
    "null",
    "a number",
    "a text",
    "nothing but brackets",
}  # Slack's answer has status 200 and no `ok: false`


@pytest.mark.parametrize("broken", [name for name in BROKEN if name not in READ_AS_TAKEN], indirect=True)
def test_a_private_answer_that_meets_a_broken_answer_was_not_taken(broken: BrokenServer) -> None:
    body = {"response_url": f"http://127.0.0.1:{broken.port}/response/key", "user_id": "U0TOM"}
    assert (
        PrivateAnswers(client_of(broken), real_clock=real_now, charts=Charts(real_now)).send(body, Rendered("Hello"))
        is False
    )


def refused(code: object) -> SlackApiError:
    return SlackApiError("no", {"ok": False, "error": code})  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (refused("token_revoked"), "token_revoked"),
        (refused(["odd"]), "no_error_given"),
        (SlackRequestError("Invalid URL detected: ftp://x"), "SlackRequestError"),
        (URLError(ConnectionRefusedError(111, "Connection refused")), "Connection refused"),
        (URLError("unknown url type: ftp"), "URLError"),
        (TimeoutError("timed out"), "TimeoutError"),
        (ssl.SSLCertVerificationError("self-signed"), "SSLCertVerificationError"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_a_reason_is_slacks_word_or_the_kind_of_trouble(error: Exception, reason: str) -> None:
    assert reason_of(error) == reason


def test_a_refused_connection_is_known_not_to_have_carried_anything() -> None:
    with pytest.raises(CALL_FAILURES) as failed:
        WebClient("xoxb-1", base_url="http://127.0.0.1:9/api/", retry_handlers=[]).auth_test()
    assert outcome_of(failed.value) == NotSent("ConnectionRefusedError")
