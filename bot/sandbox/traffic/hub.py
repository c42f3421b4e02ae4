"""The parts of a sandbox that its Web API, its page and its deliveries share."""

from __future__ import annotations

import secrets
from collections import deque
from dataclasses import dataclass, field

from bot.sandbox.traffic.faults import Faults
from bot.sandbox.traffic.rate_limits import RateLimiter
from bot.sandbox.traffic.response_urls import ResponseUrls
from bot.sandbox.traffic.triggers import Triggers
from bot.sandbox.workspace.modals import Modals
from bot.sandbox.workspace.refusals import AnsweredCall, Rejection
from bot.sandbox.workspace.seed import DEFAULT_SCOPES, Json
from bot.sandbox.workspace.workspace import Workspace

CALLS_KEPT = 10_000


@dataclass(slots=True)
class Credentials:
    """The secrets of the one installed app; new with every sandbox, good on loopback only."""

    bot_token: str = field(default_factory=lambda: f"xoxb-sandbox-{secrets.token_hex(12)}")
    app_token: str = field(default_factory=lambda: f"xapp-sandbox-{secrets.token_hex(12)}")
    signing_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    verification_token: str = field(default_factory=lambda: secrets.token_hex(12))
    scopes: frozenset[str] = DEFAULT_SCOPES
    is_revoked: bool = False


@dataclass(slots=True)
class Hub:
    """The parts of one sandbox, joined."""

    workspace: Workspace
    credentials: Credentials
    triggers: Triggers
    modals: Modals
    response_urls: ResponseUrls
    limiter: RateLimiter
    faults: Faults
    rejections: list[Rejection] = field(default_factory=list)
    calls: deque[AnsweredCall] = field(default_factory=lambda: deque(maxlen=CALLS_KEPT))
    web_url: str = ""
    messages_tab: bool = True
    """Whether the app's manifest enables its Messages tab; without it the app may write to nobody directly."""
    home_tab: bool = True
    """Whether the app's manifest enables its Home tab; without it none can be published."""
    bot_events: frozenset[str] | None = None
    """The events that the app's manifest subscribes to, the only ones it hears of; None for all."""

    def hears_of(self, event: Json) -> bool:
        """Whether the app subscribes to events like this one."""
        kind = str(event["type"])
        name = f"message.{event.get('channel_type')}" if kind == "message" else kind
        return self.bot_events is None or name in self.bot_events

    shortcuts: list[Json] = field(default_factory=list)
    """The shortcuts that the app's manifest offers."""

    def reject(self, rejection: Rejection) -> None:
        """Keep what Slack would refuse, and show it on every page."""
        self.rejections.append(rejection)
        self.workspace.feed.send_to_all(rejection.for_page())
