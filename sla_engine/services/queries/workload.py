"""Who could have an incident: our people by load, and who knows its customer."""

from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.agreements.msp import Msp, Role
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import incidents, workload
from sla_engine.storage.database import Session
from sla_engine.storage.workload import OwnedIncidents

URGENT = (Priority.P1, Priority.P2, Priority.P3)
MANY_URGENT = 4
"""From so many open P1 to P3 on, somebody is named as busy before they get another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who could have an incident: what they have open, and how often they had this customer's."""

    slack_id: str
    name: str
    open_count: int
    urgent_count: int
    had_customer: int
    is_absent: bool

    @property
    def is_busy(self) -> bool:
        """Whether they have so many urgent ones that another should be thought about."""
        return self.urgent_count >= MANY_URGENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignable:
    """An incident that is to be given to somebody, and who could have it, the likeliest first."""

    key: str
    title: str
    customer: str
    candidates: tuple[Candidate, ...]


class Workload:
    """Lists our people by what they have open; nothing here changes anything."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def assignable(self, key: str, *, by: str, now: datetime) -> Assignable:
        """An incident and everybody who could have it, for somebody who may assign it.

        Raises: NotAllowed (recorded), UnknownIncident.
        """
        with self.unit_of_work.permitted(Action.ASSIGN, by=by, now=now, key=key) as session:
            incident, msp = incidents.find(session, key), self.unit_of_work.msp(session)
            candidates = _candidates(session, incident, msp, now=now)
        return Assignable(key=incident.key, title=incident.title, customer=incident.customer, candidates=candidates)


def _candidates(session: Session, incident: Incident, msp: Msp, *, now: datetime) -> tuple[Candidate, ...]:
    """Those who may have it and do not: who is here, then the least open, then who knows the customer."""
    loads, handled = workload.owned(session, urgent=URGENT), workload.handled(session, incident.customer)
    candidates = [
        Candidate(
            slack_id=person.slack_id,
            name=msp.short_name(person.slack_id),
            open_count=loads.get(person.slack_id, OwnedIncidents()).count,
            urgent_count=loads.get(person.slack_id, OwnedIncidents()).urgent,
            had_customer=handled.get(person.slack_id, 0),
            is_absent=msp.is_absent(person.slack_id, now),
        )
        for person in msp.people
        if person.role.may_act_as(Role.TECHNICIAN) and person.slack_id != incident.assignee
    ]
    return tuple(
        sorted(candidates, key=lambda one: (one.is_absent, one.open_count, -one.had_customer, one.name, one.slack_id))
    )
