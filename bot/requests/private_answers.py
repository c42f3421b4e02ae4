"""Sends private answers: to the request's `response_url`, or without one as a direct message."""

import json
from collections.abc import Mapping
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient, WebhookResponse

from bot.requests import payloads
from bot.slack_calls import CALL_FAILURES, reason_of
from bot.views.rendered import Rendered

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 5


class PrivateAnswers:
    """Sends each answer at most once: a repeated one would be noise, a lost one follows as a direct message."""

    def __init__(self, client: WebClient) -> None:
        self.client = client

    def send(self, body: Mapping[str, Any], answer: Rendered) -> bool:
        """Answer the person who asked; False when Slack did not take the answer.

        Raises: FromAnotherVersion when the request names nobody.
        """
        try:
            return self._send(body, answer)
        except CALL_FAILURES as error:
            log.warning("answer not taken", reason=reason_of(error))
            return False

    def _send(self, body: Mapping[str, Any], answer: Rendered) -> bool:
        """Raises: one of CALL_FAILURES."""
        url = body.get("response_url")
        blocks = answer.blocks or None
        if url:
            webhook = WebhookClient(str(url), timeout=TIMEOUT_SECONDS, retry_handlers=[])
            sent = webhook.send(text=answer.text, blocks=blocks, response_type="ephemeral", replace_original=False)
            return _was_taken(sent)
        self.client.chat_postMessage(channel=payloads.user_of(body), text=answer.text, blocks=blocks)
        return True


def _was_taken(answer: WebhookResponse) -> bool:
    """Whether Slack took the answer: `ok` is plain text, and a refusal may be JSON with status 200."""
    refusal = _refusal_in(answer.body)
    if answer.status_code == 200 and refusal is None:  # noqa: PLR2004 - HTTP OK
        return True
    log.warning("answer not taken", reason=refusal or f"http_{answer.status_code}")
    return False


def _refusal_in(body: str) -> str | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if isinstance(document, Mapping) and document.get("ok") is False:
        return str(document.get("error") or "no_error_given")
    return None
