"""Waiting for another process without guessing how long it takes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

POLL_SECONDS = 0.02
PATIENCE_SECONDS = 45
"""Long enough for a machine with much else to do; who sees what they wait for waits no longer."""


def until(condition: Callable[[], object], *, seconds: float = PATIENCE_SECONDS, what: str) -> None:
    """Return as soon as `condition` holds. Raises: TimeoutError naming `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            message = f"waited {seconds:g} s in vain until {what}"
            raise TimeoutError(message)
        pause.wait(POLL_SECONDS)
