"""What ticket systems and monitoring tell us, turned into facts: kept first, worked on after, never twice.

A delivery is one inbox row, committed before anything else. The work is a second transaction that may be done again:
facts carry unique keys, and what is recorded does not depend on the order in which deliveries come in.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from sla_engine.domain.errors import NotSetUp, NotYetInForce, StorageBusy, UnknownCustomer
from sla_engine.domain.events import Deleted
from sla_engine.domain.reports import Opening, Report
from sla_engine.domain.retries import URGENT, Queue
from sla_engine.notifications import LineMessage
from sla_engine.services import requests
from sla_engine.services.agreements import known_name
from sla_engine.services.casework import Casework
from sla_engine.services.intake_door import refuse_future, refuse_impossible
from sla_engine.services.intake_facts import lock_names
from sla_engine.services.intake_words import IntakeWords
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
NAMED_LIKE = "webhook"
"""The intake whose form every intake has that is named in `msp.yaml`."""
DELETED = "its ticket was deleted"

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
        self.words = IntakeWords(casework)

    def named(self) -> tuple[str, ...]:
        """The intakes that `msp.yaml` gives a name of their own; each has the webhook's form."""
        with self.casework.database.reading() as session:
            return self._named(session)

    def receive(self, source: str, delivery_id: str, payload: Mapping[str, Any], *, now: datetime) -> Receipt:
        """Keep a delivery and do its work; what cannot be done now (the database is busy) is done later.

        Raises: PayloadInvalid (see `refuse`), StorageBusy when not even the delivery could be kept.
        """
        reports = self._parser(source)(payload)
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
            intakes = {*inbox.sources_waiting(session)} - {requests.SOURCE}  # also one that has lost its name since
            left = inbox.waiting(session, sources=intakes, before=now_real - older_than, now=now_real, limit=limit)
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
            found = self._kept_reports(session, kept, now=now)
            known = incidents.find_external(session, source=kept.source, external_id=kept.external_id)
            if known is not None:
                return self._give(session, known, kept, found, customer=customer, now=now)
            delivery, report, opening = next((d, r, r.opening) for d, r in found if r.opening is not None)
            told = replace(report, opening=replace(opening, customer=customer))
            record = self.told.open(session, told, delivery, now=now)
            self._settle_triage(session, record, kept, now=now)
            return incidents.lock_by_id(session, record.id)

    def _give(
        self,
        session: Session,
        known: IncidentRecord,
        kept: TriageRecord,
        found: Sequence[tuple[Delivery, Report]],
        *,
        customer: str,
        now: datetime,
    ) -> IncidentRecord:
        """Give an incident whose ticket went to a customer nobody knew to the one that was meant."""
        delivery, report = next((d, r) for d, r in reversed(found) if r.customer)
        taken = self.told.record(session, known, replace(report, customer=customer), delivery, now=now)
        triage.settle(session, kept.id, settled_as=taken.incident_key or known.key, at=now)
        return incidents.lock(session, taken.incident_key or known.key)

    def put_aside(self, number: int, *, by: str, now: datetime) -> None:
        """Take something off the triage list without opening it; the deliveries stay in the inbox.

        Raises: NotAllowed, UnknownTriage.
        """
        with self.casework.transaction(action=Action.TRIAGE, by=by, now=now) as session:
            triage.settle(session, triage.lock(session, number).id, settled_as=f"{PUT_ASIDE} by {by}", at=now)

    def _named(self, session: Session) -> tuple[str, ...]:
        try:
            return tuple(name for name in self.casework.msp(session).intakes if name not in self.parsers)
        except NotSetUp:
            return ()

    def _parser(self, source: str) -> Parser:
        return self.parsers.get(source, self.parsers[NAMED_LIKE])

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
            reports = self._parser(row.source)(row.payload)
            # All of them, in one order, before anything else is locked: two deliveries about the same tickets
            # then wait for each other here, and nowhere in a circle.
            for name in sorted({name for report in reports for name in lock_names(report)}):
                inbox.hold(session, f"{row.source}:hold:{name}", at=row.received_at)
            taken = tuple(self._take(session, report, delivery, now=now) for report in reports)
            inbox.done(session, inbox_id, at=self.casework.real_clock())
            failures.clear(session, Queue.DELIVERY, inbox_id)
        return taken

    def _take(self, session: Session, said: Report, delivery: Delivery, *, now: datetime) -> Taken:
        report = self._understood(session, said, delivery, now=now)
        record = self.told.find(session, report, delivery.source)
        if record is None:
            taken = self._first_report(session, report, delivery, now=now)
        else:
            taken = self._record(session, record, report, delivery, now=now)
        means_nothing = report.words and taken.outcome is Outcome.NOTHING_NEW
        return replace(taken, outcome=Outcome.ASKED) if means_nothing else taken

    def _record(
        self, session: Session, record: IncidentRecord, report: Report, delivery: Delivery, *, now: datetime
    ) -> Taken:
        """Record it on its incident; what needs another ticket, or a customer we do not know, waits for it."""
        other = replace(report, external_id=report.into)
        if report.into and self.told.find(session, other, delivery.source) is None:
            self._keep(session, other, delivery, reason=NOT_OPENED, outcome=Outcome.WAITS)
            return Taken(external_id=report.external_id, outcome=Outcome.WAITS, incident_key=record.key)
        try:
            taken = self.told.record(session, record, report, delivery, now=now)
        except UnknownCustomer:
            return self._keep(session, report, delivery, reason=NO_CUSTOMER, outcome=Outcome.TRIAGE, about=record)
        except NotYetInForce:
            return self._keep(session, report, delivery, reason=NOT_YET, outcome=Outcome.TRIAGE, about=record)
        waiting = triage.find(session, source=delivery.source, external_id=report.external_id)
        if report.customer and waiting is not None and waiting.settled_at is None:
            triage.settle(session, waiting.id, settled_as=taken.incident_key or record.key, at=now)
        return taken

    def _understood(self, session: Session, report: Report, delivery: Delivery, *, now: datetime) -> Report:
        return self.words.understand(session, report, intake=delivery.source, inbox_id=delivery.inbox_id, now=now)

    def _first_report(self, session: Session, report: Report, delivery: Delivery, *, now: datetime) -> Taken:
        kept = triage.find(session, source=delivery.source, external_id=report.external_id)
        if kept is not None and kept.settled_at is None:
            report = self._given_to_another(session, kept, report, now=now)
        if report.opening is None:
            if kept is not None and kept.title and any(isinstance(event, Deleted) for event in report.events):
                triage.settle(session, kept.id, settled_as=DELETED, at=now)
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

    def _given_to_another(self, session: Session, kept: TriageRecord, report: Report, *, now: datetime) -> Report:
        """The opening that waits for a customer we know, where the ticket was given to one since."""
        if report.opening is None and not report.customer:
            return report
        told = [*(each for _, each in self._kept_reports(session, kept, now=now)), report]
        opened = next((each for each in reversed(told) if each.opening is not None), None)
        given = [each.customer for each in told if each.customer]
        if opened is None or opened.opening is None or not given or _is_known(session, opened.opening.customer):
            return report
        return replace(opened, opening=replace(opened.opening, customer=given[-1]))

    def _keep(
        self,
        session: Session,
        report: Report,
        delivery: Delivery,
        *,
        reason: str,
        outcome: Outcome,
        about: IncidentRecord | None = None,
    ) -> Taken:
        """Keep it until its ticket is opened, or a person says whose it is; `about` is the incident it has already."""
        opening = report.opening
        if about is not None:
            opening = Opening(customer=report.customer, title=about.title, priority=about.priority, link=about.link)
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
            self._tell_dispatcher(session, kept, opening, about=about)
        key = None if about is None else about.key
        return Taken(external_id=report.external_id, outcome=outcome, incident_key=key)

    def _tell_dispatcher(
        self, session: Session, kept: TriageRecord, opening: Opening, *, about: IncidentRecord | None
    ) -> None:
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
            notification=LineMessage(
                incident_key=None if about is None else about.key,
                text_key="triage" if about is None else "customer_unknown",
                facts=facts,
            ),
            at=self.casework.real_clock(),
        )

    def _settle_triage(self, session: Session, record: IncidentRecord, kept: TriageRecord, *, now: datetime) -> None:
        """Record everything that was told before the incident was opened."""
        for delivery, report in self._kept_reports(session, kept, now=now):
            if report.external_id == kept.external_id:
                self._record(session, record, report, delivery, now=now)
            else:
                self._take(session, report, delivery, now=now)
        triage.settle(session, kept.id, settled_as=record.key, at=now)

    def _kept_reports(self, session: Session, kept: TriageRecord, *, now: datetime) -> list[tuple[Delivery, Report]]:
        found = []
        for inbox_id in kept.deliveries:
            row = inbox.find(session, inbox_id)
            if row is None:
                continue
            delivery = Delivery(source=row.source, inbox_id=inbox_id, received_at=row.received_at)
            reports = self._parser(row.source)(row.payload)
            about = (report for report in reports if kept.external_id in (report.external_id, report.into))
            found += [(delivery, self._understood(session, report, delivery, now=now)) for report in about]
        return found


def _is_known(session: Session, customer: str) -> bool:
    try:
        known_name(session, customer)
    except UnknownCustomer:
        return False
    return True
