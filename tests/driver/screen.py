"""What is on one person's screen, and how a test waits for it."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from bot.sandbox.workspace.seed import Json
from tests.driver.seen import elements

POLL_SECONDS = 0.05
WITHIN_SECONDS = 45.0  # whoever sees what they wait for waits no longer

Found = TypeVar("Found")
Wanted = str | re.Pattern[str]


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """A message as one person sees it; `text` holds every visible word."""

    ts: str
    channel: str
    text: str
    ephemeral: bool
    body: Json

    @property
    def buttons(self) -> list[str]:
        """The labels of its buttons."""
        found = [one.element for one in elements(self.body["blocks"]) if one.element["type"] == "button"]
        return [element["text"]["text"] for element in found]

    @property
    def thread_ts(self) -> str | None:
        """The root of the thread it is in."""
        root: str | None = self.body["thread_ts"]
        return root


@dataclass(slots=True)
class Memory:
    """What the driver remembers of one person's screen."""

    errors: list[str] = field(default_factory=list)
    field_errors: dict[str, str] = field(default_factory=dict)
    filled: dict[str, Json] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


def matches(wanted: Wanted, text: str) -> bool:
    """Whether the words are there; a compiled pattern is searched for."""
    return wanted in text if isinstance(wanted, str) else wanted.search(text) is not None


def poll(look: Callable[[], Found | None], *, within: float) -> Found | None:
    """Look again and again until something is found or the time is up."""
    deadline = time.monotonic() + within
    while True:
        found = look()
        if found is not None or time.monotonic() >= deadline:
            return found
        threading.Event().wait(POLL_SECONDS)
