"""The acts on a storm beside those on any many incidents: to be on all of them, give them out, merge duplicates."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sla_engine.domain.agreements.errors import UnknownPerson
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.escalation.storms import STORM_PROMISE
from sla_engine.domain.incidents.events import Acknowledged, Assigned
from sla_engine.services.incidents.bulk_acts import BulkActs, BulkOutcome, keys_of, outcome_of
from sla_engine.services.incidents.bulk_facts import name_of_one, record_on_all, record_one_of_many
from sla_engine.services.incidents.merge import merge_into
from sla_engine.services.incidents.selections import OfStorm
from sla_engine.services.messages.new_owner import tell_new_owners
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import incidents, storms


class StormActs(BulkActs):
    """The acts on a storm. `by` is who acts (a Slack id), `now` is SLA time.

    Each raises: NoneOpen when none of the incidents is open any more, NotAllowed (recorded), StorageBusy.
    """

    def acknowledge(self, storm_id: int, *, by: str, now: datetime) -> BulkOutcome:
        """Acknowledge every open incident that nobody else has, and promise the next update on all of them at once."""
        with self._selected(OfStorm(storm_id), by=by, now=now) as works:
            free = [work for work in works if work.incident.acknowledged_by in (None, by)]
            promise = now + STORM_PROMISE
            record_on_all(free, Acknowledged(promise=promise), by=by)
            storm = storms.lock(works[0].session, storm_id)
            if free:
                storms.save(works[0].session, replace(storm, promise=promise))
        closed = max(storm.shown.get("open", len(works)) - len(works), 0)
        return replace(outcome_of(works, free), closed=closed)

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
        return replace(outcome_of(works, given), closed=len(owners) - len(works))

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
        return BulkOutcome(done=keys_of(merged), closed=len(set(keys)) - len(works), others=alone)


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
