"""Matches a report to its incident, and does there what it says: open, record, merge, move to another customer."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sla_engine.domain.clocks.replies import as_meant
from sla_engine.domain.escalation.nudges import lacks_owner, unassigned
from sla_engine.domain.incidents.endings import ending
from sla_engine.domain.incidents.events import Followed, Moved, Unassigned
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.incident import Incident, IncidentState
from sla_engine.domain.incidents.reports import Report
from sla_engine.services.agreements.coverage import site_if_known
from sla_engine.services.incidents.incident_acts import worth_showing
from sla_engine.services.incidents.merge import merge_into
from sla_engine.services.incidents.move import move, open_again
from sla_engine.services.incidents.open import OpenRequest, open_in
from sla_engine.services.intake.follow_up import follow_up
from sla_engine.services.intake.record import occurred_at, person, record_report
from sla_engine.services.messages import nudges
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import events, inbox, incidents
from sla_engine.storage.database import Session
from sla_engine.storage.inbox import InboxRecord, name_part


class ReportOutcome(StrEnum):
    """What became of one report."""

    OPENED = "opened"
    RECORDED = "recorded"
    NOTHING_NEW = "nothing new"
    TRIAGE = "kept for triage"
    WAITS = "kept until it is opened"
    ASIDE = "put aside before"
    LATER = "kept, worked on in a moment"
    ASKED = "kept, somebody is asked what its word means"
    NOT_MERGED = "kept, the dispatcher is told: these two cannot be one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of one report, and the incident it is about when there is one."""

    external_id: str
    outcome: ReportOutcome
    incident_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One inbox row in work: the facts of its reports are named after it.

    `received_at` is real time, `arrived_at` the SLA time at which what says no other time happened.
    """

    source: str
    inbox_id: str
    received_at: datetime
    arrived_at: datetime

    @classmethod
    def of(cls, row: InboxRecord) -> "Delivery":
        """The delivery of an inbox row."""
        return cls(source=row.source, inbox_id=row.id, received_at=row.received_at, arrived_at=row.arrived_at)

    def name(self, report: Report) -> str:
        """What the facts of a report are named after; the two ids stay apart whatever is in them."""
        delivery_id = self.inbox_id.removeprefix(f"{self.source}:")
        return f"{self.source}:{name_part(delivery_id)}:{name_part(report.external_id)}"


class ReportedIncidents:
    """Incidents as other systems tell of them, inside the transaction of a delivery."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def find(self, session: Session, report: Report, source: str) -> Incident | None:
        """The incident a report on a ticket is about, locked; None when we have none."""
        record = incidents.find_external(session, source=source, external_id=report.external_id)
        return None if record is None else self.gone_on(session, record, at=report.at)

    def gone_on(self, session: Session, record: Incident, *, at: datetime | None) -> Incident:
        """The incident that facts of that instant (None: now) belong to: this one, or the last that continues it.

        After a move to another customer, facts of every instant belong to that customer's.
        """
        while record.resolved_at is not None:
            goes_on_as = events.of_kind(session, [record.id], Followed, Moved)[record.id]
            last = goes_on_as[-1] if goes_on_as else None
            if last is None or not isinstance(last.event, Followed | Moved):
                break
            if isinstance(last.event, Followed) and at is not None and at < last.at:
                break
            record = incidents.lock(session, last.event.key)
        return record

    def open(self, session: Session, report: Report, delivery: Delivery, *, now: datetime) -> Incident:
        """Open the incident a report tells of.

        A site is left out when the customer it was placed for has no such site.
        Raises: UnknownCustomer, NotYetInForce, LookupError when it tells of no opening.
        """
        opening = report.opening
        if opening is None:
            message = f"the report on {report.external_id} opens nothing"
            raise LookupError(message)
        by = person(self.unit_of_work.msp(session), delivery.source, report.by)
        opened_at = min(report.started_at or report.at or now, now)
        _, agreement = self.unit_of_work.agreements.in_force(session, opening.customer, at=opened_at)
        request = OpenRequest(
            customer=opening.customer,
            title=opening.title,
            priority=opening.priority,
            impact=opening.impact,
            urgency=opening.urgency,
            priority_word=opening.priority_word,
            site=site_if_known(agreement, opening.site),
            service=opening.service,
            source=delivery.source,
            external_id=report.external_id,
            link=opening.link,
            opened_at=opened_at,
            received_at=delivery.received_at,
            unique_key=f"{delivery.source}:{name_part(report.external_id)}:opened",
        )
        return open_in(self.unit_of_work, session, request, by=by, now=now)

    def taken_back(self, session: Session, record: Incident) -> Incident | None:
        """The last incident of a ticket where its opening was undone; None where it stands."""
        last = self.gone_on(session, record, at=None)
        return last if last.state is IncidentState.TAKEN_BACK else None

    def open_again(self, session: Session, record: Incident, *, customer: str, now: datetime) -> Incident:
        """Open an incident whose opening was undone for that customer, with what was told of its ticket.

        Raises: UnknownCustomer, NotYetInForce.
        """
        work = self.unit_of_work.work_on(session, record, now=now, source=record.source)
        return open_again(self.unit_of_work, work, customer=customer)

    def record(self, session: Session, record: Incident, report: Report, delivery: Delivery, *, now: datetime) -> Taken:
        """Record what a report says, on the incident or on a new one that goes on with it.

        Raises: UnknownCustomer, NotYetInForce for a customer the ticket was given to.
        """
        current = self.gone_on(session, incidents.lock_by_id(session, record.id), at=report.at)
        work = self._work_on(session, current, delivery, now=now)
        if report.customer:
            return self._move(work, report, delivery)
        if report.into:
            return self._merge(work, report, delivery, now=now)
        known = len(work.history)
        record_report(work, report, source=delivery.source, name=delivery.name(report))
        new = work.history[known:]
        follower = follow_up(self.unit_of_work, work) if new and report.series is None else None
        if new:
            work.settle()
            shown = worth_showing(as_meant(work.history, work.terms)[known:])
            nudges.show_progress(work, shown, real_now=self.unit_of_work.real_clock())
            self._nudge_if_ownerless(work, new)
        if follower is not None:
            return Taken(external_id=report.external_id, outcome=ReportOutcome.OPENED, incident_key=follower.key)
        outcome = ReportOutcome.RECORDED if new else ReportOutcome.NOTHING_NEW
        return Taken(external_id=report.external_id, outcome=outcome, incident_key=work.key)

    def _nudge_if_ownerless(self, work: IncidentWork, new: list[Entry]) -> None:
        """Nudge the dispatcher about an urgent incident that has just lost its owner."""
        lost = next((entry for entry in reversed(new) if isinstance(entry.event, Unassigned)), None)
        if lost is not None and lacks_owner(work.incident):
            nudges.post(work, unassigned(work.incident, since=lost), real_now=self.unit_of_work.real_clock())

    def _move(self, work: IncidentWork, report: Report, delivery: Delivery) -> Taken:
        by, name = person(work.msp, delivery.source, report.by), delivery.name(report)
        at, moved = occurred_at(work, report), None
        if ending(work.history) is None and self._is_last_customer(work, report, delivery, at=at):
            moved = move(self.unit_of_work, work, customer=report.customer, by=by, at=at, unique_key=f"{name}:moved")
            inbox.remember(work.session, delivery.source, report.external_id, {"customer_since": at.isoformat()})
        outcome, key = (ReportOutcome.NOTHING_NEW, work.key) if moved is None else (ReportOutcome.OPENED, moved.key)
        return Taken(external_id=report.external_id, outcome=outcome, incident_key=key)

    def _is_last_customer(self, work: IncidentWork, report: Report, delivery: Delivery, *, at: datetime) -> bool:
        """Whether the ticket was given to nobody else after that, as far as is known."""
        kept = inbox.hold(work.session, delivery.source, report.external_id, at=delivery.received_at)
        return "customer_since" not in kept or at >= datetime.fromisoformat(kept["customer_since"])

    def _merge(self, work: IncidentWork, report: Report, delivery: Delivery, *, now: datetime) -> Taken:
        """Merge it into the incident of the other ticket; the dispatcher is notified where the two cannot be one."""
        survivor = self._survivor(work, report, delivery, now=now)
        taken = Taken(external_id=report.external_id, outcome=ReportOutcome.NOTHING_NEW, incident_key=work.key)
        if survivor is None or survivor.key == work.key or ending(work.history) is not None:
            return taken
        real_now, name = self.unit_of_work.real_clock(), delivery.name(report)
        if survivor.incident.customer != work.incident.customer or ending(survivor.history) is not None:
            facts: dict[str, str | None] = {"source": delivery.source, "into": survivor.key}
            facts |= {"customer": work.incident.customer, "other": survivor.incident.customer}
            channel, key = work.msp.dispatcher_channel, f"not_merged:{work.key}:{survivor.key}"
            nudges.send_line(work, channel, "not_merged", facts, key=key, at=real_now)
            return replace(taken, outcome=ReportOutcome.NOT_MERGED)
        by, at = person(work.msp, delivery.source, report.by), occurred_at(work, report)
        merge_into(self.unit_of_work, work, survivor, by=by, at=at, unique_key=f"{name}:merged")
        return replace(taken, outcome=ReportOutcome.RECORDED)

    def _survivor(
        self, work: IncidentWork, report: Report, delivery: Delivery, *, now: datetime
    ) -> IncidentWork | None:
        """The incident of the ticket it was merged into, or the one that one was merged into since."""
        record = self.find(work.session, replace(report, external_id=report.into), delivery.source)
        while record is not None and record.merged_into is not None:
            record = incidents.lock(work.session, record.merged_into)
        return None if record is None else self._work_on(work.session, record, delivery, now=now)

    def _work_on(self, session: Session, record: Incident, delivery: Delivery, *, now: datetime) -> IncidentWork:
        """The incident, to record what a delivery says of it."""
        return self.unit_of_work.work_on(
            session, record, now=now, source=delivery.source, received_at=delivery.received_at
        )
