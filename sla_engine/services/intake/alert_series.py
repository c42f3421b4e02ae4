"""The incidents of one alert: which of its firings belongs to which, and since when.

The words of an alert may arrive in any order. After each one the incidents are brought in line with the times at which
the alert fired by all words known: an end may turn one firing into two, and an earlier firing may belong to an incident
that is known already, which then was opened earlier.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sla_engine.domain.agreements.errors import NotYetInForce
from sla_engine.domain.incidents.events import Event, Opened, Reopened, Resolved
from sla_engine.domain.incidents.history import OF_THE_TICKET, SLACK, in_effect, in_order
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.reports import Report
from sla_engine.domain.incidents.series import Firing, resolved_before, same_incident
from sla_engine.services.incidents.hand_over import hand_over
from sla_engine.services.incidents.incident_acts import settled
from sla_engine.services.incidents.open import correct_opening
from sla_engine.services.intake import alert_words
from sla_engine.services.intake.alert_words import FIRING, PlacedWord, series_of
from sla_engine.services.intake.match import Delivery, ReportedIncidents, ReportOutcome, Taken
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import events, external_ids, incidents
from sla_engine.storage.database import Session

REOPEN_WINDOW = timedelta(minutes=30)
"""An alert that fires again so soon after it was resolved is the same incident, not a new one."""

_AGAIN, _ENDED = Reopened(text="the alert fires again"), Resolved(text="the alert is resolved")


class AlertSeries:
    """Alerts and their incidents, inside the transaction of a delivery that holds the alert's name."""

    def __init__(self, reported: ReportedIncidents) -> None:
        self.reported = reported
        self.unit_of_work = reported.unit_of_work

    def newest(self, session: Session, report: Report, source: str) -> Incident | None:
        """The newest incident of the alert, locked; None when it never was one."""
        return self.incident(session, report, source, at=None)

    def place(self, session: Session, report: Report, delivery: Delivery) -> PlacedWord:
        """Keep a word of the alert in its place among the others."""
        newest = self.newest(session, report, delivery.source)
        return alert_words.place(session, report, delivery, newest=newest)

    def record(
        self, session: Session, report: Report, placed: PlacedWord, delivery: Delivery, *, now: datetime
    ) -> Taken:
        """Bring the incidents of an alert in line with a word.

        Raises: UnknownCustomer, NotYetInForce where it is a new one.
        """
        alert = _Alert(self, session, report, delivery, now)
        known = () if placed.newest is None else placed.before
        new = (number for number, firing in enumerate(placed.firings) if firing not in known)
        alert.align(placed.firings, first=next(new, len(placed.firings)))
        alert.heed_people(placed)
        return alert.taken(placed.newest)

    def open_all(self, session: Session, report: Report, delivery: Delivery, *, now: datetime) -> None:
        """Open the incidents of an alert that waited for a person, by all the words that were kept of it.

        Raises: UnknownCustomer, NotYetInForce.
        """
        alert = _Alert(self, session, report, delivery, now)
        alert.align(alert_words.known_firings(session, report, delivery), first=0)

    def open(self, session: Session, report: Report, delivery: Delivery, *, at: datetime, now: datetime) -> Incident:
        """Open an incident for an alert that fires since `at`.

        Raises: UnknownCustomer, NotYetInForce.
        """
        name = f"{series_of(report)}{external_ids.SERIES_MARK}{at.astimezone(UTC).isoformat()}"
        while incidents.find_external(session, source=delivery.source, external_id=name) is not None:
            name += external_ids.SERIES_MARK  # an incident that was opened earlier than it is named after has the name
        report = replace(report, external_id=name, at=at, started_at=at, events=())
        return self.reported.open(session, report, delivery, now=now)

    def incident(self, session: Session, report: Report, source: str, *, at: datetime | None) -> Incident | None:
        """The newest incident of the alert that was opened by then (None: of all), locked; None when there is none."""
        name = external_ids.newest_of_series(session, source=source, series=series_of(report), opened_by=at)
        record = None if name is None else incidents.find_external(session, source=source, external_id=name)
        return None if record is None else self.reported.gone_on(session, record, at=at)


class _Alert:
    """One alert while its incidents are brought in line with its firings."""

    def __init__(
        self, series: AlertSeries, session: Session, report: Report, delivery: Delivery, now: datetime
    ) -> None:
        self.series = series
        self.unit_of_work = series.unit_of_work
        self.session = session
        self.report = report
        self.delivery = delivery
        self.now = now
        self.outcomes: list[Taken] = []
        self.passed: dict[tuple[int, datetime], int] = {}
        """How many facts of an incident's instant stand for the firings that are aligned already."""

    def align(self, firings: tuple[Firing, ...], *, first: int) -> None:
        """Bring the incidents in line with the firings from that one on, and with those that end as it begins."""
        while 0 < first < len(firings) and firings[first - 1].ended_at == firings[first].began_at:
            first -= 1
        for number in range(first, len(firings)):
            self._begin(firings[number], firings[number + 1 :])
            self._end(firings[number])

    def heed_people(self, placed: PlacedWord) -> None:
        """Reopen what a person resolved before this firing, and end again what a person reopened after this end."""
        self.passed.clear()
        word, newest = placed.word, self._incident(None)
        if newest is None or placed.newest is None:
            return
        if word.fires and newest.resolved_at is not None and word.at > newest.resolved_at:
            current = placed.firings[-1] if placed.firings else None
            if current is not None and current.ended_at is None and current.includes(word.at):
                self._begin(replace(current, began_at=word.at), ())
        elif not word.fires and newest.resolved_at is None:
            reopened = events.of_kind(self.session, [newest.id], Reopened)[newest.id]
            if any(entry.source == SLACK and entry.at >= word.at for entry in reopened):
                self._record(newest, _ENDED, at=self.delivery.arrived_at)

    def taken(self, newest: Incident | None) -> Taken:
        """What became of the report: something was opened, else recorded, else nothing is new."""
        news = [taken for taken in self.outcomes if taken.outcome is not ReportOutcome.NOTHING_NEW]
        opened = [taken for taken in news if taken.outcome is ReportOutcome.OPENED]
        key = None if newest is None else newest.key
        nothing = Taken(external_id=self.report.external_id, outcome=ReportOutcome.NOTHING_NEW, incident_key=key)
        return next(iter([*opened, *reversed(news)]), nothing)

    def _begin(self, firing: Firing, later: tuple[Firing, ...]) -> None:
        """Let a firing begin on the incident before it, on the one after it, or on a new one."""
        record = self._incident(firing.began_at)
        if record is not None and self._goes_on(record, firing.began_at):
            return
        following = self._following(firing.began_at)
        if following is not None and not following.is_over:
            window = self._window(following, following.opened_at)
            if same_incident(firing, later, following.opened_at, window=window):
                self._open_earlier(following, at=firing.began_at)
                return
        self._open(firing.began_at, earlier=record)

    def _goes_on(self, record: Incident, at: datetime) -> bool:
        """Reopen an incident that the alert goes on with; False where it was resolved too long ago."""
        resolved_at = record.resolved_at
        if not record.is_over:
            resolved_at = resolved_before(events.history(self.session, record.id), at)
        if resolved_at is None:
            return True
        is_soon = at - resolved_at <= self._window(record, at)
        if is_soon:
            self._record(record, _AGAIN, at=at)
        return is_soon

    def _end(self, firing: Firing) -> None:
        """Let a firing end on the incident that it is by then."""
        record = None if firing.ended_at is None else self._incident(firing.ended_at)
        if record is not None and firing.ended_at is not None:
            self._record(record, _ENDED, at=firing.ended_at)

    def _open(self, at: datetime, *, earlier: Incident | None) -> None:
        """Open an incident, and hand over the facts that the one before it has from then on."""
        opened = self.series.open(self.session, self.report, self.delivery, at=at, now=self.now)
        self._note(ReportOutcome.OPENED, opened)
        if earlier is None:
            return
        before, after = self._work_on(earlier), self._work_on(opened)
        if any(isinstance(entry.event, OF_THE_TICKET) and entry.at >= at for entry in in_effect(before.history)):
            with settled(self.unit_of_work, before), settled(self.unit_of_work, after):
                hand_over(before, after, at=at, by=opened.opened_by)

    def _open_earlier(self, record: Incident, *, at: datetime) -> None:
        """Correct when an incident was opened; one whose agreement began later keeps its opening."""
        work = self._work_on(record)
        opened = next(entry.event for entry in in_order(work.history) if isinstance(entry.event, Opened))
        try:
            with settled(self.unit_of_work, work):
                correct_opening(self.unit_of_work, work, opened, at=at, by=record.opened_by)
        except NotYetInForce:
            return  # no agreement says what was promised then; that it ended counts all the same
        self._note(ReportOutcome.RECORDED, record)

    def _record(self, record: Incident, event: Event, *, at: datetime) -> None:
        """Record that it ended or fires again, unless that is on record after what came before it in the same instant.

        It may have been handed over.
        """
        turns = events.of_kind(self.session, [record.id], Opened, Resolved, Reopened)[record.id]
        known = [entry for entry in in_order(turns) if entry.at == at]
        kinds = Resolved if isinstance(event, Resolved) else (Opened, Reopened)
        passed = self.passed.get((record.id, at), 0)
        for place, entry in enumerate(known[passed:], start=passed):
            if isinstance(entry.event, kinds):
                self.passed[record.id, at] = place + 1
                return
        self.passed[record.id, at] = len(known) + 1
        what = "resolved" if isinstance(event, Resolved) else FIRING
        report = replace(self.report, what=f"{what}:{len(known)}", at=at, started_at=at, events=(event,))
        received = [entry.received_at for entry in known if entry.received_at is not None]
        delivery = replace(self.delivery, received_at=max([self.delivery.received_at, *received]))  # counts last
        self.outcomes.append(self.series.reported.record(self.session, record, report, delivery, now=self.now))

    def _note(self, outcome: ReportOutcome, record: Incident) -> None:
        self.outcomes.append(Taken(external_id=self.report.external_id, outcome=outcome, incident_key=record.key))

    def _work_on(self, record: Incident) -> IncidentWork:
        record = incidents.lock_by_id(self.session, record.id)
        source, received_at = self.delivery.source, self.delivery.received_at
        return self.unit_of_work.work_on(self.session, record, now=self.now, source=source, received_at=received_at)

    def _incident(self, at: datetime | None) -> Incident | None:
        return self.series.incident(self.session, self.report, self.delivery.source, at=at)

    def _following(self, at: datetime) -> Incident | None:
        source, series = self.delivery.source, series_of(self.report)
        name = external_ids.first_of_series_after(self.session, source=source, series=series, opened_after=at)
        return None if name is None else incidents.find_external(self.session, source=source, external_id=name)

    def _window(self, record: Incident, at: datetime) -> timedelta:
        """How soon it must fire again to be the same incident, which is never beyond its agreement's window."""
        history = events.history(self.session, record.id)
        agreed = self.unit_of_work.agreements.terms(self.session, record, history).at(at).agreement.reopen.window
        return REOPEN_WINDOW if agreed is None else min(REOPEN_WINDOW, agreed)
