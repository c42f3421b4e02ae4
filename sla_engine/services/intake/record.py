"""Records a report on an incident; the history is the same in whatever order reports come in."""

from dataclasses import replace
from datetime import datetime

from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.incidents.events import Assigned, Event, Opened, PrioritySet, Reopened, Resolved, Resumed
from sla_engine.domain.incidents.history import Entry, in_order
from sla_engine.domain.incidents.new_fact import NewFact
from sla_engine.domain.incidents.reports import Report
from sla_engine.services.unit_of_work.incident_work import IncidentWork


def lock_names(report: Report) -> set[str]:
    """What only one transaction at a time may work on."""
    return {report.series or report.external_id, *([report.into] if report.into else [])}


def person(msp: Msp, source: str, login: str | None) -> str:
    """Our person behind a login of the other system; one that nobody has, or two may have, stays what it is."""
    if login is None:
        return source
    member = msp.by_login(login) or msp.person(login)
    return member.slack_id if member else f"{source}:{login}"


def occurred_at(work: IncidentWork, report: Report) -> datetime:
    """When it counts: nothing happens before the opening or after now, a sender's clock may be a little off ours."""
    return max(min(report.at or work.now, work.now), work.incident.opened_at)


def record_report(work: IncidentWork, report: Report, *, source: str, name: str) -> None:
    """Record what the report says; `name` tells its facts from those of every other delivery."""
    at = occurred_at(work, report)
    by = person(work.msp, source, report.by)
    if report.series is not None:  # one report on an alert may record several facts, on several incidents
        name = f"{name}:{work.key}:{report.what}:{at.isoformat()}"
    for number, event in enumerate(report.events):
        work.record(_with_our_person(work, event, source), by=by, at=at, unique_key=f"{name}:{number}")
    _record_known_priority(work, report, source, by=by)
    reopen_where_work_went_on(work, source)


def _record_known_priority(work: IncidentWork, report: Report, source: str, *, by: str) -> None:
    """An incident that was opened before anybody knew what its priority's word means has it from its opening on."""
    priority = report.opening.priority if report.opening else None
    opened = next((e for e in work.history if isinstance(e.event, Opened) and e.event.priority_word), None)
    if priority is not None and opened is not None:
        work.record_all(
            [_beside(opened, PrioritySet(priority=priority), by=by, unique_key=f"{source}:{work.key}:priority word")]
        )


def _with_our_person(work: IncidentWork, event: Event, source: str) -> Event:
    return replace(event, to=person(work.msp, source, event.to)) if isinstance(event, Assigned) else event


def reopen_where_work_went_on(work: IncidentWork, source: str) -> None:
    """Reopen after a resolution where a later status says that work goes on, in whatever order the two arrived."""
    for entry in _work_after_resolution(work.history):
        key = f"{source}:{work.key}:reopened:{entry.at.isoformat()}"
        work.record_all([_beside(entry, Reopened(), by=entry.by, unique_key=key)])


def _beside(entry: Entry, event: Event, *, by: str, unique_key: str) -> NewFact:
    """A fact that follows from another one: at its instant, with its source and the time it was received."""
    return NewFact(
        event=event, at=entry.at, by=by, unique_key=unique_key, source=entry.source, received_at=entry.received_at
    )


def _work_after_resolution(history: list[Entry]) -> list[Entry]:
    went_on: list[Entry] = []
    is_resolved = False
    for entry in in_order(history):
        match entry.event:
            case Resolved():
                is_resolved = True
            case Reopened():
                is_resolved = False
            case Resumed(reason=None) if is_resolved:
                went_on.append(entry)
                is_resolved = False
            case _:
                pass
    return went_on
