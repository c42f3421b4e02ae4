"""Absences as people say them in Slack: away, and back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sla_engine.domain.agreements.errors import NotAbsent, SaidSince, UnknownPerson
from sla_engine.domain.agreements.msp import Msp, Person
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.agreements.roster import ChangeKind, RosterChange
from sla_engine.domain.agreements.working_hours import end_of_working_day
from sla_engine.domain.incidents.incident_filter import IncidentFilter
from sla_engine.domain.time.errors import InThePast
from sla_engine.domain.upkeep.errors import AlreadyCarriedOut
from sla_engine.services.unit_of_work.idempotency import current_request
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import acts, incident_lists, roster
from sla_engine.storage.database import Session

UNDO_KIND = "roster"


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceStated:
    """Somebody's absence after an act: they are away until `until`, or there where that is None.

    `number` is that of the change; `is_end_of_day` says that the end is that of their working day;
    `open_count` of their incidents are open; `dispatcher` is who is on duty now.
    """

    person: str
    until: datetime | None
    number: int
    is_end_of_day: bool = False
    open_count: int = 0
    dispatcher: str | None = None


class Absences:
    """Who is away, as people say it; `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def away(self, person: str, *, until: datetime | None, by: str, now: datetime) -> AbsenceStated:
        """Say that somebody is away from now until then; without an end, until their working day ends.

        Raises: UnknownPerson, InThePast, NotAllowed for somebody else's absence (recorded), AlreadyCarriedOut.
        """
        with self._change(person, by=by, now=now) as (session, msp):
            ends = end_of_working_day(msp, person, now) if until is None else until
            if ends <= now:
                raise InThePast("until", ends)
            change = roster.add(
                session,
                ChangeKind.AWAY,
                person=person,
                by=by,
                told_at=now,
                until=ends,
                request=current_request(),
            )
            _let_undo(session, change)
            return self._stated(session, change, is_end_of_day=until is None)

    def back(self, person: str, *, by: str, now: datetime) -> AbsenceStated:
        """Say that somebody is back: every absence in force ends now.

        Raises: NotAbsent, UnknownPerson, NotAllowed for somebody else (recorded), AlreadyCarriedOut.
        """
        with self._change(person, by=by, now=now) as (session, msp):
            if not msp.is_absent(person, now):
                raise NotAbsent(_colleague(msp, person).name)
            request = current_request()
            change = roster.add(session, ChangeKind.BACK, person=person, by=by, told_at=now, request=request)
            _let_undo(session, change)
            return self._stated(session, change)

    @contextmanager
    def _change(self, person: str, *, by: str, now: datetime) -> Iterator[tuple[Session, Msp]]:
        """A transaction in which somebody says something of a colleague whom the people file names."""
        with self.unit_of_work.transaction(action=Action.AWAY, by=by, now=now, owner=person) as session:
            request = current_request()
            if request is not None and roster.known(session, request):
                raise AlreadyCarriedOut(request)
            msp = self.unit_of_work.msp(session)
            _colleague(msp, person)
            yield session, msp

    def _stated(self, session: Session, change: RosterChange, *, is_end_of_day: bool = False) -> AbsenceStated:
        msp, owned = self.unit_of_work.people.with_uncommitted(session), IncidentFilter(owner=change.person)
        return AbsenceStated(
            person=change.person,
            until=msp.roster.back_at(change.person, change.told_at),
            number=change.number,
            is_end_of_day=is_end_of_day,
            open_count=incident_lists.by_due(session, owned, now=change.told_at, limit=0).count,
            dispatcher=msp.dispatcher(change.told_at),
        )


def undo_change(session: Session, row: Mapping[str, Any], /, *, by: str, now: datetime) -> None:
    """Take back one thing somebody said about an absence, unless more was said of the same person since.

    Raises: SaidSince.
    """
    number, person = row["number"], row["person"]
    changes = {change.number: change for change in roster.changes(session)}
    later = [change for change in changes.values() if change.number > number and change.person == person]
    if later:
        raise SaidSince(later[-1].by, later[-1].told_at)
    roster.add(session, ChangeKind.UNDONE, person=person, by=by, told_at=now, undoes=number)


def _let_undo(session: Session, change: RosterChange) -> None:
    acts.also_undo(session, UNDO_KIND, {"number": change.number, "person": change.person})


def _colleague(msp: Msp, person: str) -> Person:
    colleague = msp.person(person)
    if colleague is None:
        raise UnknownPerson(person)
    return colleague
