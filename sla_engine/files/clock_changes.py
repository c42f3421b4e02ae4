"""Lint: opening and closing times that a clock change skips or repeats in the next years."""

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


def odd_labels(calendar: Calendar, now: datetime) -> list[str]:
    """One sentence for each opening or closing time that some date does not have, or has twice."""
    sentences: dict[str, str] = {}
    for day in _change_dates(calendar.tz, calendar.local_date(now)):
        for shift in calendar.shifts_on(day):
            for seconds in (shift.opens, shift.closes_after):
                for time, sentence in _odd(calendar, day, seconds):
                    sentences.setdefault(time, sentence)
    return list(sentences.values())


@lru_cache(maxsize=64)
def _change_dates(zone: Zone, first: date) -> tuple[date, ...]:
    """The dates on which the zone's offset changes, and the dates before them, whose night shifts reach into them."""
    last = first + (YEARS_LOOKED_AHEAD * DAYS_A_YEAR + 2) * ONE_DAY
    days = list(dates_between(first, last))
    offsets = [_label(day, 0).replace(tzinfo=zone).utcoffset() for day in days]
    return tuple(day for day, before, after in zip(days, offsets, offsets[2:], strict=False) if before != after)


def _odd(calendar: Calendar, day: date, seconds: int) -> Iterator[tuple[str, str]]:
    label = _label(day, seconds)
    time = format_time_of_day(label.hour * 3600 + label.minute * 60 + label.second)
    shown = resolve(label, calendar.tz).astimezone(calendar.tz).replace(tzinfo=None)
    if shown != label:
        moved = format_time_of_day(shown.hour * 3600 + shown.minute * 60 + shown.second)
        yield (
            time,
            f"{time} does not exist on {label.date()}, when the clocks go forward; it will mean {moved}: {INSTEAD}",
        )
    elif len(occurrences(label, calendar.tz)) > 1:
        yield (
            time,
            f"{time} comes twice on {label.date()}, when the clocks go back; its first occurrence is meant: {INSTEAD}",
        )


def _label(day: date, seconds: int) -> datetime:
    return datetime(day.year, day.month, day.day) + timedelta(seconds=seconds)  # noqa: DTZ001  a wall-clock label
