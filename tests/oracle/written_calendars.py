"""Calendars as somebody writes them down, wherever the wall clock is known to be awkward.

Nothing here knows how open time is counted: `minute_count` reads these for the independent count, `written_forms`
turns them into calendars of the engine and of a peer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WORKDAYS = WEEKDAYS[:5]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenClosure:
    """A closed date, or the part of it between two times; `whole_shifts` closes the shifts that start on it."""

    day: date
    part: str = "00:00-24:00"
    whole_shifts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenCalendar:
    """Weekly hours such as `{"mon": ("09:00-17:00",)}` in one zone, judged from one year to another, both included.

    `always` stands for round the clock, without naming any hours.
    """

    name: str
    zone: str
    years: tuple[int, int]
    week: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    closures: tuple[WrittenClosure, ...] = ()
    overrides: Mapping[date, tuple[str, ...]] = field(default_factory=dict)
    always: bool = False

    def shifts_on(self, day: date) -> tuple[str, ...]:
        """What is written for a date: its override, else the hours of its weekday."""
        if day in self.overrides:
            return self.overrides[day]
        return ("00:00-24:00",) if self.always else self.week.get(WEEKDAYS[day.weekday()], ())


def every_day(*shifts: str) -> Mapping[str, tuple[str, ...]]:
    """The same hours on all seven days."""
    return dict.fromkeys(WEEKDAYS, shifts)


def on_workdays(*shifts: str) -> Mapping[str, tuple[str, ...]]:
    """The same hours from Monday to Friday."""
    return dict.fromkeys(WORKDAYS, shifts)


def closed(*days: str) -> tuple[WrittenClosure, ...]:
    """Whole dates, written `2026-12-25`."""
    return tuple(WrittenClosure(day=date.fromisoformat(day)) for day in days)


def yearly(years: Iterable[int], *days: str) -> tuple[WrittenClosure, ...]:
    """The dates `12-25` of each year."""
    return closed(*(f"{year}-{day}" for year in years for day in days))


def nights_off(*days: str) -> tuple[WrittenClosure, ...]:
    """Whole shifts that start on these dates."""
    return tuple(WrittenClosure(day=date.fromisoformat(day), whole_shifts=True) for day in days)


def partly(day: str, part: str) -> WrittenClosure:
    """Part of one date."""
    return WrittenClosure(day=date.fromisoformat(day), part=part)


CALENDARS = (
    WrittenCalendar(
        name="Berlin office hours",
        zone="Europe/Berlin",
        years=(2024, 2027),
        week=on_workdays("09:00-17:00"),
        closures=yearly(range(2024, 2028), "01-01", "05-01", "10-03", "12-25", "12-26"),
    ),
    WrittenCalendar(
        name="Berlin edges inside the gap and the repeated hour",
        zone="Europe/Berlin",
        years=(2024, 2027),
        week={
            **every_day("01:00-02:30"),
            "sat": ("22:00-02:15", "23:00-02:45"),
            "sun": ("02:10-02:20", "02:30-03:15", "02:50-05:00", "12:00-02:30"),
            "mon": ("02:30-02:31",),
        },
    ),
    WrittenCalendar(
        name="Berlin, every part closed or overridden where the clocks change",
        zone="Europe/Berlin",
        years=(2025, 2026),
        week=every_day("00:00-24:00"),
        closures=(
            partly("2025-03-30", "02:30-04:00"),
            partly("2025-10-26", "02:30-02:45"),
            partly("2026-03-29", "01:00-02:30"),
            partly("2026-10-24", "23:00-02:30"),
            *closed("2026-10-25"),
        ),
        overrides={date(2025, 10, 25): ("20:00-02:30",), date(2026, 3, 28): ("22:00-03:00",), date(2026, 6, 1): ()},
    ),
    WrittenCalendar(
        name="New York nights",
        zone="America/New_York",
        years=(2024, 2027),
        week=every_day("22:00-06:00"),
        closures=closed("2025-12-25", "2026-03-08", "2026-11-01", "2026-12-31", "2027-01-01"),
    ),
    WrittenCalendar(
        name="New York, nights closed whole",
        zone="America/New_York",
        years=(2024, 2027),
        week=every_day("22:00-06:00"),
        closures=(
            *nights_off("2025-12-24", "2025-12-31", "2026-03-07", "2026-03-08", "2026-10-31", "2026-11-01"),
            *closed("2026-07-04"),
        ),
        overrides={date(2026, 7, 3): ("12:00-12:00",), date(2026, 7, 5): ("18:00-22:00", "23:30-01:30")},
    ),
    WrittenCalendar(
        name="New York, split shifts",
        zone="America/New_York",
        years=(2024, 2027),
        week={**on_workdays("08:00-12:00", "13:00-17:30"), "sat": ("09:00-09:01", "10:00-13:00")},
        closures=(
            *yearly(range(2024, 2028), "01-01", "07-04", "12-25"),
            partly("2025-12-24", "12:00-24:00"),
            partly("2026-11-27", "11:00-13:30"),
        ),
    ),
    WrittenCalendar(
        name="Santiago, the gap at midnight",
        zone="America/Santiago",
        years=(2024, 2027),
        week={**every_day("00:30-08:00", "23:30-00:15"), "sat": ("20:00-24:00",), "sun": ("00:00-24:00",)},
        closures=closed("2024-09-08", "2026-04-04", "2026-09-05"),
    ),
    WrittenCalendar(
        name="São Paulo, 24:00 into the gap",
        zone="America/Sao_Paulo",
        years=(2015, 2019),
        week=every_day("00:00-00:30", "12:00-24:00"),
        closures=(partly("2015-10-18", "00:00-00:15"), *closed("2017-02-18", "2018-11-04")),
    ),
    WrittenCalendar(
        name="Lord Howe, half an hour",
        zone="Australia/Lord_Howe",
        years=(2024, 2027),
        week={**every_day("01:45-02:15", "22:00-02:20"), "wed": ("08:00-16:00",)},
        closures=closed("2026-10-04"),
    ),
    WrittenCalendar(
        name="Kolkata",
        zone="Asia/Kolkata",
        years=(2024, 2027),
        week=on_workdays("09:30-18:00"),
        closures=yearly(range(2024, 2028), "01-26", "08-15", "10-02"),
    ),
    WrittenCalendar(
        name="Casablanca, Ramadan",
        zone="Africa/Casablanca",
        years=(2023, 2027),
        week={**every_day("02:30-03:30", "08:30-16:30"), "sun": ("02:00-03:00",), "sat": ("21:00-02:15",)},
    ),
    WrittenCalendar(name="round the clock", zone="America/New_York", years=(2024, 2027), always=True),
    WrittenCalendar(
        name="round the clock, with closures",
        zone="America/Los_Angeles",
        years=(2024, 2027),
        always=True,
        closures=(*closed("2025-12-25", "2026-03-08", "2026-11-01"), partly("2026-12-31", "18:00-24:00")),
        overrides={date(2026, 7, 4): ("10:00-12:00",), date(2026, 7, 5): ("22:00-04:00",)},
    ),
    WrittenCalendar(
        name="Apia, the date that never was",
        zone="Pacific/Apia",
        years=(2011, 2012),
        week={
            **every_day("09:00-17:00"),
            "thu": ("08:00-12:00", "22:00-06:00"),
            "fri": ("00:00-24:00", "22:00-10:00"),
        },
        closures=(*closed("2011-12-30"), partly("2011-12-31", "10:00-11:00"), partly("2011-12-29", "23:00-02:00")),
        overrides={date(2012, 4, 1): ("02:00-05:00",), date(2012, 9, 30): ("02:30-04:00",)},
    ),
    WrittenCalendar(
        name="Kwajalein, the date that never was",
        zone="Pacific/Kwajalein",
        years=(1993, 1994),
        week={**every_day("06:00-14:00"), "fri": ("20:00-08:00",), "sat": ("12:00-18:00", "23:00-01:00")},
    ),
    WrittenCalendar(
        name="Chatham, three quarters of an hour",
        zone="Pacific/Chatham",
        years=(2024, 2027),
        week=every_day("02:50-03:40", "20:45-02:46"),
        closures=closed("2025-04-06", "2026-09-27"),
    ),
    WrittenCalendar(
        name="London, partial closures and overrides",
        zone="Europe/London",
        years=(2024, 2027),
        week=on_workdays("08:30-17:30"),
        closures=(
            *yearly(range(2024, 2028), "12-25", "12-26"),
            *(partly(f"{year}-12-24", "12:00-24:00") for year in range(2024, 2028)),
            *(partly(f"{year}-12-31", "15:00-09:00") for year in range(2024, 2028)),
            partly("2026-05-04", "09:00-09:01"),
            partly("2026-05-04", "09:01-10:00"),
        ),
        overrides={
            date(2026, 5, 9): ("10:00-14:00",),
            date(2026, 5, 10): ("00:00-24:00",),
            date(2026, 5, 11): ("16:00-02:00",),
            date(2026, 12, 26): ("10:00-14:00",),
        },
    ),
    WrittenCalendar(
        name="Dublin, overlapping shifts",
        zone="Europe/Dublin",
        years=(2024, 2027),
        week={**on_workdays("08:00-12:00", "11:00-12:00", "11:30-18:00"), "sun": ("20:00-08:00", "22:00-09:00")},
        closures=closed("2025-03-17", "2026-03-17", "2026-03-30"),
    ),
    WrittenCalendar(
        name="St John's, one minute past midnight",
        zone="America/St_Johns",
        years=(2005, 2012),
        week=every_day("00:00-00:01", "00:30-08:00", "23:00-24:00"),
        closures=closed("2006-10-29", "2007-03-11", "2011-11-06"),
    ),
    WrittenCalendar(
        name="Tehran",
        zone="Asia/Tehran",
        years=(2015, 2023),
        week=dict.fromkeys(("sat", "sun", "mon", "tue", "wed"), ("00:15-04:00", "08:00-16:00")),
        closures=closed("2016-03-21", "2022-09-21"),
    ),
    WrittenCalendar(
        name="Cairo, Friday midnight",
        zone="Africa/Cairo",
        years=(2022, 2026),
        week=every_day("00:00-02:00", "18:00-24:00"),
        closures=(partly("2023-04-28", "00:30-01:30"), *closed("2024-10-31")),
    ),
    WrittenCalendar(
        name="Troll, two hours",
        zone="Antarctica/Troll",
        years=(2024, 2027),
        week=every_day("01:30-02:30", "02:45-04:00", "21:00-01:15"),
    ),
    WrittenCalendar(
        name="Nuuk, Saturday evening",
        zone="America/Nuuk",
        years=(2022, 2026),
        week={**on_workdays("09:00-17:00"), "sat": ("21:30-22:30", "23:34-01:00"), "sun": ("02:00-02:45",)},
    ),
    WrittenCalendar(
        name="Pyongyang and half an hour at once",
        zone="Asia/Pyongyang",
        years=(2014, 2019),
        week=every_day("23:15-23:45", "23:50-00:10", "06:00-12:00"),
        closures=closed("2015-08-15", "2018-05-05"),
    ),
    WrittenCalendar(
        name="Honolulu, a shift over the turn of the year",
        zone="Pacific/Honolulu",
        years=(2024, 2027),
        week={"tue": ("20:00-19:00",), "wed": ("20:00-20:00",), "fri": ("00:00-24:00", "23:00-23:00")},
    ),
    WrittenCalendar(
        name="Kiritimati, the first to see a year",
        zone="Pacific/Kiritimati",
        years=(2024, 2027),
        week=every_day("23:00-01:00", "10:00-14:00"),
        closures=yearly(range(2024, 2028), "01-01", "12-31"),
    ),
    WrittenCalendar(
        name="one minute a week",
        zone="Asia/Kathmandu",
        years=(2020, 2029),
        week={"sun": ("23:59-24:00",)},
    ),
)
