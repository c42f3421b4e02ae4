"""Early warnings: calendars that come to an end, and promised hours in which nobody is on call."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import chain
from typing import Any

from pydantic import TypeAdapter

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.attendance import Unattended, unattended
from sla_engine.domain.agreements.errors import NotSetUp
from sla_engine.domain.time.calendar import Calendar
from sla_engine.services.agreements.book import PEOPLE_FILE
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import agreements, settings
from sla_engine.storage.database import Session
from sla_engine.storage.file_versions import AGREEMENTS, PEOPLE

_ENDS = "calendar_ends"
A_QUARTER = timedelta(days=92)
"""How long before its end a calendar draws a warning."""


class EndOf(StrEnum):
    """The part of a calendar that ends."""

    HOLIDAYS = "holidays"
    OPEN_TIME = "open_time"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEnd:
    """The end of a calendar in force, of `whose` agreement (or `msp.yaml`); `last` is its last day."""

    whose: str
    what: EndOf
    last: date
    is_over: bool


class EarlyWarnings:
    """Looks for coming gaps in the agreements and people in force; `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def ends(self, *, now: datetime) -> tuple[CalendarEnd, ...]:
        """The calendars that end within a quarter of a year, or have ended."""
        with self.unit_of_work.database.reading() as session:
            known = [*self._of_people(session), *self._of_agreements(session, now)]
        ends = (
            CalendarEnd(whose=whose, what=what, last=last, is_over=last < now.date())
            for whose, what, last in dict.fromkeys(known)
            if last - A_QUARTER <= now.date()
        )
        return tuple(sorted(ends, key=lambda end: (end.last, end.whose, end.what)))

    def remember_ends(self, *, now: datetime) -> None:
        """Store the calendars that end, for `/sla health`: reading every agreement takes too long there."""
        document = {"ends": TypeAdapter(tuple[CalendarEnd, ...]).dump_python(self.ends(now=now), mode="json")}
        with self.unit_of_work.database.reading() as session:
            known = settings.get(session, _ENDS)
        if document != (known or {"ends": []}):
            with self.unit_of_work.database.transaction() as session:
                settings.put(session, _ENDS, document)

    def unattended(self, *, now: datetime) -> tuple[Unattended, ...]:
        """The customers who are promised something while nobody is on call; none before there are people."""
        with self.unit_of_work.database.reading() as session:
            try:
                msp = self.unit_of_work.msp(session)
            except NotSetUp:
                return ()
            by_agreement = [unattended(agreement, msp, now=now) for _, agreement in self._in_force(session, now)]
        return tuple(chain.from_iterable(by_agreement))

    def _of_people(self, session: Session) -> Iterator[tuple[str, EndOf, date]]:
        version = PEOPLE.newest(session)
        if version is not None:
            yield from _last_holidays(PEOPLE_FILE, PEOPLE.load(session, version).resolved)
            yield from _last_openings(PEOPLE_FILE, [self.unit_of_work.msp(session).calendar])

    def _of_agreements(self, session: Session, now: datetime) -> Iterator[tuple[str, EndOf, date]]:
        for version, agreement in self._in_force(session, now):
            record = AGREEMENTS.load(session, version)
            counted = _calendars(agreement)
            yield from _last_holidays(agreement.customer, record.resolved)
            yield from _last_openings(agreement.customer, counted)
            if record.msp_version_id is not None:
                yield from self._of_defaults(session, record.msp_version_id, agreement.customer, counted)

    def _of_defaults(
        self, session: Session, version: int, customer: str, counted: Collection[Calendar | None]
    ) -> Iterator[tuple[str, EndOf, date]]:
        """The holidays of the people file that the agreement took its calendar from, be it an older one."""
        people = self.unit_of_work.agreements.people
        if people.by_version(session, version).defaults.calendar in counted:
            yield from _last_holidays(customer, PEOPLE.load(session, version).resolved)

    def _in_force(self, session: Session, now: datetime) -> Iterator[tuple[int, Agreement]]:
        book = self.unit_of_work.agreements
        for customer in book.customers(session):
            version = agreements.in_force(session, customer, at=now)
            if version is not None:
                yield version, book.by_version(session, version)


def remembered_ends(session: Session) -> tuple[CalendarEnd, ...]:
    """The calendars that end, as a worker stored them last."""
    known = settings.get(session, _ENDS)
    return TypeAdapter(tuple[CalendarEnd, ...]).validate_python(known["ends"]) if known else ()


def _last_holidays(whose: str, resolved: Mapping[str, Any]) -> Iterator[tuple[str, EndOf, date]]:
    """The end of the years for which a country's holidays were known when the version was applied."""
    for days in resolved.get("holidays", {}).values():
        if days:
            yield whose, EndOf.HOLIDAYS, date(max(date.fromisoformat(day) for day, _ in days).year, 12, 31)


def _last_openings(whose: str, calendars: Iterable[Calendar]) -> Iterator[tuple[str, EndOf, date]]:
    for calendar in calendars:
        closes = calendar.closes_for_good
        if closes is not None:
            yield whose, EndOf.OPEN_TIME, (closes - timedelta(microseconds=1)).astimezone(UTC).date()


def _calendars(agreement: Agreement) -> list[Calendar]:
    """The calendars that something is promised on."""
    named = [*agreement.sites.values(), *(target.calendar for target in agreement.targets)]
    return [calendar for calendar in named if isinstance(calendar, Calendar)]
