"""Faults that tests ask for: errors, delays and outages of Slack."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum

ANY_METHOD = "*"


class FaultKind(StrEnum):
    """The way a call goes wrong."""

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
    """A fault; with `retry_after` None its answer has no such header."""

    kind: FaultKind
    method: str = ANY_METHOD
    channel: str | None = None
    retry_after: int | None = 1
    status: int = 500
    seconds: float = 30.0
    error: str = "internal_error"

    def hits(self, method: str, channel: str | None) -> bool:
        """Whether the fault is meant for this call."""
        return self.method in {ANY_METHOD, method} and self.channel in {None, channel}


class Faults:
    """Faults that wait for their call; may be asked for from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        self._is_out = False

    def next(self, fault: Fault, *, times: int = 1) -> None:
        """Let the next `times` matching calls fail this way."""
        with self._lock:
            self._waiting.extend([fault] * times)

    def take(self, method: str, channel: str | None) -> Fault | None:
        """Take the fault for this call, if one waits."""
        with self._lock:
            if self._is_out:
                return Fault(FaultKind.ERROR_BEFORE, status=503)
            fault = next((fault for fault in self._waiting if fault.hits(method, channel)), None)
            if fault is not None:
                self._waiting.remove(fault)
            return fault

    @property
    def is_empty(self) -> bool:
        """Whether no fault waits any more."""
        with self._lock:
            return not self._waiting

    def begin_outage(self) -> None:
        """Answer every call with 503 from now on."""
        with self._lock:
            self._is_out = True

    def end_outage(self) -> None:
        """End the outage."""
        with self._lock:
            self._is_out = False

    def clear(self) -> None:
        """Drop every waiting fault, and any outage."""
        with self._lock:
            self._waiting.clear()
            self._is_out = False
