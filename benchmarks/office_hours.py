"""The calendars that are asked, and the questions."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sla_engine.domain.time.calendar import Calendar, Closure

WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Santiago")
HORIZONS = (4, 40, 400, 4000)  # hours of open time
YEAR = datetime(2026, 1, 1, tzinfo=UTC)
SEED = 20260101

OFFICE = Calendar.weekly("Europe/Berlin", dict.fromkeys(WORKDAYS, ("09:00-17:00",)), name="office")
CALENDARS: Mapping[str, Calendar] = {
    "office": OFFICE,
    "split shifts, holidays": Calendar.weekly(
        "America/New_York",
        dict.fromkeys(WORKDAYS, ("08:00-12:00", "13:00-17:30")),
        closures=tuple(Closure(date(2026, month, 4 + month)) for month in range(1, 13)),
        name="split shifts",
    ),
    "nights": Calendar.weekly("Australia/Lord_Howe", dict.fromkeys(WORKDAYS, ("22:00-06:00",)), name="nights"),
    "24x7": Calendar.always_open("Europe/Berlin", name="24x7"),
}


def starts(count: int) -> list[datetime]:
    """Random instants of a year, within hours and outside; the same ones in every run."""
    chosen = random.Random(SEED)
    return [YEAR + timedelta(microseconds=chosen.randrange(365 * 86_400_000_000)) for _ in range(count)]


SHIFTS = (("09:00-17:00",), ("08:00-12:00", "13:00-17:30"), ("22:00-06:00",))


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomersHours:
    """One customer's hours in a form for any package: shifts on workdays, or round the clock."""

    number: int
    zone: str
    shifts: tuple[str, ...]
    holidays: tuple[date, ...]
    always: bool

    def calendar(self) -> Calendar:
        """The hours as one of our calendars."""
        name = f"customer {self.number}"
        if self.always:
            return Calendar.always_open(self.zone, name=name)
        closures = tuple(Closure(day) for day in self.holidays)
        return Calendar.weekly(self.zone, dict.fromkeys(WORKDAYS, self.shifts), closures=closures, name=name)


def fifty_customers() -> Sequence[CustomersHours]:
    """Fifty customers in five zones: office hours, split shifts, nights, and one in ten round the clock."""
    return [
        CustomersHours(
            number=number,
            zone=ZONES[number % len(ZONES)],
            shifts=SHIFTS[number % len(SHIFTS)],
            holidays=tuple(date(2026, month, 1 + number % 25) for month in range(1, 13)),
            always=number % 10 == 9,
        )
        for number in range(50)
    ]
