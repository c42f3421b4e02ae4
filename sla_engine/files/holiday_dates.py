"""Dates of public holidays: from the library when a file is applied, from the stored dates ever after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from sla_engine.domain.time.closures import Closure
from sla_engine.domain.time.holidays import UnknownCountry, UnknownSubdivision, public_holidays

YEARS_BEFORE = 2
YEARS_AHEAD = 5
EARLIEST_YEAR = 1998  # a mistyped year must not ask for two thousand of them

__all__ = ["HolidayDates", "LibraryHolidays", "StoredHolidays", "UnknownCountry", "UnknownSubdivision"]


class HolidayDates(Protocol):
    """Answers which dates are public holidays."""

    def closures(self, country: str, subdivision: str | None, *, around: int) -> tuple[Closure, ...]:
        """The holidays, for an agreement that begins in the year `around`.

        Raises: UnknownCountry, UnknownSubdivision.
        """


@dataclass(slots=True)
class LibraryHolidays:
    """Asks the holiday library, and remembers every answer so that it can be stored with the version."""

    now: datetime
    answers: dict[str, tuple[Closure, ...]] = field(default_factory=dict)

    def closures(self, country: str, subdivision: str | None, *, around: int) -> tuple[Closure, ...]:
        """The holidays from two years before the agreement begins to five years after today."""
        first = max(min(around, self.now.year) - YEARS_BEFORE, EARLIEST_YEAR)
        years = range(first, self.now.year + YEARS_AHEAD + 1)
        dates = public_holidays(country, subdivision, years)
        self.answers[_key(country, subdivision)] = dates
        return dates

    def as_document(self) -> dict[str, Any]:
        """The answers as a document that StoredHolidays reads."""
        return {key: [[day.date.isoformat(), day.name] for day in days] for key, days in sorted(self.answers.items())}


@dataclass(frozen=True, slots=True)
class StoredHolidays:
    """Answers with the dates stored with a version, whatever the library says today."""

    document: Mapping[str, Iterable[tuple[str, str]]]

    def closures(self, country: str, subdivision: str | None, *, around: int) -> tuple[Closure, ...]:  # noqa: ARG002
        """The stored holidays."""
        stored = self.document[_key(country, subdivision)]
        return tuple(Closure(date.fromisoformat(day), name=name) for day, name in stored)


def _key(country: str, subdivision: str | None) -> str:
    return f"{country}/{subdivision}" if subdivision else country
