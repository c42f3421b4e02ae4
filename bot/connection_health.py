"""State of the Socket Mode connections in sentences, each with what to do where there is none."""

from dataclasses import dataclass

from slack_sdk.errors import SlackApiError

from bot.slack_calls import NOT_JSON, reason_of

_RENEW = "make a new one at Slack under Basic Information, App-Level Tokens, with the scope connections:write"
_TOKEN_TROUBLES = {
    "token_revoked": f"SLACK_APP_TOKEN was revoked: {_RENEW}",
    "token_expired": f"SLACK_APP_TOKEN has expired: {_RENEW}",
    "invalid_auth": f"Slack does not know SLACK_APP_TOKEN: {_RENEW}",
    "not_authed": f"Slack was given no app token: {_RENEW}",
    "account_inactive": f"SLACK_APP_TOKEN belongs to an app that was removed: {_RENEW}",
    "not_allowed_token_type": "SLACK_APP_TOKEN is no app-level token: it must begin with xapp-, not with xoxb-",
    "missing_scope": "SLACK_APP_TOKEN lacks the scope connections:write: make a new one that has it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionHealth:
    """State of the Socket Mode connections: `red` is a sentence about what is wrong, None when requests arrive."""

    up: int
    wanted: int
    seconds_without: float
    """Seconds without any connection; 0 while there is one."""
    red: str | None


def trouble_of(error: Exception) -> str:
    """Put a failure to connect in a sentence without its full stop: the token's remedy, or the error on the way."""
    reason = reason_of(error)
    if isinstance(error, SlackApiError) and reason != NOT_JSON:
        return _TOKEN_TROUBLES.get(reason, f"Slack refuses to connect ({reason})")
    return f"Slack does not answer ({reason})"
