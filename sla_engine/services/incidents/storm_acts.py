"""Acts on many incidents at once: one transaction, one fact on each, and undone as a whole."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from sla_engine.domain.agreements.errors import UnknownPerson
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.escalation.storms import STORM_PROMISE
from sla_engine.domain.incidents.errors import StormIsOver
from sla_engine.domain.incidents.events import Acknowledged, Assigned, CustomerUpdated, Paused, Resumed
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.text.lengths import needed, optional
from sla_engine.domain.time.errors import InThePast
from sla_engine.services.incidents.bulk_facts import name_of_one, record_on_all, record_one_of_many
from sla_engine.services.incidents.incident_acts import IncidentActs, settled
from sla_engine.services.incidents.merge import merge_into
from sla_engine.services.messages.new_owner import tell_new_owners
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import incidents, storms
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


class StormActs(IncidentActs):
    """The acts on a storm. `by` is who acts (a Slack id), `now` is SLA time.

    Each raises: StormIsOver when none of the incidents is open any more, NotAllowed (recorded), StorageBusy.
    """

    def acknowledge(self, storm_id: int, *, by: str, now: datetime) -> BulkOutcome:
        """Acknowledge every open incident that nobody else has, and promise the next update on all of them at once."""
        with self._storm(storm_id, by=by, now=now) as works:
            free = [work for work in works if work.incident.acknowledged_by in (None, by)]
            promise = now + STORM_PROMISE
            record_on_all(free, Acknowledged(promise=promise), by=by)
            storm = storms.lock(works[0].session, storm_id)
            if free:
                storms.save(works[0].session, replace(storm, promise=promise))
        closed = max(storm.shown.get("open", len(works)) - len(works), 0)
        return replace(_outcome(works, free), closed=closed)

    def update_customers(
        self, storm_id: int, *, customers_of: Collection[str], text: str, by: str, now: datetime, since: datetime
    ) -> BulkOutcome:
        """Record one update to the customers of these incidents on every open incident of theirs in the storm.

        An incident without a first reply has it with that. `since` is when it was shown what is open.
        Raises: MissingArgument.
        """
        words = needed("text", text)
        with self._storm(storm_id, by=by, now=now) as works:
            told = incidents.customers_of(works[0].session, customers_of)
            theirs = [work for work in works if work.incident.customer in told]
            record_on_all(theirs, CustomerUpdated(text=words), by=by)
            closed = storms.closed_since(works[0].session, storm_id, since=since, customers=told)
        return BulkOutcome(done=_keys(theirs), closed=closed)

    def pause(
        self,
        storm_id: int,
        *,
        reason: PauseReason,
        until: datetime,
        by: str,
        now: datetime,
        since: datetime,
        text: str = "",
    ) -> BulkOutcome:
        """Pause every open incident of the storm that is not paused for this reason already.

        Raises: InThePast.
        """
        if until <= now:
            raise InThePast("until", until)
        with self._storm(storm_id, by=by, now=now) as works:
            running = [work for work in works if reason not in work.incident.paused_for]
            record_on_all(running, Paused(reason=reason, until=until, text=optional(text)), by=by)
            closed = storms.closed_since(works[0].session, storm_id, since=since)
        return replace(_outcome(works, running), closed=closed)

    def resume(self, storm_id: int, *, by: str, now: datetime) -> BulkOutcome:
        """Resume every paused incident of the storm; those that are not paused count as neither."""
        with self._storm(storm_id, by=by, now=now) as works:
            paused = [work for work in works if work.incident.paused_for]
            record_on_all(paused, Resumed(), by=by)
        return BulkOutcome(done=_keys(paused))

    def give_out(self, owners: Mapping[str, str], *, by: str, now: datetime, since: datetime) -> BulkOutcome:
        """Assign each of these incidents, by key, to its new owner, who is told once of all that are theirs now.

        `since` is when it was shown whose they are: one that somebody took or was given after that stays theirs.
        Raises: UnknownPerson, UnknownIncident.
        """
        with self._open_ones(list(owners), action=Action.ASSIGN, by=by, now=now) as works:
            for person in set(owners.values()):
                if works[0].msp.person(person) is None:
                    raise UnknownPerson(person)
            given = [work for work in works if not _has_owner(work, owners[work.key], since=since)]
            for number, work in enumerate(given):
                record_one_of_many(work, Assigned(to=owners[work.key]), by=by, is_first=number == 0)
            tell_new_owners(given, owners, by=by, real_now=self.unit_of_work.real_clock())
        return replace(_outcome(works, given), closed=len(owners) - len(works))

    def merge(self, keys: Collection[str], *, by: str, now: datetime) -> BulkOutcome:
        """Merge these incidents within each customer into the one that was opened first; `done` are the duplicates.

        One that is the only one of its customer is left alone.
        """
        merged: list[IncidentWork] = []
        with self.unit_of_work.transaction(action=Action.MERGE, by=by, now=now) as session:
            works = self._open_works(session, [incidents.find(session, key).id for key in keys], now=now)
            groups = _by_customer(works)
            for survivor, *duplicates in groups:
                for duplicate in duplicates:
                    name = name_of_one(duplicate, is_first=not merged)
                    merge_into(self.unit_of_work, duplicate, survivor, by=by, unique_key=name)
                    merged.append(duplicate)
        alone = sum(len(group) == 1 for group in groups)
        return BulkOutcome(done=_keys(merged), closed=len(set(keys)) - len(works), others=alone)

    @contextmanager
    def _storm(self, storm_id: int, *, by: str, now: datetime) -> Iterator[list[IncidentWork]]:
        """The open incidents of the storm, locked, and settled when the block ends."""
        with self.unit_of_work.transaction(action=Action.STORM, by=by, now=now) as session, ExitStack() as settling:
            yield self._opened(session, storms.incident_ids(session, storm_id), settling, now=now)

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
            raise StormIsOver
        return works


def _outcome(works: Sequence[IncidentWork], done: Sequence[IncidentWork]) -> BulkOutcome:
    return BulkOutcome(done=_keys(done), others=len(works) - len(done))


def _keys(works: Sequence[IncidentWork]) -> tuple[str, ...]:
    return tuple(work.key for work in works)


def _has_owner(work: IncidentWork, wanted: str, *, since: datetime) -> bool:
    """Whether it is with the owner who is wanted, or has been with somebody only since that instant."""
    if work.incident.assignee in (None, wanted):
        return work.incident.assignee == wanted
    return any(isinstance(entry.event, Assigned) and entry.at > since for entry in work.history)


def _by_customer(works: Sequence[IncidentWork]) -> list[list[IncidentWork]]:
    """The incidents of each customer, the earliest first."""
    groups: dict[str, list[IncidentWork]] = {}
    for work in sorted(works, key=lambda work: (work.incident.opened_at, work.incident.id)):
        groups.setdefault(work.incident.customer, []).append(work)
    return list(groups.values())
