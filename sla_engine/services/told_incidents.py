"""The incident a report is about: found, opened, taken up again, and told what the report says."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sla_engine.domain.errors import UnknownChoice
from sla_engine.domain.events import Followed, Reopened, Resumed
from sla_engine.domain.reports import Opening, Report
from sla_engine.services import nudging
from sla_engine.services.acts import settled, worth_showing
from sla_engine.services.case import Case
from sla_engine.services.casework import Casework
from sla_engine.services.coverage import known_site
from sla_engine.services.intake_facts import goes_on, person, record_report, told_at
from sla_engine.services.opening import OpenRequest, open_in
from sla_engine.services.reopening import take_up, too_late
from sla_engine.storage import events, external_ids, incidents
from sla_engine.storage.database import Session
from sla_engine.storage.incidents import IncidentRecord

REOPEN_WINDOW = timedelta(minutes=30)
"""An alert that fires again so soon after it was resolved is the same incident, not a new one."""


class Outcome(StrEnum):
    """What became of one report."""

    OPENED = "opened"
    RECORDED = "recorded"
    NOTHING_NEW = "nothing new"
    TRIAGE = "kept for triage"
    WAITS = "kept until it is opened"
    LATER = "kept, worked on in a moment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of one report, and the incident it is about when there is one."""

    external_id: str
    outcome: Outcome
    incident_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One inbox row in work: the facts of its reports are named after it."""

    source: str
    inbox_id: str
    received_at: datetime

    def name(self, report: Report) -> str:
        """What the facts of a report are named after."""
        return f"{self.inbox_id}:{report.external_id}"


class ToldIncidents:
    """Incidents as other systems tell of them, inside the transaction of a delivery."""

    def __init__(self, casework: Casework) -> None:
        self.casework = casework

    def find(self, session: Session, report: Report, source: str) -> IncidentRecord | None:
        """The incident a report is about; of a series, the newest unless this firing is a new incident."""
        exact = incidents.find_external(session, source=source, external_id=report.external_id)
        if exact is not None or report.series is None:
            return None if exact is None else self._gone_on(session, exact, report)
        newest = external_ids.newest_of_series(session, source=source, series=report.series)
        if newest is None:
            return None
        record = incidents.find_external(session, source=source, external_id=newest)
        started = report.started_at
        if record is None or started is None or record.resolved_at is None:
            return record
        return record if started - record.resolved_at <= self._window(session, record, at=started) else None

    def _gone_on(self, session: Session, record: IncidentRecord, report: Report) -> IncidentRecord:
        """The incident that goes on with this one since then, or a later one that goes on with that."""
        at = None if goes_on(report) else report.at
        while record.resolved_at is not None:
            followed = events.of_kind(session, [record.id], Followed)[record.id]
            last = followed[-1] if followed else None
            if last is None or not isinstance(last.event, Followed) or (at is not None and at < last.at):
                break
            record = incidents.lock(session, last.event.key)
        return record

    def _window(self, session: Session, record: IncidentRecord, *, at: datetime) -> timedelta:
        """How long after its resolution an alert's incident is reopened: never beyond its agreement's window."""
        terms = self.casework.agreements.terms(session, record, events.history(session, record.id))
        agreed = terms.at(at).agreement.reopen.window
        return REOPEN_WINDOW if agreed is None else min(REOPEN_WINDOW, agreed)

    def open(self, session: Session, report: Report, delivery: Delivery, *, now: datetime) -> IncidentRecord:
        """Open the incident a report tells of.

        A site is left out when the customer it was placed for has no such site.
        Raises: UnknownCustomer, NotYetInForce, LookupError when it tells of no opening.
        """
        opening = report.opening
        if opening is None:
            message = f"the report on {report.external_id} opens nothing"
            raise LookupError(message)
        by = person(self.casework.msp(session), delivery.source, report.by)
        opened_at = min(report.started_at or report.at or now, now)
        request = OpenRequest(
            customer=opening.customer,
            title=opening.title,
            priority=opening.priority,
            impact=opening.impact,
            urgency=opening.urgency,
            site=self._site(session, opening, at=opened_at),
            service=opening.service,
            source=delivery.source,
            external_id=report.external_id,
            link=opening.link,
            opened_at=opened_at,
            unique_key=f"{delivery.source}:{report.external_id}:opened",
        )
        return open_in(self.casework, session, request, by=by, now=now)

    def _site(self, session: Session, opening: Opening, *, at: datetime) -> str:
        _, agreement = self.casework.agreements.in_force(session, opening.customer, at=at)
        try:
            return known_site(agreement, opening.site)
        except UnknownChoice:
            return ""

    def record(
        self, session: Session, record: IncidentRecord, report: Report, delivery: Delivery, *, now: datetime
    ) -> Taken:
        """Record what a report says, on the incident or on a new one that goes on with it."""
        case = self.casework.case(session, incidents.lock_by_id(session, record.id), now=now)
        if goes_on(report) and too_late(case, at=told_at(case, report)):
            return self._go_on(case, report, delivery, now=now)
        known = len(case.history)
        record_report(case, report, source=delivery.source, name=delivery.name(report))
        new = case.history[known:]
        if new:
            case.settle()
            shown = worth_showing(case.history[known:])
            nudging.show_progress(case, shown, real_now=self.casework.real_clock())
        outcome = Outcome.RECORDED if new else Outcome.NOTHING_NEW
        return Taken(external_id=report.external_id, outcome=outcome, incident_key=case.key)

    def _go_on(self, case: Case, report: Report, delivery: Delivery, *, now: datetime) -> Taken:
        """The ticket goes on after the window for reopening: as a new incident, with the rest of what was told."""
        at, by = told_at(case, report), person(case.msp, delivery.source, report.by)
        with settled(self.casework, case):
            opened = f"{delivery.name(report)}:opened"
            follower = take_up(self.casework, case, by=by, at=at, unique_key=opened).incident
        rest = tuple(event for event in report.events if not isinstance(event, Reopened | Resumed))
        self.record(case.session, follower, replace(report, events=rest), delivery, now=now)
        return Taken(external_id=report.external_id, outcome=Outcome.OPENED, incident_key=follower.key)
