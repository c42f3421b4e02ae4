"""Calendars that nobody would write, in zones and years in which the wall clock was moved in every way known."""

import random
from collections.abc import Mapping
from datetime import date, timedelta

from tests.oracle.written_calendars import WEEKDAYS, WrittenCalendar, WrittenClosure

ZONES: Mapping[str, tuple[int, int]] = {
    "Africa/Cairo": (2023, 2024),
    "Africa/Casablanca": (2025, 2026),
    "America/Caracas": (2007, 2008),
    "America/Havana": (2025, 2026),
    "America/Los_Angeles": (2025, 2026),
    "America/New_York": (2025, 2026),
    "America/Nuuk": (2023, 2024),
    "America/Santiago": (2025, 2026),
    "America/Sao_Paulo": (2016, 2017),
    "America/Scoresbysund": (2023, 2024),
    "America/St_Johns": (2006, 2007),
    "Antarctica/Troll": (2025, 2026),
    "Asia/Amman": (2021, 2022),
    "Asia/Gaza": (2014, 2015),
    "Asia/Kathmandu": (2025, 2026),
    "Asia/Pyongyang": (2018, 2019),
    "Asia/Tehran": (2016, 2017),
    "Australia/Eucla": (2008, 2009),
    "Australia/Lord_Howe": (2025, 2026),
    "Europe/Berlin": (2025, 2026),
    "Europe/Dublin": (2025, 2026),
    "Europe/Istanbul": (2015, 2016),
    "Europe/Volgograd": (2018, 2020),
    "Pacific/Apia": (2011, 2012),
    "Pacific/Chatham": (2025, 2026),
    "Pacific/Fakaofo": (2011, 2012),
    "Pacific/Kwajalein": (1993, 1994),
    "Pacific/Norfolk": (2025, 2026),
}
NIGHT_MINUTES = 4 * 60  # where wall clocks are moved


def random_calendar(draw: random.Random, *, zone: str, plain: bool) -> WrittenCalendar:
    """A calendar of up to three shifts a day; a plain one has whole dates closed and nothing else that is special."""
    years = ZONES[zone]
    days = [_some_date(draw, years) for _ in range(12)]
    closures = tuple(WrittenClosure(day=day) for day in days[:4])
    if not plain:
        closures += tuple(WrittenClosure(day=day, whole_shifts=True) for day in days[4:6])
        closures += tuple(WrittenClosure(day=day, part=_part(draw)) for day in days[6:9])
    week = {day: tuple(_part(draw) for _ in range(draw.choice((0, 1, 1, 2, 3)))) for day in WEEKDAYS}
    return WrittenCalendar(
        name=f"random hours in {zone}",
        zone=zone,
        years=years,
        week={**week, "wed": (*week["wed"], "10:00-11:00")},  # a week without hours asks nothing
        closures=closures,
        overrides={} if plain else {day: (_part(draw),) for day in days[9:]},
    )


def _some_date(draw: random.Random, years: tuple[int, int]) -> date:
    days = (date(years[1], 12, 31) - date(years[0], 1, 1)).days
    return date(years[0], 1, 1) + timedelta(days=draw.randint(0, days))


def _part(draw: random.Random) -> str:
    opens = draw.choice((draw.randrange(24 * 60), draw.randrange(NIGHT_MINUTES)))
    closes = draw.choice((24 * 60, draw.randrange(24 * 60), draw.randrange(NIGHT_MINUTES)))
    return f"{_time(opens)}-{_time(closes)}"


def _time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
