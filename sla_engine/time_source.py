"""The only module that reads the wall clock.

SLA time (`now` in the domain, facts, timers) and real time (leases, slots, retries, signatures) are two presents and
never mixed: a demo runs SLA time faster, or jumps it, while Slack's limits go on in real time.
"""

import time
import zoneinfo
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol


class TimeSource(Protocol):
    """A source of SLA time."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""


class SystemTime:
    """SLA time is the machine's clock."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        return datetime.now(UTC)


RealClock = Callable[[], datetime]


def real_now() -> datetime:
    """Real time, for leases, rate limits, retries and signature ages."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds that never run backwards, for measuring how long something took."""
    return time.monotonic()


def use_pinned_zone_data() -> None:
    """Take zone rules from the pinned package and never from the machine, so that every machine counts alike."""
    zoneinfo.reset_tzpath(())
