"""Reads weeks and months as people write them: `last week`, `w49`, `this month`, `november`, `2026-W12`.

Pure: the zone and the present come in.
"""

import re
from datetime import datetime

from sla_engine.domain.time.errors import PeriodNotBegun, UnknownPeriod, UnknownWeek
from sla_engine.domain.time.local_time import local_day
from sla_engine.domain.time.months import MONTHS, Month
from sla_engine.domain.time.periods import Period
from sla_engine.domain.time.weeks import Week, last_week_of

YEARS_BACK = 8
"""Every eight years in a row have a week 53 among them."""
_BACK = {"this": 0, "last": 1}
_WEEK = re.compile(r"(?:week )?w?([0-9]{1,2})")
_MONTH_OF_YEAR = re.compile(r"((?:19|20|21)[0-9][0-9])-([0-9]{2})")
_NAMED_MONTH = re.compile(r"([a-z]{3,9})\.?(?: ((?:19|20|21)[0-9][0-9]))?")


def period(text: str, *, zone: str, now: datetime) -> Period:
    """The week or month meant; one without a year is the last of its name that has begun.

    Raises: UnknownPeriod, UnknownWeek, PeriodNotBegun.
    """
    written = " ".join(text.lower().split())
    meant = _relative(written, zone=zone, now=now) or _week(written, zone=zone, now=now)
    meant = meant or _month(written, zone=zone, now=now)
    if meant is None:
        raise UnknownPeriod(text)
    begins = meant.span(zone=zone)[0]
    if begins > now:
        raise PeriodNotBegun(meant.name, local_day(begins, zone=zone))
    return meant


def _relative(written: str, *, zone: str, now: datetime) -> Period | None:
    which, _, unit = written.partition(" ")
    if which not in _BACK or unit not in ("week", "month"):
        return None
    present: Period = Week.of(now, zone=zone) if unit == "week" else Month.of(now, zone=zone)
    return present.before(_BACK[which])


def _week(written: str, *, zone: str, now: datetime) -> Week | None:
    if "-w" in written:
        return Week.parse(written)
    numbered = _WEEK.fullmatch(written)
    if numbered is None:
        return None
    number, present = int(numbered[1]), Week.of(now, zone=zone)
    years = range(present.year, present.year - YEARS_BACK, -1)
    begun = (year for year in years if number <= last_week_of(year) and Week(year, number) <= present)
    year = next(begun, None)
    if number < 1 or year is None:
        raise UnknownWeek(written)
    return Week(year, number)


def _month(written: str, *, zone: str, now: datetime) -> Month | None:
    dated = _MONTH_OF_YEAR.fullmatch(written)
    if dated is not None:
        return Month(int(dated[1]), int(dated[2])) if 1 <= int(dated[2]) <= len(MONTHS) else None
    named = _NAMED_MONTH.fullmatch(written)
    numbers = [number for number, name in enumerate(MONTHS, start=1) if named and name.startswith(named[1])]
    if named is None or len(numbers) != 1:
        return None
    present = Month.of(now, zone=zone)
    if named[2] is not None:
        return Month(int(named[2]), numbers[0])
    month = Month(present.year, numbers[0])
    return month if month <= present else Month(present.year - 1, numbers[0])
