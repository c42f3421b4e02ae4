"""A message of the workspace, as Slack keeps it."""

from __future__ import annotations

import copy
import secrets
from dataclasses import asdict, dataclass, fields

from bot.sandbox.workspace.seed import APP_ID, TEAM_ID, Json


@dataclass(slots=True)
class Message:
    """A posted message; `ts` names it within its channel, `only_for` makes it ephemeral."""

    channel: str
    ts: str
    text: str
    user: str | None
    bot_id: str | None = None
    username: str | None = None
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    metadata: Json | None = None
    edited_ts: str | None = None
    only_for: str | None = None
    clock_time: str | None = None
    tombstone: bool = False
    files: list[Json] | None = None

    @property
    def is_reply(self) -> bool:
        """Whether it is in a thread below another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    def for_api(self, replies: list[Message], *, with_metadata: bool) -> Json:
        """The message as `conversations.history` gives it; metadata only to those who asked."""
        body: Json = {"type": "message", "user": self.user, "text": self.text, "ts": self.ts, "team": TEAM_ID}
        if self.bot_id is not None:
            body |= {"bot_id": self.bot_id, "app_id": APP_ID}
        if self.username is not None:
            body["username"] = self.username
        for name in ("blocks", "attachments", "files", "thread_ts"):
            if getattr(self, name) is not None:
                body[name] = copy.deepcopy(getattr(self, name))
        if self.tombstone:
            body |= {"subtype": "tombstone", "hidden": True, "user": "USLACKBOT"}
        elif self.broadcast:
            body["subtype"] = "thread_broadcast"
        if self.edited_ts is not None:
            body["edited"] = {"user": self.user, "ts": self.edited_ts}
        if with_metadata and self.metadata is not None:
            body["metadata"] = copy.deepcopy(self.metadata)
        return body | thread_summary(self, replies)

    def for_page(self, replies: list[Message]) -> Json:
        """The message as the page draws it."""
        return {
            "ts": self.ts,
            "channel": self.channel,
            "user": self.user,
            "bot_id": self.bot_id,
            "username": self.username,
            "text": self.text,
            "blocks": copy.deepcopy(self.blocks),
            "files": copy.deepcopy(self.files),
            "thread_ts": self.thread_ts,
            "reply_count": len(replies),
            "latest_reply": replies[-1].ts if replies else None,
            # Slack shows "(edited)" only when text alone was changed, never for blocks.
            "edited": self.edited_ts is not None and not self.blocks,
            "ephemeral": self.only_for is not None,
            "clock_time": self.clock_time,
            "deleted": self.tombstone,
        }

    def for_store(self) -> Json:
        """Everything about it, for the file."""
        return asdict(self)

    @classmethod
    def from_store(cls, row: Json) -> Message:
        """Read back what `for_store` wrote; unknown keys of a newer version are left out."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in row.items() if name in known})


def thread_summary(root: Message, replies: list[Message]) -> Json:
    """The fields that Slack adds to the root of a thread."""
    if root.is_reply or not replies:
        return {}
    people = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": root.ts,
        "reply_count": len(replies),
        "reply_users_count": len(people),
        "reply_users": people,
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": False,
    }


def with_ids(blocks: list[Json]) -> list[Json]:
    """A copy in which every block and every interactive element has an id, as Slack fills them in."""
    finished = copy.deepcopy(blocks)
    for block in finished:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        for element in interactive_elements(block):
            element.setdefault("action_id", secrets.token_urlsafe(4))
    return finished


def interactive_elements(block: Json) -> list[Json]:
    """The buttons, menus and inputs of one block, in reading order."""
    if block.get("type") == "actions":
        return [element for element in block.get("elements", []) if isinstance(element, dict)]
    if block.get("type") == "section" and isinstance(block.get("accessory"), dict):
        accessory: Json = block["accessory"]
        return [] if accessory.get("type") == "image" else [accessory]
    if block.get("type") == "input" and isinstance(block.get("element"), dict):
        return [block["element"]]
    return []


def find_element(blocks: list[Json] | None, *, block_id: str, action_id: str) -> Json | None:
    """The touched element; None when the message no longer has it."""
    for block in blocks or []:
        if block.get("block_id") != block_id:
            continue
        for element in interactive_elements(block):
            if element.get("action_id") == action_id:
                return element
    return None
