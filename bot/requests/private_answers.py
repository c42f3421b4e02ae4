"""Sends private answers to where somebody asked: through the `response_url`, else seen by them alone in that channel,
else as a direct message.
"""

import json
from collections.abc import Mapping
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient, WebhookResponse

from bot.courier.charts import Charts
from bot.requests import payloads
from bot.requests.places import place_of
from bot.requests.request import Place
from bot.slack_calls import CALL_FAILURES, reason_of
from bot.views.rendered import Rendered
from sla_engine.time_source import RealClock

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 5
SPENT = {"used_url", "expired_url", "no_such_url", "http_404"}
"""Slack's words for a `response_url` that takes no further answer."""
NOT_THERE = {
    "channel_not_found",
    "not_in_channel",
    "user_not_in_channel",
    "is_archived",
    "method_not_supported_for_channel_type",
}
"""Slack's words for a channel in which we cannot show somebody something."""


class PrivateAnswers:
    """Sends each answer at most once: a repeated one would be noise, a lost one follows as a direct message."""

    def __init__(self, client: WebClient, *, real_clock: RealClock, charts: Charts) -> None:
        self.client = client
        self.real_clock = real_clock
        self.charts = charts

    def send(self, body: Mapping[str, Any], answer: Rendered, *, replaces: bool = False) -> bool:
        """Answer the person who asked; False when Slack did not take the answer.

        `replaces`: in place of the private message in which it was asked for. A `response_url` takes five answers
        within half an hour: Slack counts them, so one that is spent is left for the channel, also after a restart.
        Raises: FromAnotherVersion when the request names nobody.
        """
        shown = self.charts.fitting(answer)
        refusal = self._refused(body, shown, replaces=replaces)
        if self.charts.is_refusal(shown, refusal):
            refusal = self._refused(body, self.charts.fitting(answer), replaces=replaces)
        return refusal is None

    def _refused(self, body: Mapping[str, Any], answer: Rendered, *, replaces: bool) -> str | None:
        """Send the answer: why Slack did not take it, None where it did."""
        try:
            return self._send(body, answer, replaces=replaces)
        except CALL_FAILURES as error:
            reason = reason_of(error)
            log.warning("answer not taken", reason=reason)
            return reason

    def _send(self, body: Mapping[str, Any], answer: Rendered, *, replaces: bool) -> str | None:
        """Why the address for answers did not take it; None where it was taken there or elsewhere.

        Raises: one of CALL_FAILURES.
        """
        place = place_of(body)
        if place.response_url and (place.address_ends is None or self.real_clock() <= place.address_ends):
            refusal = _refusal(self._through(place.response_url, answer, replaces=replaces))
            if refusal is None or refusal not in SPENT:
                return refusal
        person = payloads.user_of(body)
        if place.channel and self._in_channel(place, person, answer):
            return None
        self.client.chat_postMessage(channel=person, text=answer.text, blocks=answer.blocks or None)
        return None

    def _through(self, url: str, answer: Rendered, *, replaces: bool) -> WebhookResponse:
        webhook = WebhookClient(url, timeout=TIMEOUT_SECONDS, retry_handlers=[])
        return webhook.send(
            text=answer.text, blocks=answer.blocks or None, response_type="ephemeral", replace_original=replaces
        )

    def _in_channel(self, place: Place, person: str, answer: Rendered) -> bool:
        """Answer for this person's eyes only, in the thread they wrote in; False where Slack lets us not write there.

        Raises: one of CALL_FAILURES.
        """
        try:
            self.client.chat_postEphemeral(
                channel=place.channel,
                user=person,
                text=answer.text,
                blocks=answer.blocks or None,
                thread_ts=place.thread or None,
            )
        except CALL_FAILURES as error:
            if reason_of(error) not in NOT_THERE:
                raise
            return False
        return True


def _refusal(answer: WebhookResponse) -> str | None:
    """Why Slack did not take it, None where it did: `ok` is plain text, and a refusal may be JSON with status 200."""
    refusal = _refusal_in(answer.body)
    if answer.status_code == 200 and refusal is None:  # noqa: PLR2004 - HTTP OK
        return None
    reason = refusal or f"http_{answer.status_code}"
    log.warning("answer not taken", reason=reason)
    return reason


def _refusal_in(body: str) -> str | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if isinstance(document, Mapping) and document.get("ok") is False:
        return str(document.get("error") or "no_error_given")
    return None
