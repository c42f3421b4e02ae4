"""Reprocesses a customer's incidents by the agreements as they read now: shown first, then approved.

Nothing that was recorded is changed. An approved reprocessing is one more fact of each incident that it moves, and what
follows from it (an outcome that was recorded and no longer holds) is recorded as a correction beside it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.clocks.reading import Reading, readings
from sla_engine.domain.incidents.events import Reprocessed
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.text.errors import MissingArgument
from sla_engine.domain.time.errors import InTheFuture
from sla_engine.domain.time.weeks import Week
from sla_engine.services.agreements.book import known_name
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import incidents, projections
from sla_engine.storage.database import Session

BATCH = 25
"""Incidents in one transaction: few enough that nobody who acts meanwhile has to wait."""

COMMAND_LINE = "command line"
"""Who approved when nobody is named: whoever may reach the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockOutcome:
    """What a clock says: open time counted, when it is or was due, since when it is missed, when that was decided."""

    elapsed: timedelta
    target: timedelta
    due_at: datetime | None
    breached_at: datetime | None
    decided_at: datetime | None
    met: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockCorrection:
    """One measurement before and after; one of them is None where only the other has it."""

    key: str
    metric: MetricName
    cycle: int
    before: ClockOutcome | None
    after: ClockOutcome | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """What reprocessing changes for a customer, by incident; `looked_at` counts the incidents that were measured.

    `zone` is the calendar's, in which times are told; `weeks` are those whose digest has other figures.
    """

    customer: str
    zone: str
    since: datetime
    looked_at: int
    clocks: tuple[ClockCorrection, ...]
    weeks: tuple[str, ...]
    approved_by: str | None = None

    @property
    def incidents(self) -> int:
        """How many incidents change."""
        return len({clock.key for clock in self.clocks})


OnIncident = Callable[[int], object]
"""Told how many incidents have been looked at."""


class Reprocessing:
    """Counts a customer's incidents anew from an earlier instant on; `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def zone_of(self, customer: str, *, now: datetime) -> str:
        """The zone of the calendar that counts for a customer: where dates without a zone are read.

        Raises: UnknownCustomer, NotYetInForce.
        """
        with self.unit_of_work.database.reading() as session:
            return self.unit_of_work.agreements.in_force(session, customer, at=now)[1].calendar.zone

    def preview(
        self, customer: str, *, since: datetime, now: datetime, on_progress: OnIncident | None = None
    ) -> Corrections:
        """What would change, for incidents that are open or were at `since` or later; nothing is stored.

        Raises: UnknownCustomer, NotYetInForce, InTheFuture, StorageBusy.
        """
        return self._run(_Request(customer=customer, since=since, now=now), on_progress=on_progress)

    def approve(
        self,
        customer: str,
        *,
        since: datetime,
        reason: str,
        now: datetime,
        by: str | None = None,
        on_progress: OnIncident | None = None,
    ) -> Corrections:
        """Record the approval on every incident that changes, and what follows from it; in several transactions.

        `by` is a Slack id, a login or a name of somebody who may; None for whoever works on the command line. What was
        done stays done when it is interrupted, and a second run finds nothing that it did before.
        Raises: MissingArgument, UnknownPerson, AmbiguousPerson, NotAllowed, UnknownCustomer, NotYetInForce,
        InTheFuture, StorageBusy.
        """
        words = reason.strip()
        if not words:
            raise MissingArgument("reason")
        approver = COMMAND_LINE if by is None else self._approver(by, now=now)
        wanted = _Request(customer=customer, since=since, now=now, reason=words, by=approver)
        return self._run(wanted, on_progress=on_progress)

    def _approver(self, by: str, *, now: datetime) -> str:
        with self.unit_of_work.database.reading() as session:
            msp = self.unit_of_work.msp(session)
        found = msp.meant(by)
        self.unit_of_work.permit(Action.REPROCESS, by=found.slack_id, now=now)
        return found.slack_id

    def _run(self, wanted: "_Request", *, on_progress: OnIncident | None) -> Corrections:
        if wanted.since > wanted.now:
            raise InTheFuture("since", wanted.since)
        with self.unit_of_work.database.reading() as session:
            name = known_name(session, wanted.customer)
            _, agreement = self.unit_of_work.agreements.in_force(session, name, at=wanted.now)
            zone = self.unit_of_work.msp(session).zone
        looked_at, moved = 0, list[_Moved]()
        for batch in self._batches(name, wanted):
            with self._session(wanted) as session:
                found = [self._one(session, number, wanted) for number in batch]
            moved.extend(each for each in found if each is not None)
            looked_at += len(batch)
            if on_progress is not None:
                on_progress(looked_at)
            if wanted.reason is not None:
                self.unit_of_work.database.give_way()
        return Corrections(
            customer=name,
            zone=agreement.calendar.zone,
            since=wanted.since,
            looked_at=looked_at,
            clocks=tuple(clock for each in moved for clock in each.clocks),
            weeks=tuple(sorted({str(Week.of(at, zone=zone)) for each in moved for at in each.counted_at})),
            approved_by=wanted.by,
        )

    def _batches(self, customer: str, wanted: "_Request") -> Iterator[list[int]]:
        last = 0
        while True:
            with self.unit_of_work.database.reading() as session:
                batch = projections.open_since(session, customer, since=wanted.since, after=last, limit=BATCH)
            if not batch:
                return
            yield batch
            last = batch[-1]

    def _session(self, wanted: "_Request") -> AbstractContextManager[Session]:
        database = self.unit_of_work.database
        return database.reading() if wanted.reason is None else database.transaction()

    def _one(self, session: Session, incident_id: int, wanted: "_Request") -> "_Moved | None":
        """Measure one incident with and without the reprocessing, and record it where it is approved and matters."""
        approved = wanted.reason is not None
        record = (
            incidents.lock_by_id(session, incident_id)
            if approved
            else incidents.by_ids(session, [incident_id])[incident_id]
        )
        work = self.unit_of_work.work_on(session, record, now=wanted.now)
        fact = Reprocessed(since=wanted.since, reason=wanted.reason or "")
        moved = _moved(work, fact)
        if moved is not None and approved:
            work.record(fact, by=wanted.by or "")
            work.settle()
        return moved


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """What is asked for; without a reason it is only shown."""

    customer: str
    since: datetime
    now: datetime
    reason: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class _Moved:
    """The clocks of one incident that change, and the instants by which its outcomes were and will be counted."""

    clocks: tuple[ClockCorrection, ...]
    counted_at: tuple[datetime, ...]


def _moved(work: IncidentWork, fact: Reprocessed) -> _Moved | None:
    said = Entry(event=fact, at=work.now, seq=work.history[-1].seq + 1, recorded_at=work.now)
    history = [*work.history, said]
    terms = work.agreements.terms(work.session, work.incident, history)
    if terms == work.terms:
        return None
    before, after = (
        {(reading.metric, reading.cycle): _outcome(reading) for measured in found.values() for reading in measured}
        for found in (work.readings(), readings(history, terms, now=work.now))
    )
    clocks = tuple(
        ClockCorrection(key=work.key, metric=metric, cycle=cycle, before=before.get(key), after=after.get(key))
        for key in dict.fromkeys((*before, *after))
        if before.get(key) != after.get(key)
        for metric, cycle in (key,)
    )
    return _Moved(clocks, tuple(_counted_at(work, clocks))) if clocks else None


def _counted_at(work: IncidentWork, clocks: Sequence[ClockCorrection]) -> Iterator[datetime]:
    """Outcomes count where they were decided, and an incident without a miss where it was resolved."""
    for clock in clocks:
        outcomes = [each for each in (clock.before, clock.after) if each is not None]
        yield from (each.decided_at for each in outcomes if each.decided_at is not None)
        if len({each.breached_at is None for each in outcomes}) > 1 and work.incident.resolved_at is not None:
            yield work.incident.resolved_at


def _outcome(reading: Reading) -> ClockOutcome:
    return ClockOutcome(
        elapsed=reading.elapsed,
        target=reading.target.duration,
        due_at=reading.due_at,
        breached_at=reading.breached_at,
        decided_at=reading.outcome_at,
        met=reading.met,
    )
