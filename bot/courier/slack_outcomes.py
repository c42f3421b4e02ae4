"""Maps an answer from Slack, or none, to the outcome of a delivery. The tables below decide; see docs/adr."""

import re
import socket
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from urllib.error import URLError

from slack_sdk.errors import SlackApiError

from bot.slack_calls import NON_JSON, error_code
from sla_engine.delivery.records import NotSent, RateLimited, RefusalCause, Refused, Unanswered

TOO_FAST = frozenset({"ratelimited", "rate_limited"})
NOBODY_KNOWS = frozenset(
    {"internal_error", "fatal_error", "request_timeout", "service_unavailable", "server_error", "unknown_error"}
)
TOKEN_ERRORS = frozenset(
    {"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "missing_scope"}
)
"""Errors of the whole workspace: another channel would refuse the message too."""
CLOSED_FOR_NOW = frozenset(
    {"accesslimited", "ekm_access_denied", "message_limit_exceeded", "org_login_required", "team_added_to_org"}
)
"""Errors of a workspace that takes no messages for a while: nothing was sent, and trying again is the only remedy."""
FORM_ERRORS = frozenset(
    {
        "http_413", "invalid_arguments", "invalid_array_arg", "invalid_blocks", "invalid_blocks_format",
        "invalid_form_data", "invalid_json", "msg_blocks_too_long", "msg_too_long",
    }
)  # fmt: skip
"""Errors of a message's layout; Slack may still take its text alone."""
CHANNEL_PROBED = frozenset({"not_in_channel", "channel_not_found", "is_archived"})
"""Errors whose end a look at the channel shows."""
CHANNEL_ERRORS = CHANNEL_PROBED | {
    "access_denied", "no_permission", "restricted_action", "restricted_action_read_only_channel",
    "restricted_action_thread_only_channel", "team_access_not_granted",
}  # fmt: skip
"""Errors of a channel that takes no messages of ours."""
PERSON_PROBED = frozenset(
    {
        "cannot_dm_bot", "channel_not_found", "invalid_user_combination", "user_disabled", "user_not_found",
        "user_not_visible", "users_not_found",
    }
)  # fmt: skip
"""Errors whose end opening the direct message shows."""
PERSON_ERRORS = PERSON_PROBED | CHANNEL_ERRORS | {"messages_tab_disabled"}
"""Errors of a person who cannot be written to; Slack checks some of them only when a message is posted."""
GONE_ERRORS = frozenset({"message_not_found"})
"""Errors of a change: somebody removed the message."""
FIXED_ERRORS = frozenset({"cant_update_message", "edit_window_closed"})
"""Errors of a change: the message is too old, or an earlier installation of the app wrote it."""
PERSON = re.compile(r"[UW][A-Z0-9]+")

HTTP_SERVER_ERROR = 500
HTTP_TOO_MANY = 429
HTTP_OK = 200

Failure = RateLimited | Refused | NotSent | Unanswered


def outcome_of(error: Exception) -> Failure:
    """Map a failed call to its outcome: not sent, refused for good, rate limited, or unknown."""
    if isinstance(error, SlackApiError):
        return _outcome_of_answer(error)
    reason = error.reason if isinstance(error, URLError) else error
    name = type(reason).__name__ if isinstance(reason, BaseException) else str(reason)
    if isinstance(reason, ConnectionRefusedError | socket.gaierror):
        return NotSent(name)
    return Unanswered(name)


def _outcome_of_answer(error: SlackApiError) -> Failure:
    code, status = error_code(error), error.response.status_code
    if status == HTTP_TOO_MANY or code in TOO_FAST:
        return RateLimited(_retry_after(error.response.headers))
    if status >= HTTP_SERVER_ERROR:
        return Unanswered(f"http_{status}")
    if code.startswith(NON_JSON) or not isinstance(error.response.data, Mapping):
        return Unanswered("not_json") if status == HTTP_OK else Refused(f"http_{status}")
    if code in NOBODY_KNOWS:
        return Unanswered(code)
    if code in CLOSED_FOR_NOW:
        return NotSent(code, is_outage=False)
    return Refused(code, announce=code not in TOKEN_ERRORS)


def with_cause(refused: Refused, destination: str) -> Refused:
    """Add to a refusal its cause: the message's form, the message to be changed, its channel, or its person."""
    if refused.error in FORM_ERRORS:
        return replace(refused, cause=RefusalCause.FORM)
    if refused.error in GONE_ERRORS | FIXED_ERRORS:
        return replace(refused, cause=RefusalCause.GONE if refused.error in GONE_ERRORS else RefusalCause.FIXED)
    if refused.error in destination_errors(destination):
        is_person = PERSON.fullmatch(destination) is not None
        return replace(refused, cause=RefusalCause.PERSON if is_person else RefusalCause.CHANNEL)
    return refused


def destination_errors(destination: str) -> frozenset[str]:
    """The errors with which Slack says that nothing can be posted there."""
    return PERSON_ERRORS if PERSON.fullmatch(destination) else CHANNEL_ERRORS


def is_probed(error: str, destination: str) -> bool:
    """Whether a look at the destination shows that the cause is gone; else only a message that arrives does."""
    return error in (PERSON_PROBED if PERSON.fullmatch(destination) else CHANNEL_PROBED)


def _retry_after(headers: Mapping[str, object]) -> timedelta | None:
    """Slack's waiting time; None when none can be read."""
    value = next((value for name, value in headers.items() if name.lower() == "retry-after"), None)
    first = value[0] if isinstance(value, list) and value else value
    try:
        return timedelta(seconds=max(0.0, float(str(first))))
    except (ValueError, OverflowError):
        return None
