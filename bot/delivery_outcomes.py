"""What an answer from Slack, or none, means for the message that was carried. The table is the law; see docs/adr."""

import http.client
import socket
from collections.abc import Mapping
from datetime import timedelta
from urllib.error import URLError

from slack_sdk.errors import SlackApiError

from sla_engine.storage.delivery_records import NotSent, RateLimited, Refused, Unanswered

TOO_FAST = frozenset({"ratelimited", "rate_limited"})
NOBODY_KNOWS = frozenset(
    {"internal_error", "fatal_error", "request_timeout", "service_unavailable", "server_error", "unknown_error"}
)
TOKEN_ERRORS = frozenset(
    {"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "missing_scope"}
)
"""The whole workspace refuses us: saying so in another channel would be refused too."""
NON_JSON = "Received a response in a non-JSON format"  # how slack_sdk reports a body it could not read
HTTP_SERVER_ERROR = 500
HTTP_TOO_MANY = 429
HTTP_OK = 200

CALL_FAILURES = (SlackApiError, OSError, http.client.HTTPException)
"""Everything a call through slack_sdk raises when the network or Slack fails it (URLError is an OSError)."""

Failure = RateLimited | Refused | NotSent | Unanswered


def outcome_of(error: Exception) -> Failure:
    """What a failed call means: not sent, never will be, too fast, or nobody knows."""
    if isinstance(error, SlackApiError):
        return _outcome_of_answer(error)
    reason = error.reason if isinstance(error, URLError) else error
    name = type(reason).__name__ if isinstance(reason, BaseException) else str(reason)
    if isinstance(reason, ConnectionRefusedError | socket.gaierror):
        return NotSent(name)
    return Unanswered(name)


def error_code(error: SlackApiError) -> str:
    """Slack's own word for what was wrong."""
    answer = error.response.data
    code = answer.get("error") if isinstance(answer, Mapping) else None
    return code if isinstance(code, str) else "no_error_given"


def _outcome_of_answer(error: SlackApiError) -> Failure:
    code, status = error_code(error), error.response.status_code
    if status == HTTP_TOO_MANY or code in TOO_FAST:
        return RateLimited(_retry_after(error.response.headers))
    if status >= HTTP_SERVER_ERROR:
        return Unanswered(f"http_{status}")
    if code.startswith(NON_JSON):
        return Unanswered("not_json") if status == HTTP_OK else Refused(f"http_{status}")
    if code in NOBODY_KNOWS:
        return Unanswered(code)
    return Refused(code, announce=code not in TOKEN_ERRORS)


def _retry_after(headers: Mapping[str, object]) -> timedelta | None:
    """Slack's waiting time; None when there is none that can be read."""
    found = next((value for name, value in headers.items() if name.lower() == "retry-after"), None)
    first = found[0] if isinstance(found, list) and found else found
    try:
        return timedelta(seconds=max(0.0, float(str(first))))
    except (ValueError, OverflowError):
        return None
