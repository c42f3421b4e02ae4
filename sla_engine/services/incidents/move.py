"""An incident that turns out to be another customer's: its clocks end, and a new one goes on with the same start."""

from datetime import datetime

from sla_engine.domain.incidents.events import (
    Assigned,
    CustomerReplied,
    CustomerUpdated,
    HandedBack,
    HelpAsked,
    Moved,
    Opened,
    Paused,
    PlanGiven,
    PrioritySet,
    Reopened,
    Resolved,
    Responded,
    Resumed,
    Retitled,
    Unassigned,
)
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.new_fact import NewFact
from sla_engine.services.agreements.book import known_name
from sla_engine.services.agreements.coverage import site_if_known
from sla_engine.services.incidents.command import settled
from sla_engine.services.incidents.open import OpenRequest, announce, begin
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork

_GOES_ALONG = (
    PrioritySet, Assigned, HandedBack, Unassigned, Retitled, Responded, CustomerUpdated, CustomerReplied, PlanGiven,
    Paused, Resumed, Resolved, Reopened, HelpAsked,
)  # fmt: skip
"""Facts of the ticket itself, whosever it is; what was computed and announced by the old agreement stays behind."""


def move(
    casework: UnitOfWork, case: IncidentWork, *, customer: str, by: str, at: datetime, unique_key: str
) -> Incident | None:
    """Let another customer's incident go on with this one, and with what happened to it; None where it is theirs.

    A site is left out when the other customer has none of that name. Raises: UnknownCustomer, NotYetInForce.
    """
    name = known_name(case.session, customer)
    if name == case.incident.customer:
        return None
    new = begin(casework, case.session, _request(casework, case, name), by=by, now=case.now)
    with settled(casework, case):
        case.record(Moved(key=new.key, customer=name), by=by, at=at, unique_key=unique_key)
    new.record_all(
        [
            NewFact(
                event=entry.event,
                at=entry.at,
                by=entry.by,
                unique_key=f"{new.key}:from:{case.key}:{entry.seq}",
                source=entry.source,
                told_at=entry.told_at,
            )
            for entry in case.history
            if isinstance(entry.event, _GOES_ALONG)
        ]
    )
    new.settle()
    announce(new, real_now=casework.real_clock())
    return new.incident


def _request(casework: UnitOfWork, case: IncidentWork, customer: str) -> OpenRequest:
    old = case.incident
    opened = next(entry.event for entry in case.history if isinstance(entry.event, Opened))
    _, agreement = casework.agreements.in_force(case.session, customer, at=old.opened_at)
    return OpenRequest(
        customer=customer,
        title=opened.title,
        priority=None if opened.priority_word else opened.priority,
        impact=opened.impact,
        urgency=opened.urgency,
        priority_word=opened.priority_word,
        site=site_if_known(agreement, opened.site),
        service=opened.service,
        source=old.source,
        link=old.link,
        opened_at=old.opened_at,
        unique_key=f"{old.key}:moved:{customer}",
        moved_from=old.key,
    )
