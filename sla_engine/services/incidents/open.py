"""Opens an incident: its terms, its first fact, and the messages to those who must see it at once."""

from dataclasses import dataclass, replace
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
    """A request to open an incident, with a priority, or the impact and urgency that make one.

    Another system may give a `priority_word` instead whose meaning nobody has said yet. `opened_at` is for an incident
    reported late, `received_at` the real time at which an intake's delivery came in. `follows` is the key of the
    incident it goes on with, `moved_from` the key it had before its customer changed.
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
    received_at: datetime | None = None
    unique_key: str | None = None
    replayed: bool = False
    follows: str = ""
    moved_from: str = ""


def open_in(unit_of_work: UnitOfWork, session: Session, request: OpenRequest, *, by: str, now: datetime) -> Incident:
    """Open an incident inside a transaction that is under way: start its clocks, and post what must be seen at once.

    Raises: UnknownCustomer, NotYetInForce, UnknownChoice for a site, TooLong, MissingArgument.
    """
    work = open_unannounced(unit_of_work, session, request, by=by, now=now)
    announce(work, real_now=unit_of_work.real_clock())
    return work.incident


def open_unannounced(
    unit_of_work: UnitOfWork, session: Session, request: OpenRequest, *, by: str, now: datetime
) -> IncidentWork:
    """Open an incident without posting anything, for callers that have more to record first.

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
    work = unit_of_work.work_on(session, record, now=now, source=request.source, received_at=request.received_at)
    work.record(opened, by=by, at=opened_at, unique_key=request.unique_key)
    work.settle()
    return work


def correct_opening(unit_of_work: UnitOfWork, work: IncidentWork, event: Opened, *, at: datetime, by: str) -> None:
    """Record that an incident was opened otherwise than was known, or earlier; never later. It is not settled yet.

    Raises: NotYetInForce.
    """
    version_id, _ = unit_of_work.agreements.in_force(work.session, work.incident.customer, at=at)
    work.incident = replace(work.incident, agreement_version_id=version_id)
    work.record(event, by=by, at=at, unique_key=f"{work.key}:opened:{len(work.history)}")


def priority_of(
    agreement: Agreement, *, priority: Priority | None, impact: Level | None, urgency: Level | None, word: str = ""
) -> Priority:
    """The given priority, else the one that impact and urgency make together.

    With a `word` whose meaning nobody has said yet, an impact or urgency that is not given counts as medium.
    Raises: MissingArgument when nothing is given, or only one of impact and urgency.
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
    word = "" if request.priority else request.priority_word
    return Opened(
        priority=priority_of(
            agreement, priority=request.priority, impact=request.impact, urgency=request.urgency, word=word
        ),
        title=needed("title", request.title, limit=TITLE_MAX_CHARS),
        source=request.source,
        site=_site(request, agreement),
        service=known_service(agreement, optional(request.service, what="service", limit=NAME_MAX_CHARS)),
        impact=request.impact,
        urgency=request.urgency,
        follows=request.follows,
        moved_from=request.moved_from,
        priority_word=word,
    )


def _site(request: OpenRequest, agreement: Agreement) -> str:
    """The site as the agreement names it; a follow-up keeps its site even where the agreement no longer has it."""
    if request.follows:
        return request.site
    return known_site(agreement, optional(request.site, what="site", limit=NAME_MAX_CHARS))


def announce(work: IncidentWork, *, real_now: datetime) -> None:
    """Post what must be seen at once: an urgent incident without an owner, and the card where one is wanted."""
    if work.incident.replayed:
        return
    _warn_of_clocks_never_due(work, real_now=real_now)
    if lacks_owner(work.incident):
        nudges.post(work, unassigned(work.incident), real_now=real_now)
    channel, floor = work.msp.incidents_channel, work.msp.incidents_from
    if channel is not None and floor is not None and work.incident.priority.rank <= floor.rank:
        facts: dict[str, str | None] = {"customer": work.incident.customer, "by": work.incident.opened_by}
        facts |= {"priority": work.incident.priority.value}
        nudges.send_line(work, channel, "opened", facts, key=f"opened:{work.key}", at=real_now)


def _warn_of_clocks_never_due(work: IncidentWork, *, real_now: datetime) -> None:
    """Warn the dispatcher of clocks that never become due: no nudge ever comes for them until the calendar changes."""
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
    nudges.send_line(work, channel, "never_due", facts, key=key, at=real_now)
