"""The Slack app manifest, with only the permissions the bot needs."""

import json
from typing import Any
from urllib.parse import quote

from bot.shortcut_ids import ShortcutId

NEW_APP = "https://api.slack.com/apps?new_app=1&manifest_json="

BOT_SCOPES = (
    "app_mentions:read",  # `@sla-bot status` is answered as `/sla status` is
    "channels:history",  # finding a message again whose answer never came
    "channels:read",
    "chat:write",
    "commands",
    "files:write",  # the digest as a page and as a file for spreadsheets, for whoever asks for them
    "groups:history",
    "groups:read",
    "im:history",
    "im:write",
    "users:read",  # the reader's zone
)

BOT_EVENTS = ("app_home_opened", "app_mention")

SHORTCUTS = (
    (ShortcutId.INCIDENT_FROM_MESSAGE, "message", "Open an incident", "An incident from this message, with its link"),
    (ShortcutId.REMARK_FROM_MESSAGE, "message", "Add to an incident", "This message, with its link, in its history"),
    (ShortcutId.INCIDENT_OPEN, "global", "New incident", "Open an incident for a customer"),
)

APP_HOME = {
    "home_tab_enabled": True,
    "messages_tab_enabled": True,  # without it Slack may refuse every direct message: messages_tab_disabled
    "messages_tab_read_only_enabled": True,  # people answer with buttons and /sla; words typed there reach nobody
}


def manifest(*, address: str | None = None) -> dict[str, Any]:
    """Make the manifest for Socket Mode, or for signed requests to `address` (https://sla.example.com)."""
    socket_mode = address is None
    document: dict[str, Any] = {
        "display_information": {
            "name": "SLA bot",
            "description": "SLA clocks, escalation nudges, missed-SLA notes and SOP decisions",
            "background_color": "#1f3a4d",
        },
        "features": {
            "app_home": APP_HOME,
            "bot_user": {"display_name": "sla-bot", "always_online": True},
            "shortcuts": [
                {"name": name, "type": kind, "callback_id": shortcut.value, "description": description}
                for shortcut, kind, name, description in SHORTCUTS
            ],
            "slash_commands": [
                {
                    "command": "/sla",
                    "description": "SLA clocks of your incidents",
                    "usage_hint": "status | open | show INC-… | help",
                    "should_escape": True,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": list(BOT_SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(BOT_EVENTS)},
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": False,
        },
    }
    if address is not None:
        _call_at(document, f"{address.rstrip('/')}/slack/events")
    return document


def _call_at(document: dict[str, Any], url: str) -> None:
    """Name the address at which Slack sends commands, clicks, events and searches."""
    document["features"]["slash_commands"][0]["url"] = url
    document["settings"]["interactivity"]["request_url"] = url
    document["settings"]["event_subscriptions"]["request_url"] = url
    document["settings"]["interactivity"]["message_menu_options_url"] = url  # for menus that are searched


def one_click_link(document: dict[str, Any]) -> str:
    """Slack's page for a new app, with the manifest filled in."""
    return NEW_APP + quote(json.dumps(document, separators=(",", ":"), ensure_ascii=False))
