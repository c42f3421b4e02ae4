"""Limits each person to sixty requests a minute, so that nobody floods the channels or keeps others waiting.

Counted in memory: each process counts for itself, and a restart begins anew. Taking, acknowledging and resolving are
never held up, nor counted (`UNLIMITED`); only somebody who was just turned away as no colleague loses that.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.action_ids import ActionId, ViewId
from bot.errors import TooManyRequests

PER_MINUTE = 60
WINDOW = timedelta(minutes=1)
PEOPLE_REMEMBERED = 1000
"""Above this number, people without a request in the last minute are forgotten."""

UNLIMITED: frozenset[str] = frozenset(
    {
        ActionId.TAKE,
        ActionId.RESOLVE_OPEN,
        ActionId.NUDGE_ACKNOWLEDGE,
        ActionId.NUDGE_PROMISE_OPEN,
        ActionId.NUDGE_STILL_ON_IT,
        ViewId.PROMISE,
        ViewId.RESOLVE,
    }
)
UNLIMITED_WORDS = frozenset({"ack", "resolve", "take"})


@dataclass(slots=True)
class _Count:
    """A person's last minute: the instants of requests, of the last refusal, and of being turned away."""

    asked: deque[datetime] = field(default_factory=deque)
    refused_at: datetime | None = None
    turned_away_at: datetime | None = None


class RequestLimit:
    """Counts each person's requests; instants are real time."""

    def __init__(self, real_clock: Callable[[], datetime]) -> None:
        self.real_clock = real_clock
        self._counts: dict[str, _Count] = {}
        self._lock = threading.Lock()

    def count(self, person: str, *, name: str, text: str = "") -> None:
        """Count a request: of a button or form by its id, of a command (`name` is no id then) by its words.

        Raises: TooManyRequests.
        """
        now = self.real_clock()
        with self._lock:
            count = self._of(person, now)
            if _is_unlimited(name, text) and not _is_recent(count.turned_away_at, now):
                return
            while count.asked and not _is_recent(count.asked[0], now):
                count.asked.popleft()
            if len(count.asked) < PER_MINUTE:
                count.asked.append(now)
                return
            is_first = not _is_recent(count.refused_at, now)
            if is_first:
                count.refused_at = now
        raise TooManyRequests(PER_MINUTE, is_first)

    def turn_away(self, person: str) -> None:
        """Count every request of somebody who is no colleague, for a minute."""
        now = self.real_clock()
        with self._lock:
            self._of(person, now).turned_away_at = now

    def _of(self, person: str, now: datetime) -> _Count:
        if len(self._counts) > PEOPLE_REMEMBERED:
            self._counts = {who: count for who, count in self._counts.items() if _is_in_use(count, now)}
        return self._counts.setdefault(person, _Count())


def _is_unlimited(name: str, text: str) -> bool:
    words = text.split(maxsplit=1)
    return name in UNLIMITED or bool(words and words[0].lower() in UNLIMITED_WORDS)


def _is_in_use(count: _Count, now: datetime) -> bool:
    return bool(count.asked and _is_recent(count.asked[-1], now)) or _is_recent(count.turned_away_at, now)


def _is_recent(at: datetime | None, now: datetime) -> bool:
    return at is not None and now - at < WINDOW
