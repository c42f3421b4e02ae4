"""Days from one to another in a zone, as a span of UTC: a month so far, a quarter."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sla_engine.domain.time.local_time import local_hour

_WRITTEN = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.\.([0-9]{4}-[0-9]{2}-[0-9]{2})")
_DAY = timedelta(days=1)
LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class DateRange:
    """The days from `first` to `last`, both included."""

    first: date
    last: date

    @classmethod
    def parse(cls, text: str) -> "DateRange | None":
        """Read `2026-12-01..2026-12-06`; None for anything else, and for more than a year or less than a day."""
        written = _WRITTEN.fullmatch(text)
        try:
            days = cls(*map(date.fromisoformat, written.groups())) if written else None
        except ValueError:  # a day that no month has
            return None
        return days if days is not None and timedelta(0) <= days.last - days.first < LONGEST else None

    def span(self, *, zone: str) -> tuple[datetime, datetime]:
        """The first instant of the first day, and the first one after the last (UTC)."""
        return local_hour(self.first, zone=zone), local_hour(self.last + _DAY, zone=zone)

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"
