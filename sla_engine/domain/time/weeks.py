"""ISO weeks in a zone, as spans of UTC."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sla_engine.domain.time.errors import UnknownWeek
from sla_engine.domain.time.local_time import local_day, local_hour

_WRITTEN = re.compile(r"((?:19|20|21)[0-9][0-9])-W([0-9][0-9])")
_WEEK = timedelta(days=7)


def last_week_of(year: int) -> int:
    """The number of a year's last ISO week, 52 or 53: 28 December always lies in it."""
    return date(year, 12, 28).isocalendar().week


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO week; Monday is its first day."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Week":
        """Read `2016-W12`.

        Raises: UnknownWeek, also for a week 53 of a year that has 52.
        """
        written = _WRITTEN.fullmatch(text.strip().upper())
        if written is None:
            raise UnknownWeek(text)
        week = cls(int(written[1]), int(written[2]))
        try:
            date.fromisocalendar(week.year, week.number, 1)
        except ValueError as error:
            raise UnknownWeek(text) from error
        return week

    @classmethod
    def of(cls, at: datetime, *, zone: str) -> "Week":
        """The week in which an instant lies."""
        return cls.of_day(local_day(at, zone=zone))

    @classmethod
    def of_day(cls, day: date) -> "Week":
        """The week of a date."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @property
    def monday(self) -> date:
        """The first day of the week."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def name(self) -> str:
        """`Week 2016-W12`."""
        return f"Week {self}"

    def before(self, weeks: int = 1) -> "Week":
        """The week that many weeks earlier."""
        return Week.of_day(self.monday - weeks * _WEEK)

    def following(self) -> "Week":
        """The next week."""
        return Week.of_day(self.monday + _WEEK)

    def span(self, *, zone: str) -> tuple[datetime, datetime]:
        """The first instant of the week and the first one after it (UTC): 167 or 169 hours where the clocks change."""
        return local_hour(self.monday, zone=zone), local_hour(self.monday + _WEEK, zone=zone)

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02}"
