"""Refusals as Slack answers them, with their facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.sandbox.workspace.seed import Json


class Refused(Exception):
    """Slack answers `ok: false` with this error code."""

    def __init__(self, error: str, *, messages: Sequence[str] = (), extra: Json | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.messages = tuple(messages)
        self.extra = extra or {}

    def answer(self) -> Json:
        """The body Slack would send."""
        body: Json = {"ok": False, "error": self.error} | self.extra
        if self.messages:
            body["response_metadata"] = {"messages": list(self.messages)}
            if self.error == "invalid_blocks":
                body["errors"] = [message.removeprefix("[ERROR] ") for message in self.messages]
        return body


@dataclass(frozen=True, slots=True)
class Rejection:
    """A call that Slack would have refused, kept for tests and shown as a banner on the page."""

    method: str
    error: str
    detail: tuple[str, ...] = ()
    channel: str | None = None
    text: str | None = None
    blocks: object = None

    def for_page(self) -> Json:
        """The banner's facts."""
        banner: Json = {"type": "rejected", "method": self.method, "error": self.error, "detail": list(self.detail)}
        for name in ("channel", "text", "blocks"):
            if getattr(self, name) is not None:
                banner[name] = getattr(self, name)
        return banner


@dataclass(frozen=True, slots=True)
class AnsweredCall:
    """A call of the Web API and its outcome; `error` is None when Slack said ok."""

    method: str
    at: float
    error: str | None
    channel: str | None
    arguments: Json
