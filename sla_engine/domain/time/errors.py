"""Refusals about times, zones and calendars."""

from dataclasses import dataclass
from datetime import date, datetime

from sla_engine.domain.errors import SlaError


@dataclass(eq=False)
class InThePast(SlaError):
    """An instant that must lie ahead does not."""

    what: str
    at: datetime


@dataclass(eq=False)
class InTheFuture(SlaError):
    """A fact claims to have happened after now."""

    what: str
    at: datetime


@dataclass(eq=False)
class UnreadableDuration(SlaError):
    """A duration could not be read."""

    text: str


@dataclass(eq=False)
class DayIsAmbiguous(SlaError):
    """`1d` could mean 24 hours or one business day: the writer must say which."""

    text: str


@dataclass(eq=False)
class UnreadableMoment(SlaError):
    """A point in time could not be read."""

    text: str


@dataclass(eq=False)
class UnknownPeriod(SlaError):
    """The text is neither a week nor a month."""

    text: str


@dataclass(eq=False)
class PeriodNotBegun(SlaError):
    """The week or month begins later: nothing happened in it yet."""

    name: str
    first_day: date


@dataclass(eq=False)
class UnknownWeek(SlaError):
    """A week could not be read; it is written like 2016-W12."""

    text: str


@dataclass(eq=False)
class CalendarNeverOpens(SlaError):
    """A calendar has not enough open time beyond an instant: its hours and closures need a second look."""

    calendar: str
    zone: str
    beyond: datetime


@dataclass(eq=False)
class UnknownZone(SlaError):
    """No IANA time zone has this name; `near` are names that look like it."""

    zone: str
    near: tuple[str, ...] = ()


@dataclass(eq=False)
class UnknownCountry(SlaError):
    """No holidays are known under this country code; `near` are codes that look like it."""

    country: str
    near: tuple[str, ...] = ()


@dataclass(eq=False)
class UnknownSubdivision(SlaError):
    """The country has no such state or province; `allowed` are the ones it has."""

    country: str
    subdivision: str
    allowed: tuple[str, ...]


@dataclass(eq=False)
class UnknownHolidayCategory(SlaError):
    """The country keeps no holidays of this kind; `allowed` are the kinds it has."""

    country: str
    category: str
    allowed: tuple[str, ...]
