"""conversations.*: finding channels, and reading their messages."""

from __future__ import annotations

from collections.abc import Sequence

from bot.sandbox.api.arguments import flag
from bot.sandbox.api.cursors import page
from bot.sandbox.api.method import Call, Method
from bot.sandbox.workspace.channels import Channel
from bot.sandbox.workspace.messages import Message
from bot.sandbox.workspace.refusals import Refused
from bot.sandbox.workspace.seed import BOT_USER_ID, ChannelKind, Json

READING = ("cursor", "limit", "inclusive", "latest", "oldest", "include_all_metadata")


def open_direct_message(call: Call) -> Json:
    """Open the direct message with one person."""
    if call.text("channel"):
        return {"channel": call.channel().for_api()}
    users = [user for user in call.text("users").split(",") if user]
    if not users:
        error = "users_list_not_supplied"
        raise Refused(error)
    known = call.hub.workspace.users
    if len(users) > 1 or users[0] not in known or users[0] == BOT_USER_ID:
        error = "user_not_found"
        raise Refused(error)
    channel = call.hub.workspace.direct_message(users[0], BOT_USER_ID)
    return {"channel": channel.for_api() if flag(call.arguments, "return_im") else {"id": channel.id}}


def history(call: Call) -> Json:
    """The messages of a channel, newest first."""
    channel = _readable(call)
    messages = [m for m in call.hub.workspace.messages_in(channel.id) if not m.is_reply or m.broadcast]
    return _page_of(list(reversed(_within(call, messages))), call)


def replies(call: Call) -> Json:
    """A thread: its root, then its replies, oldest first."""
    channel = _readable(call)
    root = call.hub.workspace.find(channel.id, call.text("ts"))
    if root is None or root.only_for is not None:
        error = "thread_not_found"
        raise Refused(error)
    answered = _within(call, call.hub.workspace.replies(root))
    return _page_of([root, *answered], call)


def info(call: Call) -> Json:
    """A conversation by its id."""
    return {"channel": call.channel().for_api()}


def list_channels(call: Call) -> Json:
    """Every conversation the app may know of, a page at a time."""
    channels = call.hub.workspace.channels.values()
    return page_of_channels(call, [c for c in channels if c.has_bot or c.kind is ChannelKind.CHANNEL])


def page_of_channels(call: Call, known: Sequence[Channel]) -> Json:
    """The channels of the kinds that were asked for, a page at a time."""
    kinds = set((call.text("types") or "public_channel").split(","))
    wanted = [channel for channel in known if channel.type_name in kinds]
    if flag(call.arguments, "exclude_archived"):
        wanted = [channel for channel in wanted if not channel.archived]
    channels, metadata = page(wanted, call, default=100)
    return {"channels": [channel.for_api() for channel in channels]} | metadata


def members(call: Call) -> Json:
    """The members of a channel, a page at a time."""
    users, metadata = page(call.channel().members, call, default=100)
    return {"members": list(users)} | metadata


def join(call: Call) -> Json:
    """Become a member of a public channel."""
    channel = call.channel()
    if channel.archived:
        error = "is_archived"
        raise Refused(error)
    if channel.kind is not ChannelKind.CHANNEL:
        error = "method_not_supported_for_channel_type"
        raise Refused(error)
    call.hub.workspace.join(channel, BOT_USER_ID)
    return {"channel": channel.for_api()}


def _readable(call: Call) -> Channel:
    channel = call.channel()
    if not channel.has_bot:
        error = "not_in_channel"
        raise Refused(error)
    return channel


def _within(call: Call, messages: Sequence[Message]) -> list[Message]:
    """The messages between `oldest` and `latest`; both ends count only when `inclusive` is set."""
    oldest, latest = _instant(call, "oldest"), _instant(call, "latest")
    inclusive = flag(call.arguments, "inclusive")
    between = []
    for message in messages:
        at = float(message.ts)
        is_at_an_end = at in (oldest, latest)
        is_after = oldest is None or at >= oldest
        is_before = latest is None or at <= latest
        if message.only_for is None and is_after and is_before and (inclusive or not is_at_an_end):
            between.append(message)
    return between


def _instant(call: Call, name: str) -> float | None:
    text = call.text(name)
    if not text:
        return None
    try:
        return float(text)
    except ValueError as problem:
        error = f"invalid_ts_{name}"
        raise Refused(error) from problem


def _page_of(messages: Sequence[Message], call: Call) -> Json:
    listed, metadata = page(messages, call, default=100)
    has_more = bool(metadata["response_metadata"]["next_cursor"])
    with_metadata = flag(call.arguments, "include_all_metadata")
    workspace = call.hub.workspace
    shown = [message.for_api(workspace.replies(message), with_metadata=with_metadata) for message in listed]
    for message, body in zip(listed, shown, strict=True):
        root = workspace.find(message.channel, message.thread_ts) if message.thread_ts else None
        if message.is_reply and root is not None:
            body["parent_user_id"] = root.user
    answer: Json = {"messages": shown, "has_more": has_more}
    return answer | (metadata if has_more else {})


METHODS = (
    Method(
        "conversations.open",
        open_direct_message,
        optional=("channel", "users", "return_im", "prevent_creation"),
        scope="im:write",
    ),
    Method("conversations.history", history, required=("channel",), optional=READING, scope="*:history"),
    Method("conversations.replies", replies, required=("channel", "ts"), optional=READING, scope="*:history"),
    Method(
        "conversations.info",
        info,
        required=("channel",),
        optional=("include_locale", "include_num_members"),
        scope="*:read",
    ),
    Method(
        "conversations.list",
        list_channels,
        optional=("cursor", "limit", "types", "exclude_archived"),
        scope="channels:read",
        tier=2,
    ),
    Method(
        "conversations.members",
        members,
        required=("channel",),
        optional=("cursor", "limit"),
        scope="*:read",
        tier=4,
    ),
    Method("conversations.join", join, required=("channel",), scope="channels:join"),
)
