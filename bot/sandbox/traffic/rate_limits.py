"""Slack's rate limits."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bot.sandbox.workspace.seed import RateLimits, RealTime

POSTS_PER_SECOND = 1.0  # Slack: one message per second per channel
POST_BURST = 4.0  # "short bursts tolerated"
TIER_CALLS_PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}


@dataclass(slots=True)
class Bucket:
    """Permits that fill up again at a steady rate."""

    permits: float
    filled_at: float


class RateLimiter:
    """Counts calls per method, and posts per channel."""

    def __init__(self, limits: RateLimits, *, real_time: RealTime) -> None:
        self.limits = limits
        self._real_time = real_time
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def wait_for(self, method: str, *, tier: int | None, channel: str) -> int | None:
        """Seconds the caller must stay away, or None when the call may go on (and is counted)."""
        if self.limits is RateLimits.OFF:
            return None
        if tier is None:
            return self._take((method, channel), per_second=POSTS_PER_SECOND, burst=POST_BURST)
        calls = TIER_CALLS_PER_MINUTE[tier]
        return self._take((method, ""), per_second=calls / 60, burst=float(calls))

    def _take(self, key: tuple[str, str], *, per_second: float, burst: float) -> int | None:
        now = self._real_time()
        bucket = self._buckets.setdefault(key, Bucket(permits=burst, filled_at=now))
        bucket.permits = min(burst, bucket.permits + (now - bucket.filled_at) * per_second)
        bucket.filled_at = now
        if bucket.permits < 1:
            return max(1, math.ceil((1 - bucket.permits) / per_second))
        bucket.permits -= 1
        return None
