"""Lets another incident continue a ticket that was reopened too late, in whatever order its deliveries arrive."""

from dataclasses import replace

from sla_engine.domain.incidents.events import Followed, Opened
from sla_engine.domain.incidents.follow_ups import follower_of, goes_on_at
from sla_engine.domain.incidents.history import Entry, in_effect, in_order
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.incident_state import incident_after
from sla_engine.services.incidents.hand_over import hand_over
from sla_engine.services.incidents.open import OpenRequest, announce, correct_opening, open_unannounced
from sla_engine.services.intake.record import reopen_where_work_went_on
from sla_engine.services.messages import nudges
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import incidents


def follow_up(unit_of_work: UnitOfWork, work: IncidentWork) -> Incident | None:
    """Open the incident that continues this one, or correct its opening by what is known now.

    It receives a copy of the ticket's facts from its opening on. Returns the incident when it is new.
    """
    known = follower_of(work.history)
    at_report = goes_on_at(work.history, lambda at: work.terms.at(at).agreement.reopen.window)
    if known is None and at_report is None:
        return None
    start = min((entry for entry in (known, at_report) if entry is not None), key=lambda entry: entry.at)
    before = [entry for entry in in_effect(work.history) if entry.at < start.at]
    ended = incident_after(work.incident, before, reply_ends_pause=work.terms.reply_ends_pause)
    if known is not None and isinstance(known.event, Followed):
        follower = _work_on(unit_of_work, work, known.event.key)
        _correct(unit_of_work, follower, ended, start)
    else:
        follower = _opened(unit_of_work, work, ended, start)
    if known is not start:
        hand_over(work, follower, at=start.at, by=start.by)
        reopen_where_work_went_on(follower, work.source)
    follow_up(unit_of_work, follower)
    follower.settle()
    if known is not None:
        nudges.refresh(follower, real_now=unit_of_work.real_clock())
        return None
    announce(follower, real_now=unit_of_work.real_clock())
    return follower.incident


def _opened(unit_of_work: UnitOfWork, work: IncidentWork, ended: Incident, start: Entry) -> IncidentWork:
    request = OpenRequest(
        customer=ended.customer,
        title=ended.title,
        priority=ended.priority,
        site=ended.site or "",
        service=ended.service or "",
        source=ended.source,
        link=ended.link,
        opened_at=start.at,
        received_at=work.received_at,
        unique_key=f"{work.key}:follower:opened",
        follows=work.key,
    )
    return open_unannounced(unit_of_work, work.session, request, by=start.by, now=work.now)


def _work_on(unit_of_work: UnitOfWork, work: IncidentWork, key: str) -> IncidentWork:
    record = incidents.lock(work.session, key)
    return unit_of_work.work_on(work.session, record, now=work.now, source=work.source, received_at=work.received_at)


def _correct(unit_of_work: UnitOfWork, follower: IncidentWork, ended: Incident, start: Entry) -> None:
    """Open it as early as the ticket was taken up, with the title and the priority that it had then."""
    opened = next(entry for entry in in_order(follower.history) if isinstance(entry.event, Opened))
    if not isinstance(opened.event, Opened):
        return
    event = replace(opened.event, title=ended.title, priority=ended.priority)
    if (event, start.at) != (opened.event, opened.at):
        correct_opening(unit_of_work, follower, event, at=start.at, by=opened.by)
