"""Links to messages, as Slack gives them."""

import structlog
from slack_sdk import WebClient

from bot.slack_calls import CALL_FAILURES, reason_of

log = structlog.get_logger(__name__)


class Permalinks:
    """Asks Slack for the link to a message; without an answer there is none, and nobody waits for it twice."""

    def __init__(self, client: WebClient) -> None:
        self.client = client

    def of(self, channel: str, ts: str) -> str:
        """The link to a message; empty where Slack gives none."""
        try:
            return str(self.client.chat_getPermalink(channel=channel, message_ts=ts).get("permalink") or "")
        except CALL_FAILURES as error:
            log.info("no link to a message", reason=reason_of(error))
            return ""
