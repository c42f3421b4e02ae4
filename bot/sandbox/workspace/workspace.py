"""The workspace: its people, conversations and messages.

Nothing here knows HTTP. Every change is announced to the feed and to `changed`, which saves it. The workspace is
only touched from the sandbox's own thread.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.sandbox.workspace.channels import Channel
from bot.sandbox.workspace.feed import Feed
from bot.sandbox.workspace.messages import Message
from bot.sandbox.workspace.seed import (
    BOT_USER_ID,
    ChannelKind,
    Json,
    OnDuty,
    Population,
    RealTime,
    SandboxUser,
    TimeControl,
)
from bot.sandbox.workspace.uploads import Uploads
from bot.sandbox.workspace.users import bot_user

MICROSECONDS = 1_000_000


class Workspace:
    """People, channels, messages, Home tabs and read marks."""

    def __init__(
        self,
        population: Population,
        *,
        real_time: RealTime,
        time_control: TimeControl | None,
        feed: Feed,
        on_duty: Callable[[], OnDuty | None] = lambda: None,
    ) -> None:
        self.population = population
        self.real_time = real_time
        self.time_control = time_control
        self.feed = feed
        self.on_duty = on_duty
        self.changed: Callable[[], None] = lambda: None
        people = [*population.people, bot_user(population.app_name)]
        self.users: dict[str, SandboxUser] = {user.id: user for user in people}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, dict[str, Message]] = {}
        self._threads: dict[tuple[str, str], list[Message]] = {}
        self.homes: dict[str, Json] = {}
        self.uploads = Uploads()
        self.read_marks: dict[tuple[str, str], str] = {}
        self.last_instant = 0
        self._settle_in()

    @property
    def humans(self) -> list[SandboxUser]:
        """Everybody but the app."""
        return [user for user in self.users.values() if user.id != BOT_USER_ID]

    def _settle_in(self) -> None:
        everybody = [user.id for user in self.humans]
        created = int(self.real_time())
        for seed in self.population.channels:
            self.channels[seed.id] = Channel.from_seed(seed, everybody=everybody, created=created)
        for user in self.humans:
            self.direct_message(user.id, BOT_USER_ID)

    # --- people ---------------------------------------------------------------------------------

    def person(self, name_or_id: str) -> SandboxUser | None:
        """Find somebody by id, by name, or by @name."""
        if name_or_id in self.users:
            return self.users[name_or_id]
        name = name_or_id.removeprefix("@")
        return next((user for user in self.users.values() if user.name == name), None)

    # --- channels -------------------------------------------------------------------------------

    def channel(self, name_or_id: str) -> Channel | None:
        """Find a channel by id, by name, or by #name."""
        if name_or_id in self.channels:
            return self.channels[name_or_id]
        name = name_or_id.removeprefix("#")
        named = (channel for channel in self.channels.values() if channel.kind is not ChannelKind.IM)
        return next((channel for channel in named if channel.name == name), None)

    def direct_message(self, one: str, other: str) -> Channel:
        """The direct message between two people, opened when there was none."""
        pair = {one, other}
        for channel in self.channels.values():
            if channel.kind is ChannelKind.IM and set(channel.members) == pair:
                return channel
        opened = Channel(
            id="D" + "".join(sorted(pair)).upper(),
            name="",
            kind=ChannelKind.IM,
            created=int(self.real_time()),
            members=sorted(pair),
        )
        self.channels[opened.id] = opened
        self.announce_channel(opened)
        return opened

    def seen_by(self, user: str) -> list[Channel]:
        """The channels and direct messages this person is in."""
        return [channel for channel in self.channels.values() if user in channel.members]

    def join(self, channel: Channel, user: str) -> None:
        """Make somebody a member."""
        if user not in channel.members:
            channel.members.append(user)
            self.announce_channel(channel)

    def leave(self, channel: Channel, user: str) -> None:
        """Take somebody out of a channel."""
        if user in channel.members:
            channel.members.remove(user)
            self.announce_channel(channel)

    def archive(self, channel: Channel) -> None:
        """Close a channel for good."""
        channel.archived = True
        self.announce_channel(channel)

    def restore(self, channel: Channel) -> None:
        """Take a channel out of the archive."""
        channel.archived = False
        self.announce_channel(channel)

    def rename(self, channel: Channel, name: str) -> None:
        """Call a channel something else; it keeps its id."""
        channel.name = name
        self.announce_channel(channel)

    # --- messages -------------------------------------------------------------------------------

    def next_ts(self) -> str:
        """A new timestamp: real time, moved on by a microsecond where two would be equal."""
        instant = max(int(self.real_time() * MICROSECONDS), self.last_instant + 1)
        self.last_instant = instant
        return f"{instant // MICROSECONDS}.{instant % MICROSECONDS:06d}"

    def go_on_after(self, instant: int) -> None:
        """Never give out a timestamp at or before this one (microseconds since 1970)."""
        self.last_instant = max(self.last_instant, instant)

    def clock_time(self) -> str | None:
        """The workspace clock's reading in ISO 8601; None without a clock."""
        return self.time_control.reading().now.isoformat() if self.time_control is not None else None

    def post(self, message: Message) -> Message:
        """Put a message into its channel."""
        message.clock_time = self.clock_time()
        self.keep(message)
        if message.user is not None and message.only_for is None:
            self.mark_read(message.channel, message.user)
        self.announce_message("message", message)
        if message.is_reply and message.thread_ts is not None:
            root = self.find(message.channel, message.thread_ts)
            if root is not None:
                self.announce_message("message_changed", root)
        return message

    def keep(self, message: Message) -> None:
        """File a message under its channel and its thread, without telling anybody."""
        self.messages.setdefault(message.channel, {})[message.ts] = message
        if message.is_reply and message.thread_ts is not None:
            self._threads.setdefault((message.channel, message.thread_ts), []).append(message)

    def find(self, channel: str, ts: str) -> Message | None:
        """A message by its channel and timestamp."""
        return self.messages.get(channel, {}).get(ts)

    def messages_in(self, channel: str) -> list[Message]:
        """Every message in a channel, oldest first, ephemeral ones included."""
        return list(self.messages.get(channel, {}).values())

    def replies(self, root: Message) -> list[Message]:
        """The replies below a message, oldest first."""
        return [reply for reply in self._threads.get((root.channel, root.ts), []) if reply.only_for is None]

    def remove(self, message: Message) -> None:
        """Delete a message; the root of a thread leaves a tombstone, as on Slack."""
        if self.replies(message):
            message.tombstone, message.text, message.blocks = True, "This message was deleted.", None
            message.metadata = None
            self.announce_message("message_changed", message)
            return
        del self.messages[message.channel][message.ts]
        if message.is_reply and message.thread_ts is not None:
            self._threads[message.channel, message.thread_ts].remove(message)
        gone = {"type": "message_deleted", "channel": message.channel, "ts": message.ts}
        self.feed.send(lambda person: gone if self.may_see(message, person) else None)
        self.changed()

    def may_see(self, message: Message, person: str) -> bool:
        """Whether a message is shown to this person."""
        if message.only_for is not None:
            return message.only_for == person
        channel = self.channels.get(message.channel)
        return channel is not None and person in channel.members

    def publish_home(self, user: str, view: Json) -> None:
        """Set what one person sees in the app's Home tab."""
        self.homes[user] = view
        self.feed.send(lambda person: {"type": "home", "view": view} if person == user else None)
        self.changed()

    # --- read marks -----------------------------------------------------------------------------

    def mark_read(self, channel: str, user: str) -> None:
        """This person has seen everything in the channel."""
        self.read_marks[user, channel] = next(reversed(self.messages.get(channel, {})), "0")
        self.changed()

    def unread(self, channel: Channel, user: str) -> tuple[int, int]:
        """The number of unread messages outside threads, and of unread direct messages and mentions."""
        mark = self.read_marks.get((user, channel.id), "0")
        news = [m for m in self.messages_in(channel.id) if m.ts > mark and m.user != user and self.may_see(m, user)]
        calls = [m for m in news if channel.kind is ChannelKind.IM or mentions(m, user)]
        return sum(1 for m in news if not m.is_reply), len(calls)

    # --- telling --------------------------------------------------------------------------------

    def announce_message(self, kind: str, message: Message) -> None:
        """Send a new or changed message to the pages of everybody who may see it."""
        notice = {"type": kind, "message": message.for_page(self.replies(message))}
        self.feed.send(lambda person: notice if self.may_see(message, person) else None)
        self.changed()

    def announce_channel(self, channel: Channel) -> None:
        """Send a new or changed channel to the pages of its members."""

        def for_member(person: str) -> Json | None:
            if person not in channel.members:
                return None
            return {"type": "channel", "channel": self.channel_for_page(channel, person)}

        self.feed.send(for_member)
        self.changed()

    def channel_for_page(self, channel: Channel, person: str) -> Json:
        """A channel as the page draws it for one person."""
        unread, mention = self.unread(channel, person)
        return {
            "id": channel.id,
            "name": channel.name,
            "kind": channel.kind,
            "topic": channel.topic,
            "members": list(channel.members),
            "with": channel.other_than(person),
            "unread": unread,
            "mention": mention,
        }


def mentions(message: Message, user: str) -> bool:
    """Whether a message mentions this person."""
    mark = f"<@{user}>"
    return mark in message.text or mark in str(message.blocks or "")
