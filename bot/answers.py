"""Private answers: through the `response_url` of what was asked, or where there is none as an ephemeral or a DM."""

from collections.abc import Mapping
from typing import Any
from urllib.error import URLError

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookClient

from bot import payloads
from bot.rendered import Rendered

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 5


class Answers:
    """Sends each answer at most once: a repeated private answer would be noise, a lost one comes as a DM."""

    def __init__(self, client: WebClient) -> None:
        self.client = client

    def send(self, body: Mapping[str, Any], answer: Rendered) -> bool:
        """Answer whoever asked; False when Slack did not take it.

        Raises: FromAnotherVersion when the request names nobody.
        """
        try:
            return self._send(body, answer)
        except (SlackClientError, URLError, OSError) as error:
            reason = error.response.get("error") if isinstance(error, SlackApiError) else str(error)
            log.warning("answer not taken", reason=reason)
            return False

    def _send(self, body: Mapping[str, Any], answer: Rendered) -> bool:
        url = body.get("response_url")
        blocks = answer.blocks or None
        if url:
            webhook = WebhookClient(str(url), timeout=TIMEOUT_SECONDS, retry_handlers=[])
            sent = webhook.send(text=answer.text, blocks=blocks, response_type="ephemeral", replace_original=False)
            return sent.status_code == 200  # noqa: PLR2004 - HTTP OK
        self.client.chat_postMessage(channel=payloads.user_of(body), text=answer.text, blocks=blocks)
        return True
