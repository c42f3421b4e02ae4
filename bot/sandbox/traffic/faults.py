"""Troubles on request: what Slack does to its callers on a bad day."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum

ANY_METHOD = "*"


class FaultKind(StrEnum):
    """How a call goes wrong."""

    RATE_LIMITED = "rate_limited"  # 429 with Retry-After, nothing accepted
    ERROR_BEFORE = "error_before"  # 5xx, nothing accepted
    ERROR_AFTER = "error_after"  # accepted, then 5xx
    DROP_BEFORE = "drop_before"  # connection closed, nothing accepted
    DROP_AFTER = "drop_after"  # accepted, then the connection is closed
    HANG = "hang"  # no answer and nothing accepted; closed after `seconds`
    DELAY_ACCEPT = "delay_accept"  # accepted only after `seconds`, even when the caller has left
    REFUSE = "refuse"  # `ok: false` with `error`
    EMPTY_HISTORY = "empty_history"  # conversations.history and .replies find nothing


@dataclass(frozen=True, slots=True)
class Fault:
    """One trouble; `retry_after` None leaves the header out."""

    kind: FaultKind
    method: str = ANY_METHOD
    channel: str | None = None
    retry_after: int | None = 1
    status: int = 500
    seconds: float = 30.0
    error: str = "internal_error"

    def hits(self, method: str, channel: str | None) -> bool:
        """Whether this call is the one meant."""
        return self.method in {ANY_METHOD, method} and self.channel in {None, channel}


class Faults:
    """The troubles that still wait for their call; may be asked for from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        self._is_out = False

    def next(self, fault: Fault, *, times: int = 1) -> None:
        """Let the next `times` matching calls suffer this."""
        with self._lock:
            self._waiting.extend([fault] * times)

    def take(self, method: str, channel: str | None) -> Fault | None:
        """The trouble due for this call, used up by asking."""
        with self._lock:
            if self._is_out:
                return Fault(FaultKind.ERROR_BEFORE, status=503)
            found = next((fault for fault in self._waiting if fault.hits(method, channel)), None)
            if found is not None:
                self._waiting.remove(found)
            return found

    @property
    def is_empty(self) -> bool:
        """Whether every trouble asked for has met its call."""
        with self._lock:
            return not self._waiting

    def begin_outage(self) -> None:
        """From now on every call is answered 503."""
        with self._lock:
            self._is_out = True

    def end_outage(self) -> None:
        """Slack is back."""
        with self._lock:
            self._is_out = False

    def clear(self) -> None:
        """Forget every trouble that still waits, and any outage."""
        with self._lock:
            self._waiting.clear()
            self._is_out = False
