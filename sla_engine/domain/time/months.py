"""Calendar months in a zone, as spans of UTC."""

from dataclasses import dataclass
from datetime import date, datetime

from sla_engine.domain.time.local_time import local_day, local_hour

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of a year; `number` counts from 1."""

    year: int
    number: int

    @classmethod
    def of(cls, at: datetime, *, zone: str) -> "Month":
        """The month in which an instant lies."""
        day = local_day(at, zone=zone)
        return cls(day.year, day.month)

    def before(self, months: int = 1) -> "Month":
        """The month that many months earlier."""
        return self._moved(-months)

    def following(self) -> "Month":
        """The next month."""
        return self._moved(1)

    def span(self, *, zone: str) -> tuple[datetime, datetime]:
        """The first instant of the month and the first one after it (UTC)."""
        after = self.following()
        return local_hour(date(self.year, self.number, 1), zone=zone), local_hour(
            date(after.year, after.number, 1), zone=zone
        )

    @property
    def name(self) -> str:
        """`November 2026`."""
        return f"{MONTHS[self.number - 1].capitalize()} {self.year}"

    def _moved(self, months: int) -> "Month":
        year, place = divmod(12 * self.year + self.number - 1 + months, 12)
        return Month(year, place + 1)

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02}"
