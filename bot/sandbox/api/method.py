"""A method of the Web API: its arguments, its scope, its rate tier, and the function that answers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

from bot.sandbox.traffic.hub import Hub
from bot.sandbox.workspace.channels import Channel
from bot.sandbox.workspace.refusals import Refused
from bot.sandbox.workspace.seed import ChannelKind, Json

ALWAYS_KNOWN = ("team_id",)  # Bolt's own client sends it with every call, and Slack takes it
SCOPE_PREFIX = {ChannelKind.CHANNEL: "channels", ChannelKind.PRIVATE: "groups", ChannelKind.IM: "im"}


@dataclass(frozen=True, slots=True)
class Call:
    """A call that has passed the gate."""

    hub: Hub
    arguments: Json
    request: web.Request

    def text(self, name: str) -> str:
        """An argument as text; empty when it was left out."""
        value = self.arguments.get(name)
        return "" if value is None else str(value)

    def channel(self) -> Channel:
        """The channel named by id.

        Raises:
            Refused: `channel_not_found`, also for a private channel the app is not in.
        """
        channel = self.hub.workspace.channels.get(self.text("channel"))
        if channel is None or (channel.kind is not ChannelKind.CHANNEL and not channel.has_bot):
            error = "channel_not_found"
            raise Refused(error)
        return channel


@dataclass(frozen=True, slots=True)
class Method:
    """A row of the method table; `tier` None means one a second per channel.

    A `scope` that begins with `*` depends on the kind of the channel: `*:history`.
    """

    name: str
    run: Callable[[Call], Json]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    scope: str | None = None
    tier: int | None = 3
    token: Literal["bot", "app"] | None = "bot"  # noqa: S105 - a kind of token

    def check(self, arguments: Json) -> None:
        """Refuse arguments that are missing, empty or unknown.

        Raises:
            Refused: `invalid_arguments`, with a line for each.
        """
        problems = [f"[ERROR] missing required field: {name}" for name in self.required if not arguments.get(name)]
        known = {*self.required, *self.optional, *ALWAYS_KNOWN}
        problems += [f"[ERROR] unknown argument: {name}" for name in arguments if name not in known]
        if problems:
            error = "invalid_arguments"
            raise Refused(error, messages=problems)

    def check_scopes(self, arguments: Json, hub: Hub) -> None:
        """Refuse a call that the app was not installed for.

        Raises:
            Refused: `missing_scope`, with what is needed and what there is.
        """
        if self.scope is None:
            return
        scope = self.scope
        if scope.startswith("*"):
            channel = hub.workspace.channels.get(str(arguments.get("channel")))
            kind = channel.kind if channel is not None else ChannelKind.CHANNEL
            scope = scope.replace("*", SCOPE_PREFIX[kind])
        provided = hub.credentials.scopes
        if scope not in provided:
            error = "missing_scope"
            raise Refused(error, extra={"needed": scope, "provided": ",".join(sorted(provided))})
