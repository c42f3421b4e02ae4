"""Lint for opening and closing times that daylight saving skips or repeats in the next three years."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache

from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.local_time import Zone, occurrences, resolve
from sla_engine.domain.time.shifts import dates_between, format_time_of_day

YEARS_LOOKED_AHEAD = 3
DAYS_A_YEAR = 366
ONE_DAY = timedelta(days=1)
INSTEAD = "write a time outside the change, or other hours for that date under 'overrides'"


def daylight_saving_warnings(calendar: Calendar, now: datetime) -> list[str]:
    """One sentence for each opening or closing time that some date does not have, or has twice."""
    sentences: dict[str, str] = {}
    for label in _labels_near_changes(calendar, now):
        sentence = _warning(calendar, label)
        if sentence is not None:
            sentences.setdefault(_time(label), sentence)
    return list(sentences.values())


def _labels_near_changes(calendar: Calendar, now: datetime) -> Iterator[datetime]:
    """The wall-clock labels at which the calendar opens and closes around changes of the zone's offset."""
    for day in _change_dates(calendar.tz, calendar.local_date(now)):
        for shift in calendar.shifts_on(day):
            yield _label(day, shift.opens)
            yield _label(day, shift.closes_after)


@lru_cache(maxsize=64)
def _change_dates(zone: Zone, first: date) -> tuple[date, ...]:
    """The dates on which the zone's offset changes, and the dates before them, whose night shifts reach into them."""
    last = first + (YEARS_LOOKED_AHEAD * DAYS_A_YEAR + 2) * ONE_DAY
    days = list(dates_between(first, last))
    offsets = [_label(day, 0).replace(tzinfo=zone).utcoffset() for day in days]
    return tuple(day for day, before, after in zip(days, offsets, offsets[2:], strict=False) if before != after)


def _warning(calendar: Calendar, label: datetime) -> str | None:
    time = _time(label)
    shown = resolve(label, calendar.tz).astimezone(calendar.tz).replace(tzinfo=None)
    if shown != label:
        means = f"it will mean {_time(shown)}: {INSTEAD}"
        return f"{time} does not exist on {label.date()}, when the clocks go forward; {means}"
    if len(occurrences(label, calendar.tz)) > 1:
        return (
            f"{time} comes twice on {label.date()}, when the clocks go back; its first occurrence is meant: {INSTEAD}"
        )
    return None


def _time(label: datetime) -> str:
    return format_time_of_day(label.hour * 3600 + label.minute * 60 + label.second)


def _label(day: date, seconds: int) -> datetime:
    return datetime(day.year, day.month, day.day) + timedelta(seconds=seconds)  # noqa: DTZ001  a wall-clock label
