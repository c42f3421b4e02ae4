"""Durations as people read and write them: in files, after `/sla`, in messages and on the terminal."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from sla_engine.domain.time.errors import DayIsAmbiguous, UnreadableDuration

EXAMPLES = "30m, 4h, 1h30m or 90s"
EXAMPLES_WITH_DAYS = "30m, 4h, 1h30m, 90s or 2 business_days"
WINDOW_EXAMPLES = "30d, 2w or 12h"
NO_TIME = timedelta()
SECOND = timedelta(seconds=1)
LONGEST = timedelta(days=366)
MOST_BUSINESS_DAYS = 260

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_DAYS_FROM = 4  # up to there hours are easier to compare with targets

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
_HOURS_AND_MINUTES = re.compile(r"([0-9]{1,6}\s*h)\s*([0-9]{1,2})")
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
        return exact(self.time)


def exact(length: timedelta) -> str:
    """Write a duration to the second, in units that can be read back: `1h30m`, `48h`, `0s`, `-5m`."""
    minutes, seconds = divmod(abs(length) // SECOND, 60)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if length <= -SECOND else ""
    parts = ((hours, "h"), (minutes, "m"), (seconds, "s"))
    return sign + ("".join(f"{count}{unit}" for count, unit in parts if count) or "0s")


def short(length: timedelta) -> str:
    """Write a duration to the minute: `45 m`, `1 h 25 m`, from four days on `4 d 4 h`; under a minute in seconds.

    A negative one has a minus sign.
    """
    seconds = abs(length) // SECOND
    sign = "−" if length <= -SECOND else ""
    if seconds < _MINUTE:
        return f"{sign}{seconds} s"
    days, hours, minutes = seconds // _DAY, seconds // _HOUR, seconds // _MINUTE
    if days >= _DAYS_FROM:
        parts = ((days, "d"), (hours - days * 24, "h"))
    else:
        parts = ((hours, "h"), (minutes - hours * 60, "m"))
    return sign + " ".join(f"{count} {unit}" for count, unit in parts if count)


def in_business_days(length: timedelta, day: timedelta | None, *, write: Callable[[timedelta], str] = short) -> str:
    """Write open time in business days of this length: `5 business days`, `1 business day 3 h`, `−2 business days`.

    Without a `day`, and for less than one, it is written by `write`.
    """
    if day is None or abs(length) < day:
        return write(length)
    days, rest = divmod(abs(length), day)
    sign = "−" if length < NO_TIME else ""
    counted = f"{sign}{days} business day{'s' if days > 1 else ''}"
    return f"{counted} {write(rest)}" if rest >= SECOND else counted


def read_duration(text: str) -> WrittenDuration:
    """Read a duration in hours, minutes and seconds or in business days, more than nothing and at most a year.

    Raises: DayIsAmbiguous, UnreadableDuration.
    """
    business_days = _BUSINESS_DAYS.fullmatch(text.strip().lower())
    if business_days is not None:
        return _whole_business_days(text, int(business_days[1]))
    return WrittenDuration(time=read_time(text))


def read_time(text: str) -> timedelta:
    """Read a duration in hours, minutes and seconds, more than nothing and at most a year.

    Raises: DayIsAmbiguous for days and weeks, which could be business days or 24 hours each;
    UnreadableDuration for anything else.
    """
    parts = _parts(text, text.strip().lower())
    if {"d", "w"} & parts.keys():
        raise DayIsAmbiguous(text.strip())
    return _bounded(text, parts)


def read_window(text: str) -> timedelta:
    """Read plain calendar time such as `30d`, where a day is 24 hours: for windows, never for targets.

    Raises: UnreadableDuration.
    """
    return _bounded(text, _parts(text, text.strip().lower()))


def _whole_business_days(text: str, count: int) -> WrittenDuration:
    if not 0 < count <= MOST_BUSINESS_DAYS:
        raise UnreadableDuration(text)
    return WrittenDuration(business_days=count)


def _parts(text: str, words: str) -> dict[str, int]:
    """Parse the count of each unit, biggest unit first and each at most once."""
    counts: dict[str, int] = {}
    position = 0
    words = _HOURS_AND_MINUTES.sub(r"\1\2m", words) if _HOURS_AND_MINUTES.fullmatch(words) else words
    for match in _PART.finditer(words):
        unit = _LONG_UNITS.get(match[2], match[2])
        if match.start() != position or unit not in _UNITS or not _is_smaller(unit, counts):
            raise UnreadableDuration(text)
        counts[unit] = int(match[1])
        position = match.end()
    if position != len(words) or not counts:
        raise UnreadableDuration(text)
    return counts


def _is_smaller(unit: str, others: Iterable[str]) -> bool:
    return all(_UNITS[unit] < _UNITS[other] for other in others)


def _bounded(text: str, parts: dict[str, int]) -> timedelta:
    total = sum((count * _UNITS[unit] for unit, count in parts.items()), NO_TIME)
    if not NO_TIME < total <= LONGEST:
        raise UnreadableDuration(text)
    return total
