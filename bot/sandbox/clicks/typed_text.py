"""Encodes typed text as Slack does: entities escaped; people, channels and links marked."""

from __future__ import annotations

import re

from bot.sandbox.workspace.seed import ChannelKind
from bot.sandbox.workspace.workspace import Workspace

LINK = re.compile(r"(?<![<\w])(https?://[^\s<>|]+)")
PERSON = re.compile(r"(?<![\w@<])@([a-zA-Z0-9][\w.-]*)")
PLACE = re.compile(r"(?<![\w#<&])#([a-zA-Z0-9][\w-]*)")


def as_sent(text: str, workspace: Workspace, *, with_names: bool) -> str:
    """The text with `&`, `<` and `>` escaped and every known @person, #channel and address marked.

    Slash commands carry the name beside the id (`<@U1|dana>`), messages the id alone.
    """

    def person(match: re.Match[str]) -> str:
        name = match[1].rstrip(".-")
        user = workspace.person(name)
        if user is None:
            return match[0]
        mark = f"<@{user.id}|{user.name}>" if with_names else f"<@{user.id}>"
        return mark + match[1][len(name) :]

    def place(match: re.Match[str]) -> str:
        channel = workspace.channel(match[1])
        if channel is None or channel.kind is ChannelKind.IM:
            return match[0]
        return f"<#{channel.id}|{channel.name}>" if with_names else f"<#{channel.id}>"

    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    pieces = LINK.split(escaped)  # every second one is an address, in which nothing else is marked
    marked = [
        f"<{piece}>" if number % 2 else PLACE.sub(place, PERSON.sub(person, piece))
        for number, piece in enumerate(pieces)
    ]
    return "".join(marked)
