"""Shifts as people write them: a pair of wall-clock labels on a local date, and the real time that they cover."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sla_engine.domain.time.local_time import Zone, date_exists, resolve
from sla_engine.domain.time.spans import Span, union

DAY_SECONDS = 24 * 3600
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LAST_LOCAL_DATE = date.max - timedelta(days=2)  # the labels of its night shift can still be written down

_TIME_OF_DAY = re.compile(r"([0-9]{1,2}):([0-5][0-9])(?::([0-5][0-9]))?")
_LABEL = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T](\S+)")


def parse_time_of_day(text: str) -> int:
    """Seconds from local midnight for `9:00`, `17:30`, `08:15:30` or `24:00`.

    Raises: ValueError when the text is no time of day.
    """
    match = _TIME_OF_DAY.fullmatch(text.strip())
    if match is None:
        message = f"{text!r} is not a time of day such as 09:00 or 24:00"
        raise ValueError(message)
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    total = hours * 3600 + minutes * 60 + seconds
    if total > DAY_SECONDS:
        message = f"{text!r} is not a time of day: it must lie between 00:00 and 24:00"
        raise ValueError(message)
    return total


def format_time_of_day(seconds: int) -> str:
    """`09:00` for 32,400 seconds from midnight; seconds are written only where there are any."""
    minutes, rest = divmod(seconds, 60)
    text = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{rest:02}" if rest else text


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """One opening on a local date, `[opens, closes)`, in seconds from that date's midnight (0 to 24:00).

    A shift that closes at or before its opening ends on the next day, so equal edges are 24 hours.
    Raises: ValueError when an edge lies outside the day.
    """

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not (0 <= self.opens < DAY_SECONDS and 0 <= self.closes <= DAY_SECONDS):
            message = f"a shift opens from 00:00 up to 23:59:59 and closes by 24:00, got {self}"
            raise ValueError(message)

    def __str__(self) -> str:
        return f"{format_time_of_day(self.opens)}-{format_time_of_day(self.closes)}"

    @classmethod
    def parse(cls, text: str) -> "Shift":
        """The shift written as `22:00-06:00`.

        Raises: ValueError when the text is no such pair.
        """
        opens, dash, closes = text.partition("-")
        if not dash:
            message = f"{text!r} is not a shift such as 09:00-17:00"
            raise ValueError(message)
        return cls.of(opens, closes)

    @classmethod
    def of(cls, opens: str, closes: str) -> "Shift":
        """The shift between two times of day, such as `of("22:00", "06:00")`.

        Raises: ValueError when either is no time of day, or the shift would open at 24:00.
        """
        return cls(parse_time_of_day(opens), parse_time_of_day(closes))

    @property
    def closes_after(self) -> int:
        """Seconds from the midnight of the opening date to the closing; beyond 24:00 for a night shift."""
        return self.closes if self.closes > self.opens else self.closes + DAY_SECONDS


WHOLE_DAY = Shift(0, DAY_SECONDS)


def resolve_label(text: str, zone: Zone) -> datetime:
    """The instant of a label such as `2015-10-17 24:00`, which is the next day's midnight.

    Raises: ValueError when the text is no date and time of day.
    """
    match = _LABEL.fullmatch(text.strip())
    if match is None:
        message = f"{text!r} is not a local time such as 2026-03-29 02:30"
        raise ValueError(message)
    midnight = datetime.fromisoformat(match[1])
    return resolve(midnight + timedelta(seconds=parse_time_of_day(match[2])), zone)


def spans_on(day: date, shifts: Iterable[Shift], zone: Zone) -> list[Span]:
    """The real time that shifts starting on a local date cover, joined where they touch or overlap.

    A shift whose edges fall together in a gap is dropped, and a date that never was has none.
    """
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001  a wall-clock label has no zone yet
    spans: list[Span] = []
    for shift in shifts:
        opens = resolve(midnight + timedelta(seconds=shift.opens), zone)
        closes = resolve(midnight + timedelta(seconds=shift.closes_after), zone)
        if opens < closes:
            spans.append(Span(opens, closes))
    return union(spans) if spans and date_exists(day, zone) else []


def dates_between(first: date, last: date) -> Iterable[date]:
    """Every date from first to last, both included."""
    return (date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1))
