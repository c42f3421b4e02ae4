"""What people change in the registry: add, edit, review, hand on, retire and restore a procedure."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.agreements.permissions import Action, authorise
from sla_engine.domain.sops.errors import SopChangedSince, SopIncorrect, SopNotRetired, SopRetired
from sla_engine.domain.sops.sop import Sop, SopChangeKind, SopTerms, declined, matching, reviewed
from sla_engine.domain.time.local_time import local_day
from sla_engine.domain.upkeep.errors import AlreadyCarriedOut
from sla_engine.files.sop_cells import CellReader, Known
from sla_engine.services.messages import daily_message
from sla_engine.services.sops.review_section import reviewed_line
from sla_engine.services.unit_of_work.idempotency import current_request
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import sop_registry
from sla_engine.storage.database import Session

FIELDS = ("title", "link", "owner", "backup", "review_every", "services", "customers", "reasons")
"""The fields of a procedure's form, named as the columns of a list that is imported; they are read alike."""


_OUTCOMES: Mapping[SopChangeKind, str] = {
    SopChangeKind.REVIEWED: "still right",
    SopChangeKind.DECLINED: "somebody else’s",
    SopChangeKind.RETIRED: "retired",
}
"""What the daily message says once a review is not wanted any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """A change under way: its transaction, the people, and the MSP's day."""

    session: Session
    msp: Msp
    today: date


class SopChanges:
    """Changes of procedures; `by` is who makes one (a Slack id), `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def permit_adding(self, *, by: str, now: datetime) -> None:
        """Check that somebody may add procedures.

        Raises: NotAllowed (recorded).
        """
        self.unit_of_work.permit(Action.KEEP_SOPS, by=by, now=now)

    def add(self, fields: Mapping[str, str], *, by: str, now: datetime) -> Sop:
        """Register a procedure that is written; it counts as published and reviewed today.

        Raises: SopIncorrect with a sentence for each field, NotAllowed (recorded).
        """
        with self._changing(Action.KEEP_SOPS, by=by, now=now) as change:
            terms = reviewed(SopTerms(**self._read(change, fields), published_on=change.today), on=change.today)
            request = current_request()
            return sop_registry.add(change.session, terms, SopChangeKind.ADDED, by=by, at=now, request=request)

    def to_edit(self, number: str, *, by: str, now: datetime) -> Sop:
        """The procedure, for somebody who may change it.

        Raises: UnknownSop, SopRetired, NotAllowed (recorded).
        """
        with self.unit_of_work.permitted(Action.LIST_SOPS, by=by, now=now) as session:
            sop = sop_registry.find(session, number)
            authorise(self.unit_of_work.msp(session), by, Action.EDIT_SOP, owner=_keeper(sop, by), now=now)
            _refuse_retired(sop)
            return sop

    def edit(self, number: str, fields: Mapping[str, str], *, version: int, by: str, now: datetime) -> Sop:
        """Give a procedure what its form says; `version` is the one that the form showed.

        Raises: SopIncorrect, SopChangedSince, UnknownSop, SopRetired, NotAllowed (recorded).
        """

        def edited(change: _Change, sop: Sop) -> SopTerms:
            if sop.version != version:
                last = sop_registry.changes(change.session, number)[-1]
                raise SopChangedSince(sop.number, last.by, last.at)
            terms = replace(sop, **self._read(change, fields, but=sop))
            if terms.review_every_days == sop.review_every_days:
                return terms
            return replace(terms, review_on=terms.next_review or terms.review_on)

        return self._change(number, Action.EDIT_SOP, SopChangeKind.EDITED, edited, by=by, now=now)

    def still_right(self, number: str, *, by: str, now: datetime) -> Sop:
        """Record that a procedure was reviewed and is still right; its next review counts from today.

        Raises: UnknownSop, SopRetired, NotAllowed (recorded).
        """
        return self._change(
            number, Action.REVIEW_SOP, SopChangeKind.REVIEWED, lambda change, sop: reviewed(sop, on=change.today),
            by=by, now=now,
        )  # fmt: skip

    def not_mine(self, number: str, *, by: str, now: datetime) -> Sop:
        """Hand a procedure on: the backup takes the owner's place, else a service manager does.

        Raises: UnknownSop, SopRetired, NotAllowed (recorded).
        """
        return self._change(
            number, Action.REVIEW_SOP, SopChangeKind.DECLINED,
            lambda change, sop: declined(sop, by=by, manager=change.msp.present_manager_of("", now)),
            by=by, now=now,
        )  # fmt: skip

    def retire(self, number: str, *, by: str, now: datetime) -> Sop:
        """Take a procedure out of use: it is offered and reviewed no more, and can be looked up.

        Raises: UnknownSop, SopRetired, NotAllowed (recorded).
        """
        return self._change(
            number, Action.KEEP_SOPS, SopChangeKind.RETIRED, lambda _, sop: replace(sop, retired_at=now),
            by=by, now=now,
        )  # fmt: skip

    def restore(self, number: str, *, by: str, now: datetime) -> Sop:
        """Put a retired procedure to use again.

        Raises: UnknownSop, SopNotRetired, NotAllowed (recorded).
        """
        with self._changing(Action.KEEP_SOPS, by=by, now=now) as change:
            sop = sop_registry.lock(change.session, number)
            if sop.retired_at is None:
                raise SopNotRetired(sop.number)
            terms = replace(sop, retired_at=None)
            return self._store(change, sop, terms, SopChangeKind.RESTORED, by=by, now=now)

    def _change(
        self,
        number: str,
        action: Action,
        kind: SopChangeKind,
        changed: Callable[[_Change, Sop], SopTerms],
        *,
        by: str,
        now: datetime,
    ) -> Sop:
        with self._changing(Action.LIST_SOPS, by=by, now=now) as change:
            sop = sop_registry.lock(change.session, number)
            authorise(change.msp, by, action, owner=_keeper(sop, by), now=now)
            _refuse_retired(sop)
            return self._store(change, sop, changed(change, sop), kind, by=by, now=now)

    def _store(self, change: _Change, sop: Sop, terms: SopTerms, kind: SopChangeKind, *, by: str, now: datetime) -> Sop:
        request = current_request()
        stored = sop_registry.change(change.session, sop, terms, kind, by=by, at=now, request=request)
        for keeper in {*sop.keepers} if kind in _OUTCOMES else ():
            line = reviewed_line(sop, person=keeper, outcome=_OUTCOMES[kind])
            daily_message.show_line(change.session, keeper, line, at=self.unit_of_work.real_clock())
        return stored

    @contextmanager
    def _changing(self, action: Action, *, by: str, now: datetime) -> Iterator[_Change]:
        with self.unit_of_work.transaction(action=action, by=by, now=now) as session:
            request = current_request()
            if request is not None and sop_registry.known(session, request):
                raise AlreadyCarriedOut(request)
            msp = self.unit_of_work.msp(session)
            yield _Change(session=session, msp=msp, today=local_day(now, zone=msp.zone))

    def _read(self, change: _Change, fields: Mapping[str, str], *, but: Sop | None = None) -> Mapping[str, Any]:
        """The terms that a form says; no other procedure in use has this link or title."""
        customers = self.unit_of_work.agreements.customers(change.session)
        reader = CellReader(fields, FIELDS, Known(people=change.msp.people, customers=customers, today=change.today))
        terms = reader.terms()
        mistakes = {field: f"{sentence[:1].upper()}{sentence[1:]}." for field, sentence in reversed(reader.mistakes)}
        registered = sop_registry.lock_all(change.session)
        others = [sop for sop in registered if sop.retired_at is None and (but is None or sop.number != but.number)]
        for twin in matching(others, title=terms["title"], link=terms["link"])[:1]:
            field = "link" if twin.link == terms["link"] else "title"
            mistakes.setdefault(field, f"{twin.number} {twin.title} has it already.")
        if mistakes:
            raise SopIncorrect(mistakes)
        return terms


def _keeper(sop: Sop, by: str) -> str:
    """Whoever asks, if they look after it; else its owner."""
    return by if by in sop.keepers else sop.owner


def _refuse_retired(sop: Sop) -> None:
    if sop.retired_at is not None:
        raise SopRetired(sop.number, sop.retired_at)
