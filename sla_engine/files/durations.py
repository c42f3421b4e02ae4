"""Durations as people write them: `30m`, `4h`, `1h30m`, `90s`, `2 business_days`; and plain days for windows."""

import re
from dataclasses import dataclass
from datetime import timedelta

from sla_engine.domain.errors import DayIsAmbiguous, UnreadableDuration

EXAMPLES = "30m, 4h, 1h30m, 90s or 2 business_days"
WINDOW_EXAMPLES = "30d, 2w or 12h"
NO_TIME = timedelta()
LONGEST = timedelta(days=366)
MOST_BUSINESS_DAYS = 260

_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_LONG_UNITS = {
    "sec": "s", "secs": "s", "second": "s", "seconds": "s",
    "min": "m", "mins": "m", "minute": "m", "minutes": "m",
    "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
    "day": "d", "days": "d", "week": "w", "weeks": "w",
}  # fmt: skip
_PART = re.compile(r"([0-9]{1,6})\s*([a-z]+)\s*")
_BUSINESS_DAYS = re.compile(r"([0-9]{1,4})\s*business[_ ]days?")


@dataclass(frozen=True, slots=True)
class WrittenDuration:
    """A duration before a calendar says how long its business day is: either time or business days."""

    time: timedelta = NO_TIME
    business_days: int = 0

    def on(self, business_day: timedelta | None) -> timedelta | None:
        """The open time meant where a business day is this long; None when that is needed and not declared."""
        if not self.business_days:
            return self.time
        return None if business_day is None else self.business_days * business_day

    def __str__(self) -> str:
        if self.business_days:
            return f"{self.business_days} business_day{'s' if self.business_days > 1 else ''}"
        return written(self.time)


def written(duration: timedelta) -> str:
    """The shortest way to write a duration of whole seconds: `1h30m`, `48h`, `90m` is `1h30m`."""
    minutes, seconds = divmod(duration // timedelta(seconds=1), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "m"), (seconds, "s"))
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0s"


def read_duration(text: str) -> WrittenDuration:
    """What somebody wrote as a duration, more than nothing and at most a year.

    Raises: DayIsAmbiguous for days and weeks, which could be business days or 24 hours each;
    UnreadableDuration for anything else.
    """
    words = text.strip().lower()
    business_days = _BUSINESS_DAYS.fullmatch(words)
    if business_days is not None:
        return _whole_business_days(text, int(business_days[1]))
    parts = _parts(text, words)
    if {"d", "w"} & parts.keys():
        raise DayIsAmbiguous(text)
    return WrittenDuration(time=_bounded(text, parts))


def read_window(text: str) -> timedelta:
    """A stretch of plain calendar time such as `30d`, where a day is 24 hours: for windows, never for targets.

    Raises: UnreadableDuration.
    """
    return _bounded(text, _parts(text, text.strip().lower()))


def _whole_business_days(text: str, count: int) -> WrittenDuration:
    if not 0 < count <= MOST_BUSINESS_DAYS:
        raise UnreadableDuration(text)
    return WrittenDuration(business_days=count)


def _parts(text: str, words: str) -> dict[str, int]:
    """How much of each unit, biggest unit first and each at most once."""
    found: dict[str, int] = {}
    position = 0
    for match in _PART.finditer(words):
        unit = _LONG_UNITS.get(match[2], match[2])
        if match.start() != position or unit not in _UNITS or not _goes_down(found, unit):
            raise UnreadableDuration(text)
        found[unit] = int(match[1])
        position = match.end()
    if position != len(words) or not found:
        raise UnreadableDuration(text)
    return found


def _goes_down(found: dict[str, int], unit: str) -> bool:
    return all(_UNITS[unit] < _UNITS[earlier] for earlier in found)


def _bounded(text: str, parts: dict[str, int]) -> timedelta:
    total = sum((count * _UNITS[unit] for unit, count in parts.items()), NO_TIME)
    if not NO_TIME < total <= LONGEST:
        raise UnreadableDuration(text)
    return total
