"""Opens an incident: its terms, its first fact, and the notice to those who must hear of it at once."""

from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.clocks.reading import ClockState, current
from sla_engine.domain.escalation.nudges import lacks_owner, unassigned
from sla_engine.domain.incidents.events import Opened
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.priorities import Level, Priority
from sla_engine.domain.text.addresses import web_address
from sla_engine.domain.text.errors import MissingArgument
from sla_engine.domain.text.lengths import TITLE_MAX_CHARS, needed, optional
from sla_engine.services.agreements.coverage import known_service, known_site
from sla_engine.services.messages import nudges
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import incidents
from sla_engine.storage.database import Session
from sla_engine.storage.incidents import NewIncident

NAME_MAX_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRequest:
    """What is said when an incident is opened: a priority, or the impact and urgency that make one.

    Another system may have a `priority_word` instead that nobody knows yet. `opened_at` is for those told late,
    `told_at` the real time at which an intake told it. `follows` is the incident it goes on with, `moved_from` the one
    it was before its customer changed.
    """

    customer: str
    title: str
    priority: Priority | None = None
    impact: Level | None = None
    urgency: Level | None = None
    priority_word: str = ""
    site: str = ""
    service: str = ""
    source: str = "slack"
    external_id: str | None = None
    link: str | None = None
    opened_at: datetime | None = None
    told_at: datetime | None = None
    unique_key: str | None = None
    replayed: bool = False
    follows: str = ""
    moved_from: str = ""


def open_in(unit_of_work: UnitOfWork, session: Session, request: OpenRequest, *, by: str, now: datetime) -> Incident:
    """Open an incident inside a transaction that is under way; its clocks start, and whoever must hear of it does.

    Raises: UnknownCustomer, NotYetInForce, UnknownChoice for a site, TooLong, MissingArgument.
    """
    work = begin(unit_of_work, session, request, by=by, now=now)
    announce(work, real_now=unit_of_work.real_clock())
    return work.incident


def begin(unit_of_work: UnitOfWork, session: Session, request: OpenRequest, *, by: str, now: datetime) -> IncidentWork:
    """The same without telling anybody: for what has more to be recorded first.

    Raises: UnknownCustomer, NotYetInForce, UnknownChoice for a site, TooLong, MissingArgument.
    """
    opened_at = request.opened_at or now
    version_id, agreement = unit_of_work.agreements.in_force(session, request.customer, at=opened_at)
    opened = _opened(request, agreement)
    record = incidents.create(
        session,
        NewIncident(
            customer=agreement.customer,
            agreement_version_id=version_id,
            title=opened.title,
            priority=opened.priority,
            opened_at=opened_at,
            opened_by=by,
            source=request.source,
            external_id=request.external_id,
            link=web_address(request.link),
            site=opened.site or None,
            service=opened.service or None,
            replayed=request.replayed,
        ),
    )
    work = unit_of_work.work_on(session, record, now=now, source=request.source, told_at=request.told_at)
    work.record(opened, by=by, at=opened_at, unique_key=request.unique_key)
    work.settle()
    return work


def priority_of(
    agreement: Agreement, *, priority: Priority | None, impact: Level | None, urgency: Level | None, word: str = ""
) -> Priority:
    """The priority that was said, else the one that impact and urgency make together.

    While nobody knows what the `word` for it means, it is the agreement's for medium impact and urgency.
    Raises: MissingArgument when none of them is there.
    """
    if priority is not None:
        return priority
    if word:
        return agreement.matrix[impact or Level.MEDIUM, urgency or Level.MEDIUM]
    if impact is None and urgency is None:
        raise MissingArgument("priority")
    if impact is None or urgency is None:
        raise MissingArgument("impact" if impact is None else "urgency")
    return agreement.matrix[impact, urgency]


def _opened(request: OpenRequest, agreement: Agreement) -> Opened:
    site, service, word = request.site, request.service, "" if request.priority else request.priority_word
    return Opened(
        priority=priority_of(
            agreement, priority=request.priority, impact=request.impact, urgency=request.urgency, word=word
        ),
        title=needed("title", request.title, limit=TITLE_MAX_CHARS),
        source=request.source,
        site=site if request.follows else known_site(agreement, optional(site, what="site", limit=NAME_MAX_CHARS)),
        service=known_service(agreement, optional(service, what="service", limit=NAME_MAX_CHARS)),
        impact=request.impact,
        urgency=request.urgency,
        follows=request.follows,
        moved_from=request.moved_from,
        priority_word=word,
    )


def announce(work: IncidentWork, *, real_now: datetime) -> None:
    """Post what somebody must see at once: an urgent incident without an owner, the card where it is wanted."""
    if work.incident.replayed:
        return
    _tell_of_unreachable_targets(work, real_now=real_now)
    if lacks_owner(work.incident):
        nudges.post(work, unassigned(work.incident), real_now=real_now)
    channel, floor = work.msp.incidents_channel, work.msp.incidents_from
    if channel is not None and floor is not None and work.incident.priority.rank <= floor.rank:
        facts: dict[str, str | None] = {"customer": work.incident.customer, "by": work.incident.opened_by}
        facts |= {"priority": work.incident.priority.value}
        nudges.tell_person(work, channel, "opened", facts, key=f"opened:{work.key}", at=real_now)


def _tell_of_unreachable_targets(work: IncidentWork, *, real_now: datetime) -> None:
    """A clock that never becomes due is never nudged about: the dispatcher must watch it, or correct the calendar."""
    never_due = [
        METRICS[reading.metric].label
        for reading in current(work.readings())
        if reading.state is ClockState.RUNNING and reading.due_at is None
    ]
    if not never_due:
        return
    incident = work.incident
    facts: dict[str, str | None] = {"customer": incident.customer, "priority": incident.priority.value}
    facts["metrics"] = ", ".join(never_due)
    channel, key = work.msp.dispatcher_channel, f"never_due:{work.key}"
    nudges.tell_person(work, channel, "never_due", facts, key=key, at=real_now)
