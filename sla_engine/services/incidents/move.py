"""Moves an incident to another customer: its clocks end, and a new incident goes on with the same start."""

from dataclasses import replace
from datetime import datetime

from sla_engine.domain.incidents.events import Moved, Opened
from sla_engine.domain.incidents.history import in_order
from sla_engine.domain.incidents.incident import Incident
from sla_engine.services.agreements.book import known_name
from sla_engine.services.agreements.coverage import site_if_known
from sla_engine.services.incidents.hand_over import copy_facts
from sla_engine.services.incidents.incident_acts import settled
from sla_engine.services.incidents.open import OpenRequest, announce, open_unannounced
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork


def move(
    unit_of_work: UnitOfWork, work: IncidentWork, *, customer: str, by: str, at: datetime, unique_key: str
) -> Incident | None:
    """Open the incident anew for another customer, with its history; None where it is that customer's already.

    A site is left out when the other customer has none of that name.
    Raises: UnknownCustomer, NotYetInForce.
    """
    name = known_name(work.session, customer)
    if name == work.incident.customer:
        return None
    new = open_unannounced(unit_of_work, work.session, _request(unit_of_work, work, name), by=by, now=work.now)
    with settled(unit_of_work, work):
        work.record(Moved(key=new.key, customer=name), by=by, at=at, unique_key=unique_key)
    copy_facts(work, new, since=work.incident.opened_at)
    new.settle()
    announce(new, real_now=unit_of_work.real_clock())
    return new.incident


def open_again(unit_of_work: UnitOfWork, work: IncidentWork, *, customer: str) -> Incident:
    """Open an incident anew whose opening was undone, for that customer and with what was told of its ticket since.

    Raises: UnknownCustomer, NotYetInForce.
    """
    request = replace(_request(unit_of_work, work, known_name(work.session, customer)), unique_key=None)
    by = work.incident.opened_by
    new = open_unannounced(unit_of_work, work.session, request, by=by, now=work.now)
    with settled(unit_of_work, work):
        gone_on = Moved(key=new.key, customer=request.customer)
        work.record(gone_on, by=by, unique_key=f"{work.key}:moved:{new.key}")
    copy_facts(work, new, since=work.incident.opened_at)
    new.settle()
    announce(new, real_now=unit_of_work.real_clock())
    return new.incident


def _request(unit_of_work: UnitOfWork, work: IncidentWork, customer: str) -> OpenRequest:
    old = work.incident
    opened = next(entry.event for entry in in_order(work.history) if isinstance(entry.event, Opened))
    _, agreement = unit_of_work.agreements.in_force(work.session, customer, at=old.opened_at)
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
