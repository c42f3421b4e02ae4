"""Times as somebody says them on the phone, in the listener's zone: `9:02`, `1:02 this afternoon`, `Tuesday`."""

from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.time.local_time import local_time

NOON, EVENING, NIGHT = 12, 17, 21
DAYS_OF_A_WEEK = 7
_NAMED_DAYS = {-1: "yesterday", 1: "tomorrow"}


@dataclass(frozen=True, slots=True)
class SpokenTimes:
    """Says instants (UTC) as a listener in `zone` understands them at `now`."""

    zone: str
    now: datetime

    @property
    def clock(self) -> str:
        """What a clock on the listener's wall shows: `10:41`."""
        return f"{self._there(self.now):%H:%M}"

    def time(self, at: datetime) -> str:
        """A time after `since` or `by`; today's names the part of the day only where it is another half than now."""
        there, today = self._there(at), self._there(self.now)
        if there.date() != today.date():
            return f"{_day(there, today)} at {_with_part_of_day(there)}"
        is_same_half = (there.hour < NOON) == (today.hour < NOON)
        return _dial(there) if is_same_half else _on_this_day(there)

    def when(self, at: datetime) -> str:
        """The answer to *when?*: `at 10:05`, `yesterday at 4:15 in the afternoon`, `on Tuesday at noon`."""
        days = (self._there(at).date() - self._there(self.now).date()).days
        if days == 0:
            return f"at {self.time(at)}"
        return self.time(at) if days in _NAMED_DAYS else f"on {self.time(at)}"

    def day(self, at: datetime) -> str:
        """A day after `since`; the time of one that is today."""
        there, today = self._there(at), self._there(self.now)
        return self.time(at) if there.date() == today.date() else _day(there, today)

    def _there(self, at: datetime) -> datetime:
        return local_time(at, zone=self.zone)


def _day(there: datetime, today: datetime) -> str:
    days = (there.date() - today.date()).days
    if days in _NAMED_DAYS:
        return _NAMED_DAYS[days]
    if abs(days) < DAYS_OF_A_WEEK:
        return f"{there:%A}"
    year = "" if there.year == today.year else f" {there.year}"
    return f"{there.day} {there:%B}{year}"


def _is_noon(there: datetime) -> bool:
    return (there.hour, there.minute) == (NOON, 0)


def _dial(there: datetime) -> str:
    return "noon" if _is_noon(there) else f"{there.hour % 12 or 12}:{there.minute:02d}"


def _on_this_day(there: datetime) -> str:
    if _is_noon(there):
        return "noon"
    return f"{_dial(there)} tonight" if there.hour >= NIGHT else f"{_dial(there)} this {_part(there)}"


def _with_part_of_day(there: datetime) -> str:
    if _is_noon(there):
        return "noon"
    return f"{_dial(there)} at night" if there.hour >= NIGHT else f"{_dial(there)} in the {_part(there)}"


def _part(there: datetime) -> str:
    if there.hour < NOON:
        return "morning"
    return "afternoon" if there.hour < EVENING else "evening"
