"""Payloads with which Slack informs a bot of what a person did."""

from __future__ import annotations

import secrets

from bot.sandbox.workspace.channels import Channel
from bot.sandbox.workspace.messages import Message
from bot.sandbox.workspace.modals import View
from bot.sandbox.workspace.seed import APP_ID, BOT_USER_ID, TEAM_DOMAIN, TEAM_ID, ChannelKind, Json, SandboxUser
from bot.sandbox.workspace.values import VALUE_KEY


def slash_command(
    *, user: SandboxUser, channel: Channel, command: str, text: str, token: str, trigger_id: str, response_url: str
) -> Json:
    """A typed command; every field is text, because it travels as a form."""
    return {
        "token": token,
        "team_id": TEAM_ID,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel.slash_name,
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def _interaction(kind: str, *, user: SandboxUser, token: str) -> Json:
    person = {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id}
    return {
        "type": kind,
        "user": person,
        "api_app_id": APP_ID,
        "token": token,
        "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def message_actions(
    message: Message,
    *,
    shown: Json,
    channel: Channel,
    user: SandboxUser,
    token: str,
    trigger_id: str,
    response_url: str,
    actions: list[Json],
    values: Json,
) -> Json:
    """A button or menu touched in a message; of an ephemeral one Slack gives only the container."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.only_for is not None,
    }
    if message.thread_ts is not None:
        container["thread_ts"] = message.thread_ts
    payload = _interaction("block_actions", user=user, token=token) | {
        "container": container,
        "trigger_id": trigger_id,
        "channel": {"id": channel.id, "name": channel.slash_name},
        "state": {"values": values},
        "response_url": response_url,
        "actions": actions,
    }
    return payload if message.only_for is not None else payload | {"message": shown}


def view_actions(view: View, *, user: SandboxUser, token: str, trigger_id: str, actions: list[Json]) -> Json:
    """A button or menu touched in a modal or in the Home tab."""
    return _interaction("block_actions", user=user, token=token) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": trigger_id,
        "view": view.for_api(),
        "actions": actions,
    }


def block_suggestion(view: View, *, user: SandboxUser, token: str, element: Json, block_id: str, value: str) -> Json:
    """Options asked for while somebody types into a menu of a modal."""
    return _interaction("block_suggestion", user=user, token=token) | {
        "container": {"type": "view", "view_id": view.id},
        "action_id": element["action_id"],
        "block_id": block_id,
        "value": value,
        "view": view.for_api(),
    }


def view_submission(view: View, *, user: SandboxUser, token: str, trigger_id: str) -> Json:
    """A submitted modal."""
    return _interaction("view_submission", user=user, token=token) | {
        "trigger_id": trigger_id,
        "view": view.for_api(),
        "response_urls": [],
    }


def view_closed(view: View, *, user: SandboxUser, token: str, is_cleared: bool) -> Json:
    """A modal closed without being submitted."""
    return _interaction("view_closed", user=user, token=token) | {"view": view.for_api(), "is_cleared": is_cleared}


def global_shortcut(*, user: SandboxUser, token: str, trigger_id: str, callback_id: str, action_ts: str) -> Json:
    """A shortcut chosen from anywhere."""
    return _interaction("shortcut", user=user, token=token) | {
        "callback_id": callback_id,
        "trigger_id": trigger_id,
        "action_ts": action_ts,
    }


def message_shortcut(
    message: Message,
    *,
    shown: Json,
    channel: Channel,
    user: SandboxUser,
    token: str,
    trigger_id: str,
    response_url: str,
    callback_id: str,
    action_ts: str,
) -> Json:
    """A shortcut chosen from a message's menu."""
    return _interaction("message_action", user=user, token=token) | {
        "callback_id": callback_id,
        "trigger_id": trigger_id,
        "action_ts": action_ts,
        "response_url": response_url,
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": channel.slash_name},
        "message": shown,
    }


def action(element: Json, *, block_id: str, chosen: Json, action_ts: str) -> Json:
    """A touched element with its chosen value."""
    touched: Json = {"type": element["type"], "action_id": element["action_id"], "block_id": block_id}
    for name in ("text", "value", "style", "url", "placeholder"):
        if name in element:
            touched[name] = element[name]
    key = VALUE_KEY.get(element["type"])
    if key is not None:
        touched[key] = chosen.get(key)
    elif element["type"] == "overflow":
        touched["selected_option"] = chosen.get("selected_option")
    return touched | {"action_ts": action_ts}


def event(body: Json, *, token: str, now: float) -> Json:
    """The envelope of every event."""
    return {
        "token": token,
        "team_id": TEAM_ID,
        "api_app_id": APP_ID,
        "event": body,
        "type": "event_callback",
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(now),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM_ID,
                "user_id": BOT_USER_ID,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{secrets.token_hex(16)}",
    }


def message_event(message: Message, channel: Channel) -> Json | None:
    """The event for a message in a direct message to the bot, or one that names it; None for any other."""
    if not channel.has_bot:
        return None
    body: Json = {
        "type": "message",
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "channel": channel.id,
        "event_ts": message.ts,
    }
    if message.thread_ts is not None:
        body["thread_ts"] = message.thread_ts
    if channel.kind is ChannelKind.IM:
        return body | {"channel_type": "im"}
    return body | {"type": "app_mention"} if f"<@{BOT_USER_ID}>" in message.text else None
