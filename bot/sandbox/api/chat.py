"""chat.*: posting, changing and deleting messages."""

from __future__ import annotations

from bot.sandbox.api.arguments import flag
from bot.sandbox.api.content import Content, read_content
from bot.sandbox.api.method import Call, Method
from bot.sandbox.workspace.channels import Channel
from bot.sandbox.workspace.messages import Message
from bot.sandbox.workspace.refusals import Refused
from bot.sandbox.workspace.seed import BOT_ID, BOT_USER_ID, ChannelKind, Json

CONTENT = ("text", "blocks", "attachments", "metadata")
WRITING = ("as_user", "icon_emoji", "icon_url", "link_names", "mrkdwn", "parse", "username")


def post_message(call: Call) -> Json:
    """Say something in a channel, a thread or a direct message."""
    channel = writable(call)
    content = _something(call)
    message = bot_message(channel, content, ts=call.hub.workspace.next_ts())
    message.thread_ts = _thread(call, channel)
    message.broadcast = flag(call.arguments, "reply_broadcast")
    message.username = call.text("username") or None
    call.hub.workspace.post(message)
    return {"channel": channel.id, "ts": message.ts, "message": message.for_api([], with_metadata=True)}


def update(call: Call) -> Json:
    """Change one of the app's own messages; blocks left out are dropped when text is given, metadata stays."""
    message = _own(call, error="cant_update_message")
    content = _something(call)
    if content.text is not None or content.blocks is not None:
        message.blocks = content.blocks or None
    message.text = content.text if content.text is not None else message.text
    if content.attachments is not None:
        message.attachments = content.attachments
    if content.metadata is not None:
        message.metadata = content.metadata or None
    message.edited_ts = call.hub.workspace.next_ts()
    call.hub.workspace.announce_message("message_changed", message)
    answered = message.for_api([], with_metadata=True)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": answered}


def delete(call: Call) -> Json:
    """Take one of the app's own messages away."""
    message = _own(call, error="cant_delete_message")
    call.hub.workspace.remove(message)
    return {"channel": message.channel, "ts": message.ts}


def post_ephemeral(call: Call) -> Json:
    """Say something only one person sees."""
    channel = writable(call)
    user = call.text("user")
    if user not in channel.members:
        error = "user_not_in_channel"
        raise Refused(error)
    message = bot_message(channel, _something(call), ts=call.hub.workspace.next_ts())
    message.only_for = user
    message.thread_ts = _thread(call, channel)
    call.hub.workspace.post(message)
    return {"message_ts": message.ts}


def get_permalink(call: Call) -> Json:
    """An address at which the page shows the message."""
    channel = call.channel()
    ts = call.text("message_ts")
    if call.hub.workspace.find(channel.id, ts) is None:
        error = "message_not_found"
        raise Refused(error)
    address = f"{call.hub.web_url}/archives/{channel.id}/p{ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": address}


def bot_message(channel: Channel, content: Content, *, ts: str) -> Message:
    """A message of the app, not yet posted."""
    return Message(
        channel=channel.id,
        ts=ts,
        text=content.text or "",
        user=BOT_USER_ID,
        bot_id=BOT_ID,
        blocks=content.blocks or None,
        attachments=content.attachments,
        metadata=content.metadata or None,
    )


def _something(call: Call) -> Content:
    content = read_content(call.arguments)
    if content.is_empty:
        error = "no_text"
        raise Refused(error)
    return content


def writable(call: Call) -> Channel:
    """The channel to write to; a person's id means the direct message with them."""
    person = call.hub.workspace.users.get(call.text("channel"))
    if person is not None and person.id != BOT_USER_ID:
        return _with_messages_tab(call, call.hub.workspace.direct_message(person.id, BOT_USER_ID))
    channel = call.channel()
    if channel.kind is ChannelKind.IM:
        return _with_messages_tab(call, channel)
    if channel.archived:
        error = "is_archived"
        raise Refused(error)
    if not channel.has_bot and not _may_write_anywhere(call, channel):
        error = "not_in_channel"
        raise Refused(error)
    return channel


def _with_messages_tab(call: Call, channel: Channel) -> Channel:
    """The direct message, where the app's manifest lets it write to people."""
    if not call.hub.messages_tab:
        error = "messages_tab_disabled"
        raise Refused(error)
    return channel


def _may_write_anywhere(call: Call, channel: Channel) -> bool:
    return channel.kind is ChannelKind.CHANNEL and "chat:write.public" in call.hub.credentials.scopes


def _thread(call: Call, channel: Channel) -> str | None:
    ts = call.text("thread_ts")
    if not ts:
        return None
    root = call.hub.workspace.find(channel.id, ts)
    if root is None or root.only_for is not None:
        error = "thread_not_found"
        raise Refused(error)
    if root.is_reply:
        error = "cannot_reply_to_message"
        raise Refused(error)
    return ts


def _own(call: Call, *, error: str) -> Message:
    channel = call.channel()
    if channel.archived:
        archived = "is_archived"
        raise Refused(archived)
    message = call.hub.workspace.find(channel.id, call.text("ts"))
    # An ephemeral message has no place in the channel's history: only its response address reaches it.
    if message is None or message.only_for is not None or message.tombstone:
        missing = "message_not_found"
        raise Refused(missing)
    if message.bot_id != BOT_ID:
        raise Refused(error)
    return message


METHODS = (
    Method(
        "chat.postMessage",
        post_message,
        required=("channel",),
        optional=(*CONTENT, *WRITING, "thread_ts", "reply_broadcast", "unfurl_links", "unfurl_media"),
        scope="chat:write",
        tier=None,
    ),
    Method(
        "chat.update",
        update,
        required=("channel", "ts"),
        optional=(*CONTENT, "as_user", "link_names", "parse", "reply_broadcast"),
        scope="chat:write",
    ),
    Method("chat.delete", delete, required=("channel", "ts"), optional=("as_user",), scope="chat:write"),
    Method(
        "chat.postEphemeral",
        post_ephemeral,
        required=("channel", "user"),
        optional=("text", "blocks", "attachments", *WRITING, "thread_ts"),
        scope="chat:write",
        tier=4,
    ),
    Method("chat.getPermalink", get_permalink, required=("channel", "message_ts"), tier=4),
)
