"""Proposes an owner for each of many incidents: whoever is here and has the least, with what was proposed before."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.agreements.msp import Msp, Role
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.incident_filter import IncidentFilter
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import incident_lists, incidents, storms, workload
from sla_engine.storage.database import Session

PROPOSALS_MAX = 45
"""So many menus fit into one form; where there are more incidents, those of one customer share a menu."""
TOGETHER_MAX = 10
"""So many incidents may share a menu."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Incidents of one customer, worst first, and who could have them: Slack id, name and open incidents of each.

    `person` is proposed; None where nobody is here.
    """

    keys: tuple[str, ...]
    customer: str
    title: str
    priority: str
    person: str | None
    candidates: tuple[tuple[str, str, int], ...]


class GiveOut:
    """Makes proposals for incidents without an owner, or for those of somebody who is away; changes nothing."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def of_storm(self, storm_id: int, *, by: str, now: datetime) -> tuple[Proposal, ...]:
        """Proposals for the open incidents of a storm that nobody has.

        Raises: NotAllowed (recorded).
        """
        with self.unit_of_work.permitted(Action.ASSIGN, by=by, now=now) as session:
            msp = self.unit_of_work.msp(session)
            members = incidents.by_ids(session, storms.incident_ids(session, storm_id)).values()
            free = [member for member in members if msp.reachable(member.assignee) is None]
            return _proposals(session, free, msp=msp, now=now)

    def of_person(self, person: str, *, by: str, now: datetime) -> tuple[Proposal, ...]:
        """Proposals for everything that one person has open.

        Raises: NotAllowed (recorded).
        """
        with self.unit_of_work.permitted(Action.ASSIGN, by=by, now=now) as session:
            listed = incident_lists.by_due(session, IncidentFilter(owner=person), now=now)
            theirs = list(incidents.by_ids(session, listed.ids).values())
            return _proposals(session, theirs, msp=self.unit_of_work.msp(session), now=now)

    def of(self, keys: Collection[str], *, by: str, now: datetime) -> tuple[Proposal, ...]:
        """Proposals for these incidents, of which their present owners get none.

        Raises: NotAllowed (recorded), UnknownIncident.
        """
        with self.unit_of_work.permitted(Action.ASSIGN, by=by, now=now) as session:
            named = [incidents.find(session, key) for key in keys]
            return _proposals(session, named, msp=self.unit_of_work.msp(session), now=now)


def _proposals(session: Session, named: Sequence[Incident], *, msp: Msp, now: datetime) -> tuple[Proposal, ...]:
    worst_first = sorted(
        (incident for incident in named if incident.is_open),
        key=lambda incident: (incident.priority.value, incident.opened_at, incident.id),
    )
    owners = {incident.assignee for incident in worst_first}
    loads = Counter({owner: held.count for owner, held in workload.owned(session, urgent=()).items()})
    here = [
        person
        for person in msp.people
        if person.role.may_act_as(Role.TECHNICIAN)
        and not msp.is_absent(person.slack_id, now)
        and person.slack_id not in owners
    ]
    # Whoever dispatches is asked last: they are needed where they are.
    hands = [person.slack_id for person in here if person.role is Role.TECHNICIAN] or [one.slack_id for one in here]
    had = {person.slack_id: loads[person.slack_id] for person in here}
    candidates = tuple(
        (person.slack_id, msp.short_name(person.slack_id), had[person.slack_id])
        for person in sorted(here, key=lambda person: (person.slack_id not in hands, had[person.slack_id]))
    )
    proposals = []
    for group in _groups(worst_first):
        person = min(hands, key=lambda one: (loads[one], one), default=None)
        if person is not None:
            loads[person] += len(group)
        proposals.append(_proposal(group, person, candidates))
    return tuple(proposals)


def _groups(worst_first: Sequence[Incident]) -> list[list[Incident]]:
    """One group for each incident; where those are too many, groups of one customer."""
    if len(worst_first) <= PROPOSALS_MAX:
        return [[incident] for incident in worst_first]
    by_customer: dict[str, list[Incident]] = {}
    for incident in worst_first:
        by_customer.setdefault(incident.customer, []).append(incident)
    return [
        together[start : start + TOGETHER_MAX]
        for together in by_customer.values()
        for start in range(0, len(together), TOGETHER_MAX)
    ]


def _proposal(group: Sequence[Incident], person: str | None, candidates: tuple[tuple[str, str, int], ...]) -> Proposal:
    worst = group[0]
    return Proposal(
        keys=tuple(incident.key for incident in group),
        customer=worst.customer,
        title=worst.title,
        priority=worst.priority.value,
        person=person,
        candidates=candidates,
    )
