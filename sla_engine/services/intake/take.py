"""Takes one report: recorded on its incident, opened as a new one, or kept until somebody can do that."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from sla_engine.domain.agreements.errors import NotYetInForce, UnknownCustomer
from sla_engine.domain.incidents.errors import UnknownTriage
from sla_engine.domain.incidents.events import Deleted
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.reports import Opening, Report
from sla_engine.domain.incidents.triage import TriageRecord
from sla_engine.services.agreements.book import known_name
from sla_engine.services.intake.alert_series import AlertSeries
from sla_engine.services.intake.alert_words import PlacedWord
from sla_engine.services.intake.match import Delivery, ReportedIncidents, ReportOutcome, Taken
from sla_engine.services.intake.read import ReportReading, ahead, timed
from sla_engine.services.intake.triage_rows import DELETED, NO_CUSTOMER, NOT_OPENED, NOT_YET, TriageRows
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import incidents, triage
from sla_engine.storage.database import Session

KeptReports = Sequence[tuple[Delivery, Report]]


class ReportTaking:
    """Takes reports in, inside the transaction of their delivery. `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork, reading: ReportReading) -> None:
        self.reading = reading
        self.reported = ReportedIncidents(unit_of_work)
        self.alerts = AlertSeries(self.reported)
        self.rows = TriageRows(unit_of_work)

    def take(self, session: Session, raw: Report, delivery: Delivery, *, now: datetime) -> Taken:
        """Do what a report asks for, at the time it counts."""
        early = ahead(raw, arrived_at=delivery.arrived_at)
        report = timed(raw, arrived_at=delivery.arrived_at)
        if report.series is not None and report.opening is not None:
            return self._take_alert(session, report, report.opening, delivery, early=early, now=now)
        report = self.reading.understood(session, report, delivery, now=now)
        record = self.reported.find(session, report, delivery.source)
        if record is None:
            taken = self._first_report(session, report, delivery, now=now)
        else:
            taken = self._record(session, record, report, delivery, now=now)
        means_nothing = report.words and taken.outcome is ReportOutcome.NOTHING_NEW
        return replace(taken, outcome=ReportOutcome.ASKED) if means_nothing else taken

    def open_kept(self, session: Session, kept: TriageRecord, *, customer: str, now: datetime) -> Incident:
        """Open what waits for triage for that customer, with all reports on it; returns its newest incident.

        Raises: UnknownTriage when nothing of it is left to open, UnknownCustomer, NotYetInForce.
        """
        kept_reports = self.reading.kept(session, kept, now=now)
        if any(report.series is not None for _, report in kept_reports):
            record = self._open_alert(session, kept_reports, customer=customer, now=now)
            triage.settle(session, kept.id, settled_as=record.key, at=now)
            return record
        known = incidents.find_external(session, source=kept.source, external_id=kept.external_id)
        if known is not None and (taken_back := self.reported.taken_back(session, known)) is not None:
            record = self.reported.open_again(session, taken_back, customer=customer, now=now)
            triage.settle(session, kept.id, settled_as=record.key, at=now)
            return record
        if known is not None:
            return self._give(session, known, kept, kept_reports, customer=customer, now=now)
        delivery, report = _opening_in(kept, kept_reports)
        record = self.reported.open(session, _for(report, customer), delivery, now=now)
        self._settle(session, record, kept, now=now)
        return incidents.lock_by_id(session, record.id)

    # ------------------------------------------------------------------ tickets

    def _record(
        self, session: Session, record: Incident, report: Report, delivery: Delivery, *, now: datetime
    ) -> Taken:
        """Record it on its incident; what needs another ticket, or a customer we do not know, waits for it."""
        other = replace(report, external_id=report.into)
        keep = partial(self.rows.keep, session)
        if report.into and self.reported.find(session, other, delivery.source) is None:
            keep(other, delivery, reason=NOT_OPENED, outcome=ReportOutcome.WAITS)
            return Taken(external_id=report.external_id, outcome=ReportOutcome.WAITS, incident_key=record.key)
        try:
            taken = self.reported.record(session, record, report, delivery, now=now)
        except UnknownCustomer:
            return keep(report, delivery, reason=NO_CUSTOMER, outcome=ReportOutcome.TRIAGE, about=record)
        except NotYetInForce:
            return keep(report, delivery, reason=NOT_YET, outcome=ReportOutcome.TRIAGE, about=record)
        waiting = triage.find(session, source=delivery.source, external_id=report.external_id)
        if report.customer and waiting is not None and waiting.settled_at is None:
            triage.settle(session, waiting.id, settled_as=taken.incident_key or record.key, at=now)
        return taken

    def _first_report(self, session: Session, report: Report, delivery: Delivery, *, now: datetime) -> Taken:
        kept = triage.find(session, source=delivery.source, external_id=report.external_id)
        if kept is not None and kept.settled_at is None:
            report = self._given_to_another(session, kept, report, now=now)
        if report.opening is None:
            if kept is not None and kept.title and any(isinstance(event, Deleted) for event in report.events):
                triage.settle(session, kept.id, settled_as=DELETED, at=now)
            return self.rows.keep(session, report, delivery, reason=NOT_OPENED, outcome=ReportOutcome.WAITS)
        try:
            record = self.reported.open(session, report, delivery, now=now)
        except UnknownCustomer:
            return self.rows.keep(session, report, delivery, reason=NO_CUSTOMER, outcome=ReportOutcome.TRIAGE)
        except NotYetInForce:
            return self.rows.keep(session, report, delivery, reason=NOT_YET, outcome=ReportOutcome.TRIAGE)
        if kept is not None:
            self._settle(session, record, kept, now=now)
        self.reported.record(session, record, report, delivery, now=now)
        return Taken(external_id=report.external_id, outcome=ReportOutcome.OPENED, incident_key=record.key)

    def _given_to_another(self, session: Session, kept: TriageRecord, report: Report, *, now: datetime) -> Report:
        """The opening that waits for a customer we know, where the ticket was given to one since."""
        if report.opening is None and not report.customer:
            return report
        reports = [*(earlier for _, earlier in self.reading.kept(session, kept, now=now)), report]
        opened = next((other for other in reversed(reports) if other.opening is not None), None)
        given = [other.customer for other in reports if other.customer]
        if opened is None or opened.opening is None or not given or _is_known(session, opened.opening.customer):
            return report
        return _for(opened, given[-1])

    def _settle(self, session: Session, record: Incident, kept: TriageRecord, *, now: datetime) -> None:
        """Record all reports that arrived before the incident was opened."""
        for delivery, report in self.reading.kept(session, kept, now=now):
            if report.external_id == kept.external_id:
                self._record(session, record, report, delivery, now=now)
            else:
                self.take(session, report, delivery, now=now)
        triage.settle(session, kept.id, settled_as=record.key, at=now)

    def _give(
        self,
        session: Session,
        known: Incident,
        kept: TriageRecord,
        kept_reports: KeptReports,
        *,
        customer: str,
        now: datetime,
    ) -> Incident:
        """Give an incident whose ticket went to a customer nobody knew to the one that was meant."""
        delivery, report = next((d, r) for d, r in reversed(kept_reports) if r.customer)
        taken = self.reported.record(session, known, replace(report, customer=customer), delivery, now=now)
        triage.settle(session, kept.id, settled_as=taken.incident_key or known.key, at=now)
        return incidents.lock(session, taken.incident_key or known.key)

    # ------------------------------------------------------------------ alerts

    def _take_alert(
        self, session: Session, report: Report, opening: Opening, delivery: Delivery, *, early: str, now: datetime
    ) -> Taken:
        """What an alert says: on its incident, as a new one, or kept with the reason why a person must look at it."""
        if report.doubt:
            return self._unreadable(session, report, opening, delivery)
        placed = self.alerts.place(session, report, delivery)
        keep = partial(self.rows.keep_alert, session, report, opening, delivery, is_new=not placed.repeats)
        try:
            if placed.newest is not None:
                taken = self.alerts.record(session, report, placed, delivery, now=now)
                self._no_longer_asks(session, report, taken, delivery, now=now)
                return taken
            if early:
                return keep(reason=early)
            return self._first_alert(session, report, opening, placed, delivery, now=now)
        except UnknownCustomer:
            return keep(reason=NO_CUSTOMER)
        except NotYetInForce:
            return keep(reason=NOT_YET)

    def _no_longer_asks(
        self, session: Session, report: Report, taken: Taken, delivery: Delivery, *, now: datetime
    ) -> None:
        """A word that could not be read waited for a person; by now the alert is on record by itself."""
        waiting = triage.find(session, source=delivery.source, external_id=report.series or "")
        if waiting is not None and waiting.settled_at is None and taken.incident_key is not None:
            triage.settle(session, waiting.id, settled_as=taken.incident_key, at=now)

    def _unreadable(self, session: Session, report: Report, opening: Opening, delivery: Delivery) -> Taken:
        """An alert that is open already loses nothing by a word that cannot be read."""
        record = self.alerts.newest(session, report, delivery.source)
        if record is None or not record.is_open:
            return self.rows.keep_alert(session, report, opening, delivery, reason=report.doubt, is_new=True)
        return Taken(external_id=report.external_id, outcome=ReportOutcome.NOTHING_NEW, incident_key=record.key)

    def _first_alert(
        self,
        session: Session,
        report: Report,
        opening: Opening,
        placed: PlacedWord,
        delivery: Delivery,
        *,
        now: datetime,
    ) -> Taken:
        """An alert that was no incident yet: with what waited for a person until its customer was known."""
        kept = triage.find(session, source=delivery.source, external_id=report.series or "")
        if kept is None or kept.settled_at is not None:
            return self.alerts.record(session, report, placed, delivery, now=now)
        with session.begin_nested():  # where it must wait on, the row stays as it was
            kept = triage.add_delivery(session, kept.id, delivery.inbox_id)
            record = self.open_kept(session, kept, customer=opening.customer, now=now)
        return Taken(external_id=report.external_id, outcome=ReportOutcome.OPENED, incident_key=record.key)

    def _open_alert(self, session: Session, kept_reports: KeptReports, *, customer: str, now: datetime) -> Incident:
        """An alert's incident from its first word on, with those that follow; one that is open already stays it.

        A word that could not be read opens it only where there is no other.
        """
        delivery, first = min(kept_reports, key=lambda kept: bool(kept[1].doubt))
        record = self.alerts.newest(session, first, delivery.source)
        if record is not None and record.is_open:
            return record
        report = _for(first, customer)
        if first.doubt:
            return self.alerts.open(session, report, delivery, at=first.at or delivery.arrived_at, now=now)
        self.alerts.open_all(session, report, delivery, now=now)
        newest = self.alerts.newest(session, first, delivery.source)
        return newest or self.alerts.open(session, report, delivery, at=first.at or delivery.arrived_at, now=now)


def _opening_in(kept: TriageRecord, kept_reports: KeptReports) -> tuple[Delivery, Report]:
    opening = next(((delivery, report) for delivery, report in kept_reports if report.opening is not None), None)
    if opening is None:
        raise UnknownTriage(kept.id)
    return opening


def _for(report: Report, customer: str) -> Report:
    """The report as one about a ticket or alert of that customer."""
    return replace(report, opening=report.opening and replace(report.opening, customer=customer))


def _is_known(session: Session, customer: str) -> bool:
    try:
        known_name(session, customer)
    except UnknownCustomer:
        return False
    return True
