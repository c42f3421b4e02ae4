"""Response addresses: a private answer to a command or a click, five times within half an hour."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from bot.sandbox.workspace.refusals import Refused
from bot.sandbox.workspace.seed import RealTime

USES = 5
LIFE_SECONDS = 30 * 60.0


@dataclass(slots=True)
class ResponseUrl:
    """The destination of one answer; `message_ts` is the clicked message, None after a command."""

    user: str
    channel: str
    issued_at: float
    message_ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0


class ResponseUrls:
    """Issues response addresses and counts their uses."""

    def __init__(self, *, real_time: RealTime) -> None:
        self._real_time = real_time
        self._issued: dict[str, ResponseUrl] = {}

    def issue(self, *, user: str, channel: str, message_ts: str | None = None, thread_ts: str | None = None) -> str:
        """The path of a new response address."""
        key = secrets.token_urlsafe(18)
        self._issued[key] = ResponseUrl(
            user=user,
            channel=channel,
            issued_at=self._real_time(),
            message_ts=message_ts,
            thread_ts=thread_ts,
        )
        return f"response/{key}"

    def use(self, key: str) -> ResponseUrl:
        """Count one use.

        Raises:
            Refused: `no_such_url`, `expired_url` after 30 minutes, or `used_url` after five uses.
        """
        address = self._issued.get(key)
        if address is None:
            error = "no_such_url"
            raise Refused(error)
        if self._real_time() - address.issued_at > LIFE_SECONDS:
            error = "expired_url"
            raise Refused(error)
        if address.uses >= USES:
            error = "used_url"
            raise Refused(error)
        address.uses += 1
        return address
