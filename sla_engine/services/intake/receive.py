"""Takes in deliveries of ticket systems and monitoring: kept first, worked on after, never twice.

A delivery is one inbox row, committed before anything else. The work is a second transaction that may be done again:
facts carry unique keys, and what is recorded does not depend on the order in which deliveries come in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from sla_engine.domain.agreements.errors import NotSetUp
from sla_engine.domain.incidents.reports import Report
from sla_engine.domain.upkeep.inbox_state import InboxState
from sla_engine.domain.upkeep.retries import URGENT, Queue
from sla_engine.notifications.notices import LineMessage
from sla_engine.services.intake.match import Delivery, ReportOutcome, Taken
from sla_engine.services.intake.read import Parser, ReportReading
from sla_engine.services.intake.record import lock_names
from sla_engine.services.intake.take import ReportTaking
from sla_engine.services.intake.triage_list import TriageList
from sla_engine.services.intake.validate import refuse_future, refuse_impossible
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.services.upkeep import kept_requests
from sla_engine.storage import failures, inbox, outbox, refused_deliveries
from sla_engine.storage.database import Session, isolated
from sla_engine.storage.errors import StorageBusy
from sla_engine.storage.refused_deliveries import RefusedPayload

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The answer to a delivery; `seen_before` when nothing was done because it had come before."""

    seen_before: bool
    taken: tuple[Taken, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A line to the dispatcher channel about a delivery as a whole; said once for each `key`."""

    key: str
    text_key: str
    facts: Mapping[str, str | None]


class Intake:
    """Takes deliveries in. `parsers` reads a payload by its source; `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork, *, parsers: Mapping[str, Parser]) -> None:
        self.unit_of_work = unit_of_work
        self.reading = ReportReading(unit_of_work, parsers=parsers)
        self.words = self.reading.words
        self.taking = ReportTaking(unit_of_work, self.reading)
        self.triage = TriageList(unit_of_work, self.taking)

    def named(self) -> tuple[str, ...]:
        """The intakes that `msp.yaml` gives a name of their own; each has the webhook's form."""
        with self.unit_of_work.database.reading() as session:
            return self.reading.named(session)

    def receive(
        self,
        source: str,
        delivery_id: str,
        payload: Mapping[str, Any],
        *,
        about: str = "",
        notices: Sequence[Notice] = (),
        now: datetime,
    ) -> Receipt:
        """Keep a delivery and do its work; what cannot be done now (the database is busy) is done later.

        What was refused `about` the same before is settled by it.
        Raises: PayloadInvalid (see `refuse`), StorageBusy when not even the delivery could be kept.
        """
        reports = self.reading.parser(source)(payload)
        refuse_future(reports, now=now)
        with self.unit_of_work.database.reading() as session:
            refuse_impossible(session, self.unit_of_work.agreements, reports, source=source, now=now)
        at = self.unit_of_work.real_clock()
        with self.unit_of_work.database.transaction() as session:
            inbox_id = self._keep(session, source, delivery_id, payload, reports, received_at=at, now=now)
            if inbox_id is None:
                return Receipt(seen_before=True)
            if about:
                refused_deliveries.settle(session, source, about, at=at)
            self._tell(session, notices, at=at)
        taken = self._do(inbox_id, now=now)
        later = (Taken(external_id=report.external_id, outcome=ReportOutcome.LATER) for report in reports)
        return Receipt(seen_before=False, taken=tuple(later) if taken is None else taken)

    def refuse(self, refused: RefusedPayload, *, notice: Notice | None = None, now: datetime) -> None:
        """Keep a payload that could not be taken, to be looked at; nothing is opened, and the notice is said."""
        at = self.unit_of_work.real_clock()
        with self.unit_of_work.database.transaction() as session:
            is_new = refused_deliveries.refuse(session, refused, received_at=at, arrived_at=now)
            if notice is not None and is_new:
                self._tell(session, [notice], at=at)

    def finish(self, inbox_id: str, *, now: datetime) -> tuple[Taken, ...] | None:
        """Do the work of a delivery that is kept; None when it could not be done now."""
        return self._do(inbox_id, now=now)

    def catch_up(self, *, now: datetime, older_than: timedelta = timedelta(seconds=30), limit: int = 50) -> int:
        """Do the work of deliveries that were kept but not finished; answers how many were worked on."""
        now_real = self.unit_of_work.real_clock()
        with self.unit_of_work.database.reading() as session:
            intakes = {*inbox.sources_waiting(session)} - {
                kept_requests.SOURCE
            }  # also one that has lost its name since
            left = inbox.waiting(session, sources=intakes, before=now_real - older_than, now=now_real, limit=limit)
        return sum(self._do(inbox_id, now=now) is not None for inbox_id in left)

    def _keep(
        self,
        session: Session,
        source: str,
        delivery_id: str,
        payload: Mapping[str, Any],
        reports: Sequence[Report],
        *,
        received_at: datetime,
        now: datetime,
    ) -> str | None:
        """The id under which the delivery is kept; None when it was seen before.

        Monitoring sends the very same words again when an alert goes on after a resolution: whether they are news is
        decided alert by alert.
        """
        name = inbox.delivery_name(source, delivery_id)
        names = [name]
        if any(report.series is not None for report in reports):
            names.append(f"{name}@{received_at.isoformat()}")
        for inbox_id in names:
            if inbox.take(
                session,
                inbox_id=inbox_id,
                source=source,
                payload=payload,
                received_at=received_at,
                arrived_at=now,
                failed_again=True,
            ):
                return inbox_id
        return None

    def _tell(self, session: Session, notices: Sequence[Notice], *, at: datetime) -> None:
        """Say what concerns a whole delivery; before anything is set up there is nobody to say it to."""
        for notice in notices:
            try:
                channel = self.unit_of_work.msp(session).dispatcher_channel
            except NotSetUp:
                return
            line = LineMessage(incident_key=None, text_key=notice.text_key, facts=notice.facts)
            outbox.enqueue(session, outbox.NewMessage(key=notice.key, destination=channel, notification=line, at=at))

    def _do(self, inbox_id: str, *, now: datetime) -> tuple[Taken, ...] | None:
        """The work of a delivery; None when it could not be done now. What fails is put off and holds up no other."""
        try:
            taken, failed = self._work(inbox_id, now=now)
        except (StorageBusy, NotSetUp):
            return None
        except Exception as error:
            self._put_off(inbox_id, error)
            return None
        if failed:
            self._put_off(inbox_id, failed[0])
        return taken

    def _put_off(self, inbox_id: str, error: Exception) -> None:
        """Count the failure; it is tried again later, and after five tries it is set aside and people are notified."""
        try:
            with self.unit_of_work.database.transaction() as session:
                at = self.unit_of_work.real_clock()
                failure = inbox.put_off(session, inbox_id, queue=Queue.DELIVERY, error=error, pace=URGENT, at=at)
        except Exception:
            log.exception("a failed delivery could not be put off", delivery=inbox_id)
            return
        log.error("a delivery failed", delivery=inbox_id, tries=failure.tries, exc_info=error)

    def _work(self, inbox_id: str, *, now: datetime) -> tuple[tuple[Taken, ...], list[Exception]]:
        """The work of one delivery, in one transaction with the mark that it is done.

        Each of its reports stands or falls alone: what one raises undoes that one. The delivery is then worked on
        again, and those that stood change nothing the second time.
        """
        failed: list[Exception] = []
        with self.unit_of_work.database.transaction() as session:
            row = inbox.lock(session, inbox_id)
            if row is None or row.state is not InboxState.RECEIVED:
                return (), failed
            delivery = Delivery.of(row)
            self.unit_of_work.msp(session)  # before anything is set up, a delivery waits and has not failed
            reports = self.reading.parser(row.source)(row.payload)
            # All of them, in one order, before anything else is locked: two deliveries about the same tickets
            # then wait for each other here, and nowhere in a circle.
            for name in sorted({name for report in reports for name in lock_names(report)}):
                inbox.hold(session, row.source, name, at=row.received_at)
            taken = []
            for report in reports:
                take = partial(self._take, session, report, delivery, now=now)
                later = Taken(external_id=report.external_id, outcome=ReportOutcome.LATER)
                taken.append(isolated(session, take, on_failure=failed.append) or later)
            if not failed:
                inbox.done(session, inbox_id, at=self.unit_of_work.real_clock())
                failures.clear(session, Queue.DELIVERY, inbox_id)
        return tuple(taken), failed

    def _take(self, session: Session, report: Report, delivery: Delivery, *, now: datetime) -> Taken:
        return self.taking.take(session, report, delivery, now=now)
