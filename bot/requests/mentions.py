"""A mention of the bot, read as the command it stands for: `@sla-bot status` is `/sla status`.

What follows the mention goes the way of a typed command: it is kept before it is acknowledged, carried out once however
often Slack sends it, and answered where it was written, for that person's eyes only.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack

from bot.errors import FromAnotherVersion
from bot.requests.payloads import part

COMMAND = "/sla"
MENTION = "mention"
"""The beginning of the name of a request that came as a mention: there is no trigger, so it cannot open a form."""
_BETWEEN = " \t\n,:;"
"""What people write between a name and what they say to it."""
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


def listening(serve: Callable[[Ack, dict[str, Any]], None]) -> Callable[..., None]:
    """A Bolt listener that has mentions by people carried out as commands, and lets all others be."""

    def listen(ack: Ack, body: dict[str, Any]) -> None:
        if is_from_a_person(body):
            serve(ack, as_command(body))
        else:
            ack()

    return listen


def is_from_a_person(body: Mapping[str, Any]) -> bool:
    """Whether a person wrote it; bots, this one included, are not answered."""
    event, ours = part(body, "event"), _bot_user(body)
    is_bot = "bot_id" in event or "bot_profile" in event or "subtype" in event
    return not is_bot and isinstance(event.get("user"), str) and event["user"] != ours


def as_command(body: Mapping[str, Any]) -> dict[str, Any]:
    """The command that a mention stands for.

    Raises: FromAnotherVersion for an event without a name or a channel.
    """
    event = part(body, "event")
    name, channel = body.get("event_id"), event.get("channel")
    if not isinstance(name, str) or not name or not isinstance(channel, str):
        raise FromAnotherVersion("event")
    return {
        "command": COMMAND,
        "text": _without_mention(str(event.get("text") or ""), ours=_bot_user(body)),
        "user_id": event.get("user"),
        "user": {"team_id": event.get("user_team") or event.get("team")},
        "channel_id": channel,
        "thread_ts": event.get("thread_ts"),
        "team_id": body.get("team_id"),
        "enterprise_id": body.get("enterprise_id"),
        "api_app_id": body.get("api_app_id"),
        "trigger_id": f"{MENTION}-{name}",
    }


def is_mention(body: Mapping[str, Any]) -> bool:
    """Whether a request came as a mention, which Slack opens no form for."""
    return str(body.get("trigger_id") or "").startswith(f"{MENTION}-")


def _bot_user(body: Mapping[str, Any]) -> str | None:
    """Our own user id, which Slack names in every event."""
    authorizations = body.get("authorizations")
    first = authorizations[0] if isinstance(authorizations, list) and authorizations else None
    user = part({"first": first}, "first").get("user_id")
    return user if isinstance(user, str) else None


def _without_mention(text: str, *, ours: str | None) -> str:
    """The words after the mention of the bot, or before one that stands last; the one that names it, else the first."""
    mentions = list(_MENTION.finditer(text))
    mention = next((candidate for candidate in mentions if candidate[1] == ours), mentions[0] if mentions else None)
    if mention is None:
        return text
    after, before = text[mention.end() :].lstrip(_BETWEEN), text[: mention.start()].rstrip(_BETWEEN)
    return (after or before).strip().removeprefix(COMMAND).strip()
