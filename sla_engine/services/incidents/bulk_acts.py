"""Acts on many incidents at once: one transaction, one fact on each, and undone as a whole."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.errors import NoneOpen
from sla_engine.domain.incidents.events import CustomerUpdated, Paused, Resolved, Resumed
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.text.lengths import needed, optional
from sla_engine.domain.time.errors import InThePast
from sla_engine.services.incidents.bulk_facts import record_on_all
from sla_engine.services.incidents.incident_acts import IncidentActs, settled
from sla_engine.services.incidents.selections import Selection
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import incidents
from sla_engine.storage.database import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkOutcome:
    """The keys of the incidents that an act was done on, and how many of those that were meant it left alone.

    `closed` counts those that had been resolved or merged meanwhile, `others` those that need it no more: somebody else
    has them, or they are so already.
    """

    done: tuple[str, ...]
    closed: int = 0
    others: int = 0


class BulkActs(IncidentActs):
    """The acts on the open incidents of a storm or of a problem. `by` is who acts (a Slack id), `now` is SLA time.

    Each raises: NoneOpen when none of the incidents is open any more, NotAllowed (recorded), StorageBusy.
    """

    def update_customers(
        self,
        selection: Selection,
        *,
        customers_of: Collection[str],
        text: str,
        by: str,
        now: datetime,
        since: datetime,
    ) -> BulkOutcome:
        """Record one update to the customers of these incidents on every open incident of theirs in the selection.

        An incident without a first reply has it with that. `since` is when it was shown what is open.
        Raises: MissingArgument.
        """
        words = needed("text", text)
        with self._selected(selection, by=by, now=now) as works:
            told = incidents.customers_of(works[0].session, customers_of)
            theirs = [work for work in works if work.incident.customer in told]
            record_on_all(theirs, CustomerUpdated(text=words), by=by)
            closed = selection.closed_since(works[0].session, since=since, customers=told)
        return BulkOutcome(done=keys_of(theirs), closed=closed)

    def pause(
        self,
        selection: Selection,
        *,
        reason: PauseReason,
        until: datetime,
        by: str,
        now: datetime,
        since: datetime,
        text: str = "",
    ) -> BulkOutcome:
        """Pause every open incident that is not paused for this reason already.

        Raises: InThePast.
        """
        if until <= now:
            raise InThePast("until", until)
        with self._selected(selection, by=by, now=now) as works:
            running = [work for work in works if reason not in work.incident.paused_for]
            record_on_all(running, Paused(reason=reason, until=until, text=optional(text)), by=by)
            closed = selection.closed_since(works[0].session, since=since)
        return replace(outcome_of(works, running), closed=closed)

    def resume(self, selection: Selection, *, by: str, now: datetime) -> BulkOutcome:
        """Resume every paused incident; those that are not paused count as neither."""
        with self._selected(selection, by=by, now=now) as works:
            paused = [work for work in works if work.incident.paused_for]
            record_on_all(paused, Resumed(), by=by)
        return BulkOutcome(done=keys_of(paused))

    def resolve(self, selection: Selection, *, text: str, by: str, now: datetime, since: datetime) -> BulkOutcome:
        """Resolve every open incident; every clock of theirs stops.

        Raises: TooLong.
        """
        words = optional(text)
        with self._selected(selection, by=by, now=now) as works:
            record_on_all(works, Resolved(text=words), by=by)
            closed = selection.closed_since(works[0].session, since=since) - len(works)
        return BulkOutcome(done=keys_of(works), closed=max(closed, 0))

    @contextmanager
    def _selected(self, selection: Selection, *, by: str, now: datetime) -> Iterator[list[IncidentWork]]:
        """The open incidents of the selection, locked, and settled when the block ends."""
        with (
            self.unit_of_work.transaction(action=selection.action, by=by, now=now) as session,
            ExitStack() as settling,
        ):
            yield self._opened(session, selection.incident_ids(session), settling, now=now)

    @contextmanager
    def _open_ones(
        self, keys: Sequence[str], *, action: Action, by: str, now: datetime
    ) -> Iterator[list[IncidentWork]]:
        """Those of the incidents that are open, locked, and settled when the block ends."""
        with self.unit_of_work.transaction(action=action, by=by, now=now) as session, ExitStack() as settling:
            ids = [incidents.find(session, key).id for key in keys]
            yield self._opened(session, ids, settling, now=now)

    def _opened(
        self, session: Session, ids: Collection[int], settling: ExitStack, *, now: datetime
    ) -> list[IncidentWork]:
        works = self._open_works(session, ids, now=now)
        for work in works:
            settling.enter_context(settled(self.unit_of_work, work))
        return works

    def _open_works(self, session: Session, ids: Collection[int], *, now: datetime) -> list[IncidentWork]:
        """Those of the incidents that are open, locked in the order of their ids, in which everybody locks them."""
        records = [incidents.lock_by_id(session, number) for number in sorted(set(ids))]
        works = [self.unit_of_work.work_on(session, record, now=now) for record in records if record.is_open]
        if not works:
            raise NoneOpen
        return works


def outcome_of(works: Sequence[IncidentWork], done: Sequence[IncidentWork]) -> BulkOutcome:
    """What an act did, of the open incidents it was meant for."""
    return BulkOutcome(done=keys_of(done), others=len(works) - len(done))


def keys_of(works: Sequence[IncidentWork]) -> tuple[str, ...]:
    """The keys of the incidents."""
    return tuple(work.key for work in works)
