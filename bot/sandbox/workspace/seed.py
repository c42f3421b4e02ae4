"""The people, channels and commands that a sandbox workspace starts with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

Json = dict[str, Any]
RealTime = Callable[[], float]
"""Real time as seconds since 1970; SLA time never enters the platform's own limits."""

TEAM_ID = "T0SANDBOX"
TEAM_DOMAIN = "sandbox"
APP_ID = "A0SANDBOX"
BOT_ID = "B0SANDBOX"
BOT_USER_ID = "U0SANDBOX"

DEFAULT_SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "commands",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "users:read",
    }
)


class ChannelKind(StrEnum):
    """The kind of a conversation, which decides who may find it."""

    CHANNEL = "channel"
    PRIVATE = "private"
    IM = "im"


@dataclass(frozen=True, slots=True)
class SandboxUser:
    """A person one can act as; `id` is what Slack would call them, `name` what follows the @.

    A person from a shared channel has another `team_id`.
    """

    id: str
    name: str
    real_name: str
    title: str = ""
    tz: str = "UTC"
    color: str = "4a5568"
    team_id: str = TEAM_ID
    is_guest: bool = False
    is_bot: bool = False
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class OnDuty:
    """The person on duty, by id, and what is said of that beside their name."""

    person: str
    words: str = "on duty"


@dataclass(frozen=True, slots=True)
class SandboxChannel:
    """A channel that exists from the start; `members` are user ids, empty means everybody."""

    id: str
    name: str
    topic: str = ""
    kind: ChannelKind = ChannelKind.CHANNEL
    members: tuple[str, ...] = ()
    has_bot: bool = True


@dataclass(frozen=True, slots=True)
class SlashMenuLine:
    """A line of the slash menu below a command."""

    name: str
    hint: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """A command people can type, with its leading slash."""

    command: str
    description: str = ""
    usage_hint: str = ""
    subcommands: tuple[SlashMenuLine, ...] = ()


@dataclass(frozen=True, slots=True)
class OverSocketMode:
    """The bot fetches its events over a connection that it opened."""


@dataclass(frozen=True, slots=True)
class OverSignedHttp:
    """The bot is called at its request address, with a signature it can check."""

    url: str


Transport = OverSocketMode | OverSignedHttp


class RateLimits(StrEnum):
    """Whether calls are answered 429 as often as Slack would."""

    OFF = "off"
    SLACK = "slack"


@dataclass(frozen=True, slots=True)
class ClockReading:
    """A reading of the workspace clock: `speed` is SLA seconds for each real second."""

    now: datetime
    speed: float
    paused: bool


class TimeControl(Protocol):
    """A clock that can be sped up, paused and moved forward from the page."""

    @property
    def zone(self) -> str:
        """Name of the zone in which the clock is shown."""
        ...

    def reading(self) -> ClockReading:
        """The clock's present reading."""
        ...

    def set_speed(self, speed: float) -> None:
        """Let SLA time run `speed` times as fast as real time."""
        ...

    def set_paused(self, paused: bool) -> None:  # noqa: FBT001 - a protocol with one obvious argument
        """Stop the clock or let it run again."""
        ...

    def jump(self, seconds: float) -> None:
        """Move the clock forward."""
        ...


@dataclass(frozen=True, slots=True)
class Population:
    """The people, channels and commands a workspace starts with."""

    people: Sequence[SandboxUser]
    channels: Sequence[SandboxChannel]
    commands: Sequence[SlashCommand]
    app_name: str
    workspace_name: str
