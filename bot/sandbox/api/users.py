"""users.*: people, and the conversations somebody is in."""

from __future__ import annotations

from bot.sandbox.api.conversations import page_of_channels
from bot.sandbox.api.cursors import page
from bot.sandbox.api.method import Call, Method
from bot.sandbox.workspace.refusals import Refused
from bot.sandbox.workspace.seed import BOT_USER_ID, Json
from bot.sandbox.workspace.users import user_for_api


def info(call: Call) -> Json:
    """A person by id."""
    user = call.hub.workspace.users.get(call.text("user"))
    if user is None:
        error = "user_not_found"
        raise Refused(error)
    return {"user": user_for_api(user, now=call.hub.workspace.real_time())}


def list_users(call: Call) -> Json:
    """Everybody, a page at a time."""
    users, metadata = page(list(call.hub.workspace.users.values()), call, default=100)
    now = call.hub.workspace.real_time()
    return {"members": [user_for_api(user, now=now) for user in users], "cache_ts": int(now)} | metadata


def conversations(call: Call) -> Json:
    """The conversations of the app, or those it shares with somebody."""
    user = call.text("user") or BOT_USER_ID
    channels = call.hub.workspace.channels.values()
    return page_of_channels(call, [c for c in channels if user in c.members and c.has_bot])


METHODS = (
    Method("users.info", info, required=("user",), optional=("include_locale",), scope="users:read", tier=4),
    Method(
        "users.list",
        list_users,
        optional=("cursor", "limit", "include_locale"),
        scope="users:read",
        tier=2,
    ),
    Method(
        "users.conversations",
        conversations,
        optional=("cursor", "limit", "types", "user", "exclude_archived"),
        scope="channels:read",
    ),
)
