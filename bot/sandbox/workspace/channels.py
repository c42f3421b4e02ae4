"""Conversations: channels, private channels and direct messages."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from bot.sandbox.workspace.seed import BOT_USER_ID, ChannelKind, Json, SandboxChannel


@dataclass(slots=True)
class Channel:
    """A place where messages are; `members` are user ids in the order they joined."""

    id: str
    name: str
    kind: ChannelKind
    created: int
    topic: str = ""
    members: list[str] = field(default_factory=list)
    archived: bool = False

    @property
    def has_bot(self) -> bool:
        """Whether the app is a member."""
        return BOT_USER_ID in self.members

    @property
    def slash_name(self) -> str:
        """The name in commands and clicks: only public channels have one there."""
        return {ChannelKind.IM: "directmessage", ChannelKind.PRIVATE: "privategroup"}.get(self.kind, self.name)

    @property
    def type_name(self) -> str:
        """The name for the `types` argument."""
        return {ChannelKind.IM: "im", ChannelKind.PRIVATE: "private_channel"}.get(self.kind, "public_channel")

    def other_than(self, user: str) -> str | None:
        """The other person of a direct message."""
        others = [member for member in self.members if member != user]
        return others[0] if self.kind is ChannelKind.IM and others else None

    def for_api(self) -> Json:
        """The conversation object that Slack's methods answer with."""
        conversation: Json = {
            "id": self.id,
            "created": self.created,
            "is_archived": self.archived,
            "is_channel": self.kind is ChannelKind.CHANNEL,
            "is_group": self.kind is ChannelKind.PRIVATE,
            "is_im": self.kind is ChannelKind.IM,
            "is_mpim": False,
            "is_private": self.kind is not ChannelKind.CHANNEL,
            "is_org_shared": False,
        }
        if self.kind is ChannelKind.IM:
            return conversation | {"user": self.other_than(BOT_USER_ID), "is_user_deleted": False, "priority": 0}
        return conversation | {
            "name": self.name,
            "name_normalized": self.name,
            "is_general": False,
            "is_member": self.has_bot,
            "creator": self.members[0] if self.members else "",
            "topic": {"value": self.topic, "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "num_members": len(self.members),
        }

    def for_store(self) -> Json:
        """Everything about it, for the file."""
        return asdict(self)

    @classmethod
    def from_store(cls, row: Json) -> Channel:
        """Read back what `for_store` wrote."""
        return cls(**(row | {"kind": ChannelKind(row["kind"])}))

    @classmethod
    def from_seed(cls, seed: SandboxChannel, *, everybody: list[str], created: int) -> Channel:
        """The channel before its first message."""
        members = list(seed.members or everybody)
        if seed.has_bot:
            members.append(BOT_USER_ID)
        return cls(id=seed.id, name=seed.name, kind=seed.kind, created=created, topic=seed.topic, members=members)
