"""What ticket systems and monitoring tell us, turned into facts: kept first, worked on after, never twice.

A delivery is one inbox row, committed before anything else. The work is a second transaction that may be done again:
facts carry unique keys, and what is recorded does not depend on the order in which deliveries come in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from sla_engine.domain.errors import NotSetUp, NotYetInForce, StorageBusy, UnknownCustomer
from sla_engine.domain.reports import Opening, Report
from sla_engine.domain.retries import URGENT, Queue
from sla_engine.notifications import LineMessage
from sla_engine.services.casework import Casework
from sla_engine.services.intake_door import refuse_future, refuse_impossible
from sla_engine.services.intake_facts import lock_name
from sla_engine.services.permissions import Action
from sla_engine.services.told_incidents import Delivery, Outcome, Taken, ToldIncidents
from sla_engine.storage import failures, inbox, incidents, outbox, triage
from sla_engine.storage.database import Session
from sla_engine.storage.incidents import IncidentRecord
from sla_engine.storage.triage import TriageRecord

TRIAGE_LIMIT = 20
NO_CUSTOMER = "no agreement names this customer"
NOT_YET = "its first agreement begins later"
NOT_OPENED = "nothing with this id was opened yet"
PUT_ASIDE = "put aside"

log = structlog.get_logger(__name__)

Parser = Callable[[Mapping[str, Any]], tuple[Report, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The answer to a delivery; `seen_before` when nothing was done because it had come before."""

    seen_before: bool
    taken: tuple[Taken, ...] = ()


class Intake:
    """Takes deliveries in. `parsers` reads a payload by its source; `now` is SLA time."""

    def __init__(self, casework: Casework, *, parsers: Mapping[str, Parser]) -> None:
        self.casework = casework
        self.parsers = parsers
        self.told = ToldIncidents(casework)

    def receive(self, source: str, delivery_id: str, payload: Mapping[str, Any], *, now: datetime) -> Receipt:
        """Keep a delivery and do its work; what cannot be done now (the database is busy) is done later.

        Raises: PayloadInvalid (see `refuse`), StorageBusy when not even the delivery could be kept.
        """
        reports = self.parsers[source](payload)
        refuse_future(reports, now=now)
        with self.casework.database.reading() as session:
            refuse_impossible(session, self.casework.agreements, reports, source=source, now=now)
        inbox_id = f"{source}:{delivery_id}"
        with self.casework.database.transaction() as session:
            fresh = inbox.take(
                session, inbox_id=inbox_id, source=source, payload=payload, received_at=self.casework.real_clock()
            )
        if not fresh:
            return Receipt(seen_before=True)
        try:
            return Receipt(seen_before=False, taken=self._work(inbox_id, now=now))
        except (StorageBusy, NotSetUp):
            pass
        except Exception as error:
            self._put_off(inbox_id, error)
        later = (Taken(external_id=each.external_id, outcome=Outcome.LATER) for each in reports)
        return Receipt(seen_before=False, taken=tuple(later))

    def refuse(self, source: str, name: str, payload: Mapping[str, Any], error: str) -> None:
        """Keep a payload that could not be taken, to be looked at; nothing is opened.

        `name` tells one such payload from another, for instance a hash of the body.
        """
        with self.casework.database.transaction() as session:
            inbox.refuse(
                session,
                inbox_id=f"{source}:refused:{name}",
                source=source,
                payload=payload,
                error=error,
                received_at=self.casework.real_clock(),
            )

    def catch_up(self, *, now: datetime, older_than: timedelta = timedelta(seconds=30), limit: int = 50) -> int:
        """Do the work of deliveries that were kept but not finished; answers how many were finished."""
        now_real = self.casework.real_clock()
        with self.casework.database.reading() as session:
            left = inbox.waiting(
                session, sources=tuple(self.parsers), before=now_real - older_than, now=now_real, limit=limit
            )
        return sum(self._finish(inbox_id, now=now) for inbox_id in left)

    def waiting_for_triage(self) -> tuple[TriageRecord, ...]:
        """What names no customer we know, oldest first."""
        with self.casework.database.reading() as session:
            return tuple(triage.waiting(session, limit=TRIAGE_LIMIT))

    def place(self, number: int, *, customer: str, by: str, now: datetime) -> IncidentRecord:
        """Open what waits for triage under `number` for that customer, with all that was told of it since.

        Raises: NotAllowed, UnknownTriage, UnknownCustomer, NotYetInForce.
        """
        with self.casework.transaction(action=Action.TRIAGE, by=by, now=now) as session:
            kept = triage.lock(session, number)
            found = self._kept_reports(session, kept)
            delivery, report, opening = next((d, r, r.opening) for d, r in found if r.opening is not None)
            told = replace(report, opening=replace(opening, customer=customer))
            record = self.told.open(session, told, delivery, now=now)
            self._settle_triage(session, record, kept, now=now)
            return incidents.lock_by_id(session, record.id)

    def put_aside(self, number: int, *, by: str, now: datetime) -> None:
        """Take something off the triage list without opening it; the deliveries stay in the inbox.

        Raises: NotAllowed, UnknownTriage.
        """
        with self.casework.transaction(action=Action.TRIAGE, by=by, now=now) as session:
            triage.settle(session, triage.lock(session, number).id, settled_as=f"{PUT_ASIDE} by {by}", at=now)

    def _finish(self, inbox_id: str, *, now: datetime) -> bool:
        """The work of a delivery that was left over; one that fails is put off and holds up no other."""
        try:
            self._work(inbox_id, now=now)
        except (StorageBusy, NotSetUp):
            return False
        except Exception as error:
            self._put_off(inbox_id, error)
            return False
        return True

    def _put_off(self, inbox_id: str, error: Exception) -> None:
        """Count the failure; it is tried again later, and after five tries set aside and told."""
        try:
            with self.casework.database.transaction() as session:
                at = self.casework.real_clock()
                failure = inbox.put_off(session, inbox_id, queue=Queue.DELIVERY, error=error, pace=URGENT, at=at)
        except Exception:
            log.exception("a failed delivery could not be put off", delivery=inbox_id)
            return
        log.error("a delivery failed", delivery=inbox_id, tries=failure.tries, exc_info=error)

    def _work(self, inbox_id: str, *, now: datetime) -> tuple[Taken, ...]:
        """The work of one delivery, in one transaction with the mark that it is done."""
        with self.casework.database.transaction() as session:
            row = inbox.lock(session, inbox_id)
            if row is None or row.state is not inbox.InboxState.RECEIVED:
                return ()
            delivery = Delivery(source=row.source, inbox_id=inbox_id, received_at=row.received_at)
            reports = self.parsers[row.source](row.payload)
            # All of them, in one order, before anything else is locked: two deliveries about the same tickets
            # then wait for each other here, and nowhere in a circle.
            for name in sorted({lock_name(report) for report in reports}):
                inbox.hold(session, f"{row.source}:hold:{name}", at=row.received_at)
            taken = tuple(self._take(session, report, delivery, now=now) for report in reports)
            inbox.done(session, inbox_id, at=self.casework.real_clock())
            failures.clear(session, Queue.DELIVERY, inbox_id)
        return taken

    def _take(self, session: Session, report: Report, delivery: Delivery, *, now: datetime) -> Taken:
        record = self.told.find(session, report, delivery.source)
        if record is None:
            return self._first_report(session, report, delivery, now=now)
        return self.told.record(session, record, report, delivery, now=now)

    def _first_report(self, session: Session, report: Report, delivery: Delivery, *, now: datetime) -> Taken:
        kept = triage.find(session, source=delivery.source, external_id=report.external_id)
        if report.opening is None:
            return self._keep(session, report, delivery, reason=NOT_OPENED, outcome=Outcome.WAITS)
        try:
            record = self.told.open(session, report, delivery, now=now)
        except UnknownCustomer:
            return self._keep(session, report, delivery, reason=NO_CUSTOMER, outcome=Outcome.TRIAGE)
        except NotYetInForce:
            return self._keep(session, report, delivery, reason=NOT_YET, outcome=Outcome.TRIAGE)
        if kept is not None:
            self._settle_triage(session, record, kept, now=now)
        self.told.record(session, record, report, delivery, now=now)
        return Taken(external_id=report.external_id, outcome=Outcome.OPENED, incident_key=record.key)

    def _keep(self, session: Session, report: Report, delivery: Delivery, *, reason: str, outcome: Outcome) -> Taken:
        opening = report.opening
        kept, asks = triage.keep(
            session,
            source=delivery.source,
            external_id=report.external_id,
            customer=opening.customer if opening else "",
            title=opening.title if opening else "",
            reason=reason,
            delivery=delivery.inbox_id,
            received_at=delivery.received_at,
        )
        if asks and opening is not None:
            self._tell_dispatcher(session, kept, opening)
        return Taken(external_id=report.external_id, outcome=outcome)

    def _tell_dispatcher(self, session: Session, kept: TriageRecord, opening: Opening) -> None:
        facts = {
            "number": str(kept.id),
            "source": kept.source,
            "customer": opening.customer or None,
            "title": opening.title,
            "priority": opening.priority.value if opening.priority else None,
            "link": opening.link,
            "reason": kept.reason,
        }
        outbox.enqueue(
            session,
            key=f"triage:{kept.id}:{kept.deliveries[-1]}",
            destination=self.casework.msp(session).dispatcher_channel,
            notification=LineMessage(incident_key=None, text_key="triage", facts=facts),
            at=self.casework.real_clock(),
        )

    def _settle_triage(self, session: Session, record: IncidentRecord, kept: TriageRecord, *, now: datetime) -> None:
        """Record everything that was told before the incident was opened."""
        for delivery, report in self._kept_reports(session, kept):
            self.told.record(session, record, report, delivery, now=now)
        triage.settle(session, kept.id, settled_as=record.key, at=now)

    def _kept_reports(self, session: Session, kept: TriageRecord) -> list[tuple[Delivery, Report]]:
        found = []
        for inbox_id in kept.deliveries:
            row = inbox.find(session, inbox_id)
            if row is None:
                continue
            delivery = Delivery(source=row.source, inbox_id=inbox_id, received_at=row.received_at)
            reports = self.parsers[row.source](row.payload)
            found += [(delivery, report) for report in reports if report.external_id == kept.external_id]
        return found
