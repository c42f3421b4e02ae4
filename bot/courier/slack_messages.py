"""The Slack calls that carrying a message needs, each with its answer's optional parts made plain."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient

from bot.courier.charts import Charts
from bot.courier.slack_outcomes import PERSON, Failure, outcome_of
from bot.slack_calls import CALL_FAILURES
from bot.views.rendered import Rendered
from sla_engine.delivery.records import (
    HISTORY_UNREADABLE,
    NoAnswerFromHistory,
    NotSent,
    RateLimited,
    Refused,
    Sent,
    Unanswered,
)

EVENT_TYPE = "sla_bot_message"
CHART_REFUSED = "chart_refused"
CLOCK_TOLERANCE = timedelta(seconds=5)  # between this machine's clock and Slack's
PAGE_SIZE = 200
PAGES_MAX = 20  # of one look-up: Slack allows some fifty such calls a minute
CONVERSATION = re.compile(r"[CGD][A-Z0-9]+")
CHANNEL_NAME = re.compile(r"#?[\w-]{1,80}")  # what else is written there names no channel, and none is looked for
UNKNOWN_METHOD = "unknown_method"  # of a Slack-compatible server that knows fewer than Slack


def opaque(key: str) -> str:
    """A hash of the message's key: shown to everybody in Slack, it reveals nothing and is the same every time."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class HistoryMatches:
    """Timestamps of our messages in a history, oldest first, and whether the history had any message at all."""

    ours: tuple[str, ...]
    has_any_message: bool


class SlackMessages:
    """Posts, edits, finds and removes messages through a client without retries."""

    def __init__(self, client: WebClient, *, charts: Charts | None = None) -> None:
        if client.retry_handlers:
            message = "the courier's client must not retry: a lost reply would become a second message"
            raise ValueError(message)
        self.client = client
        self.charts = charts

    def channel_of(self, destination: str) -> str | Failure:
        """The channel to post to: opens a person's direct message first, looks up a channel's name."""
        if not PERSON.fullmatch(destination):
            return self._id_or_name(destination)
        try:
            answer = self.client.conversations_open(users=destination)
        except CALL_FAILURES as error:
            outcome = outcome_of(error)
            # Posting takes a person's id as well; opening the conversation first is what Slack recommends.
            return destination if outcome == Refused(UNKNOWN_METHOD) else outcome
        channel = _part(answer.data, "channel").get("id")
        return channel if isinstance(channel, str) else Unanswered("no_channel_in_answer")

    def post(self, rendered: Rendered, *, channel: str, thread_ts: str | None, key: str) -> Sent | Failure:
        """Post a new message; the answer may lack everything but its `ok`."""
        shown = self._fitting(rendered)
        try:
            answer = self.client.chat_postMessage(
                channel=channel,
                text=shown.text,
                blocks=shown.blocks or None,
                thread_ts=thread_ts,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": opaque(key)}},
                link_names=False,
                parse="none",  # an address in a text alone stays a text
                unfurl_links=False,
                unfurl_media=False,
            )
        except CALL_FAILURES as error:
            return self._outcome(error, shown)
        return _sent(answer.data, channel)

    def update(self, rendered: Rendered, *, channel: str, ts: str) -> Sent | Failure:
        """Replace a message's content; repeating it does no harm."""
        shown = self._fitting(rendered)
        try:
            self.client.chat_update(
                channel=channel, ts=ts, text=shown.text, blocks=shown.blocks, link_names=False, parse="none"
            )
        except CALL_FAILURES as error:
            return self._outcome(error, shown)
        return Sent(channel, ts)

    def _fitting(self, rendered: Rendered) -> Rendered:
        return rendered if self.charts is None else self.charts.fitting(rendered)

    def _outcome(self, error: Exception, shown: Rendered) -> Failure:
        """The outcome of a failed call; one refused for its chart goes once more, with a table in its place."""
        outcome = outcome_of(error)
        refusal = outcome.error if isinstance(outcome, Refused) else None
        if self.charts is not None and self.charts.is_refusal(shown, refusal):
            return NotSent(CHART_REFUSED, is_outage=False)
        return outcome

    def delete(self, *, channel: str, ts: str) -> Failure | None:
        """Remove a message; a message that is gone already is no failure."""
        try:
            self.client.chat_delete(channel=channel, ts=ts)
        except CALL_FAILURES as error:
            outcome = outcome_of(error)
            return None if outcome == Refused("message_not_found") else outcome
        return None

    def has_replies_of_people(self, *, channel: str, ts: str) -> bool | Failure:
        """Whether a person, not an app, wrote under a message, or may have: its thread is too long or shows nothing."""
        shows_message = False
        try:
            for message in self._messages(channel, thread_ts=ts, oldest=None):
                if message.get("ts") != ts and "bot_id" not in message:
                    return True
                shows_message = True
        except _TooManyPages:
            return True
        except CALL_FAILURES as error:
            return outcome_of(error)
        return not shows_message

    def permalink(self, *, channel: str, ts: str) -> str | None:
        """The address of a message; None when Slack gives none."""
        try:
            answer = self.client.chat_getPermalink(channel=channel, message_ts=ts)
        except CALL_FAILURES:
            return None
        address = answer.get("permalink")
        return address if isinstance(address, str) else None

    def find(
        self, key: str, *, channel: str, thread_ts: str | None, since: datetime
    ) -> HistoryMatches | RateLimited | NoAnswerFromHistory:
        """Look for our message in the history since its first try."""
        ours: list[str] = []
        has_any_message = False
        try:
            channel = self._id_of(channel)
            for message in self._messages(channel, thread_ts=thread_ts, oldest=since - CLOCK_TOLERANCE):
                has_any_message = True
                if _key_in(message) == opaque(key) and isinstance(message.get("ts"), str):
                    ours.append(message["ts"])
        except _TooManyPages:
            return NoAnswerFromHistory(f"{HISTORY_UNREADABLE}: too long")
        except CALL_FAILURES as error:
            return _no_answer(outcome_of(error))
        return HistoryMatches(tuple(sorted(set(ours))), has_any_message)

    def _id_or_name(self, channel: str) -> str | Failure:
        """The channel's id, or its name where channels may not be listed: posting takes a name as well."""
        try:
            return self._id_of(channel)
        except CALL_FAILURES as error:
            outcome = outcome_of(error)
            return channel if isinstance(outcome, Refused) else outcome

    def open_channel(self, channel: str) -> str | None:
        """The id of a channel, given by id or name, that takes our messages as far as Slack shows; else None."""
        try:
            channel_id = self._id_of(channel)
            answer = self.client.conversations_info(channel=channel_id)
        except CALL_FAILURES:
            return None
        conversation = _part(answer.data, "channel")
        takes_messages = conversation.get("is_member") is True and conversation.get("is_archived") is not True
        return channel_id if takes_messages else None

    def _id_of(self, channel: str) -> str:
        """The channel's id for its name, because a history is asked for by id alone. Raises: one of CALL_FAILURES."""
        if CONVERSATION.fullmatch(channel) or not CHANNEL_NAME.fullmatch(channel):
            return channel
        cursor = ""
        for _page in range(PAGES_MAX):
            answer = self.client.conversations_list(
                types="public_channel,private_channel", exclude_archived=True, limit=PAGE_SIZE, cursor=cursor or None
            )
            for known in _list(answer.data, "channels"):
                if isinstance(known, dict) and known.get("name") == channel.removeprefix("#") and "id" in known:
                    return str(known["id"])
            cursor = _part(answer.data, "response_metadata").get("next_cursor") or ""
            if not cursor:
                break
        return channel

    def _messages(self, channel: str, *, thread_ts: str | None, oldest: datetime | None) -> Iterator[dict[str, Any]]:
        """Yield every message, or those since `oldest`, page by page. Raises: one of CALL_FAILURES, or
        _TooManyPages.
        """
        cursor = ""
        for _page in range(PAGES_MAX):
            asked: dict[str, Any] = {
                "channel": channel,
                "limit": PAGE_SIZE,
                "include_all_metadata": True,
            }
            if oldest is not None:
                asked["oldest"] = f"{oldest.timestamp():.6f}"
            if cursor:
                asked["cursor"] = cursor
            if thread_ts is None:
                answer = self.client.conversations_history(**asked)
            else:
                answer = self.client.conversations_replies(**asked, ts=thread_ts)
            yield from (message for message in _list(answer.data, "messages") if isinstance(message, dict))
            cursor = _part(answer.data, "response_metadata").get("next_cursor") or ""
            if not cursor:
                return
        raise _TooManyPages


class _TooManyPages(Exception):
    """The history since the first try is longer than a look-up may read."""


def _no_answer(outcome: Failure) -> RateLimited | NoAnswerFromHistory:
    if isinstance(outcome, RateLimited):
        return RateLimited(outcome.retry_after, look_up=True)
    if isinstance(outcome, Refused):
        return NoAnswerFromHistory(f"{HISTORY_UNREADABLE}: {outcome.error}")
    return NoAnswerFromHistory(f"history: {outcome.error}", is_outage=True)


def _sent(answer: object, channel: str) -> Sent:
    own_ts = answer.get("ts") if isinstance(answer, dict) else None
    ts = own_ts or _part(answer, "message").get("ts")
    return Sent(_channel_id(answer, channel), ts if isinstance(ts, str) else None)


def _channel_id(answer: object, channel: str) -> str | None:
    """The channel's id as the answer names it, else as we gave it; None where we gave a name."""
    answered = answer.get("channel") if isinstance(answer, dict) else None
    if isinstance(answered, str):
        return answered
    return channel if CONVERSATION.fullmatch(channel) else None


def _part(answer: object, name: str) -> dict[str, Any]:
    part = answer.get(name) if isinstance(answer, dict) else None
    return part if isinstance(part, dict) else {}


def _list(answer: object, name: str) -> list[Any]:
    part = answer.get(name) if isinstance(answer, dict) else None
    return part if isinstance(part, list) else []


def _key_in(message: dict[str, Any]) -> object:
    metadata = _part(message, "metadata")
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    return _part(metadata, "event_payload").get("key")
