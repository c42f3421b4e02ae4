"""The exceptions of a failed call to Slack or of the way to it; one tuple, caught wherever Slack is called."""

import http.client
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

CALL_FAILURES = (
    SlackClientError,
    OSError,  # URLError and every time-out are OSErrors
    http.client.HTTPException,  # no HTTP at all, or an answer that breaks off
    UnicodeDecodeError,  # bytes that are no text
    LookupError,  # a character set nobody knows
    AttributeError,  # JSON that is a number or a text where slack_sdk expects an object
    RecursionError,  # JSON that is nothing but brackets
)
"""slack_sdk lets the last five through as they are: an answer that cannot be read raises what its reader raised."""
NOT_JSON = "not_json"
NON_JSON = "Received a response in a non-JSON format"  # how slack_sdk reports a body it could not read


def retry_free_client(token: str | None, *, base_url: str, timeout: timedelta) -> WebClient:
    """A client that never repeats a call: the SDK's default sends a message twice when a reply is lost."""
    seconds: Any = timeout.total_seconds()  # the SDK says int, but hands it to urllib, which takes parts of a second
    return WebClient(token=token, base_url=base_url, timeout=seconds, retry_handlers=[])


def error_code(error: SlackApiError) -> str:
    """Slack's error code."""
    answer = getattr(error.response, "data", error.response)
    code = answer.get("error") if isinstance(answer, Mapping) else None
    return code if isinstance(code, str) else "no_error_given"


def reason_of(error: BaseException) -> str:
    """The reason a call failed, for a log line: Slack's code, or the kind of error; never text of an answer."""
    if isinstance(error, SlackApiError):
        code = error_code(error)
        return NOT_JSON if code.startswith(NON_JSON) else code
    if isinstance(error, URLError) and isinstance(error.reason, BaseException):
        return reason_of(error.reason)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
