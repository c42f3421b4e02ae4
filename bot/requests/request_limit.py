"""Sixty requests a person and minute, so that nobody alone floods the channels or keeps everybody else waiting.

Counted in memory: each process counts for itself, and a restart begins anew. Taking, acknowledging and resolving are
never held up, nor counted (`UNLIMITED`); only somebody who was just turned away as no colleague loses that.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.action_ids import ActionId, ViewId
from bot.refusals import TooManyRequests

PER_MINUTE = 60
WINDOW = timedelta(minutes=1)
PEOPLE_REMEMBERED = 1000
"""With more people than that, those who asked for nothing within the last minute are forgotten."""

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
    """One person's last minute: when they asked, when they were last told to wait, when they were turned away."""

    asked: deque[datetime] = field(default_factory=deque)
    told: datetime | None = None
    turned_away: datetime | None = None


class RequestLimit:
    """Counts what each person asks for; instants are real time."""

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
            if _is_unlimited(name, text) and not _is_recent(count.turned_away, now):
                return
            while count.asked and not _is_recent(count.asked[0], now):
                count.asked.popleft()
            if len(count.asked) < PER_MINUTE:
                count.asked.append(now)
                return
            is_first = not _is_recent(count.told, now)
            if is_first:
                count.told = now
        raise TooManyRequests(PER_MINUTE, is_first)

    def turn_away(self, person: str) -> None:
        """Somebody is no colleague: for a minute all they ask for is counted."""
        now = self.real_clock()
        with self._lock:
            self._of(person, now).turned_away = now

    def _of(self, person: str, now: datetime) -> _Count:
        if len(self._counts) > PEOPLE_REMEMBERED:
            self._counts = {who: count for who, count in self._counts.items() if _is_in_use(count, now)}
        return self._counts.setdefault(person, _Count())


def _is_unlimited(name: str, text: str) -> bool:
    words = text.split(maxsplit=1)
    return name in UNLIMITED or bool(words and words[0].lower() in UNLIMITED_WORDS)


def _is_in_use(count: _Count, now: datetime) -> bool:
    return bool(count.asked and _is_recent(count.asked[-1], now)) or _is_recent(count.turned_away, now)


def _is_recent(at: datetime | None, now: datetime) -> bool:
    return at is not None and now - at < WINDOW
