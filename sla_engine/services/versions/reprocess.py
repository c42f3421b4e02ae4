"""Reprocesses a customer's incidents by the agreements as they read now: previewed first, then approved.

Nothing that was recorded is changed. An approved reprocessing is one more fact of each incident that it moves, and what
follows from it (an outcome that was recorded and no longer holds) is recorded as a correction beside it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.clocks.outcomes import ClockKey, Readings, by_clock
from sla_engine.domain.clocks.reading import Reading, readings
from sla_engine.domain.incidents.events import Reprocessed
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.text.errors import MissingArgument
from sla_engine.domain.time.errors import InTheFuture
from sla_engine.domain.time.weeks import Week
from sla_engine.services.agreements.book import known_name
from sla_engine.services.messages import nudges
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
    """A clock's figures: open time counted, when it is or was due, since when it is missed, when that was decided."""

    elapsed: timedelta
    target: timedelta
    due_at: datetime | None
    breached_at: datetime | None
    decided_at: datetime | None
    met: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockCorrection:
    """One clock before and after; None where it is measured only in the other of the two."""

    key: str
    metric: MetricName
    cycle: int
    before: ClockOutcome | None
    after: ClockOutcome | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """The changes that reprocessing makes for a customer, by incident; `looked_at` counts the incidents measured.

    `zone` is the calendar's, in which times are shown; `weeks` are those whose digest has other figures.
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
"""Called with the number of incidents looked at so far."""


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
        """Show what would change for incidents that are open or were at `since` or later; nothing is stored.

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
        request = _Request(customer=customer, since=since, now=now, reason=words, by=approver)
        return self._run(request, on_progress=on_progress)

    def _approver(self, by: str, *, now: datetime) -> str:
        with self.unit_of_work.database.reading() as session:
            msp = self.unit_of_work.msp(session)
        approver = msp.meant(by)
        self.unit_of_work.permit(Action.REPROCESS, by=approver.slack_id, now=now)
        return approver.slack_id

    def _run(self, request: "_Request", *, on_progress: OnIncident | None) -> Corrections:
        if request.since > request.now:
            raise InTheFuture("since", request.since)
        with self.unit_of_work.database.reading() as session:
            name = known_name(session, request.customer)
            _, agreement = self.unit_of_work.agreements.in_force(session, name, at=request.now)
            zone = self.unit_of_work.msp(session).zone
        looked_at = 0
        changes: list[_IncidentChange] = []
        for batch in self._batches(name, request):
            with self._session(request) as session:
                measured = [self._reprocess(session, number, request) for number in batch]
            changes.extend(change for change in measured if change is not None)
            looked_at += len(batch)
            if on_progress is not None:
                on_progress(looked_at)
            if request.is_approved:
                self.unit_of_work.database.give_way()
        instants = {instant for change in changes for instant in change.counted_at}
        return Corrections(
            customer=name,
            zone=agreement.calendar.zone,
            since=request.since,
            looked_at=looked_at,
            clocks=tuple(clock for change in changes for clock in change.clocks),
            weeks=tuple(sorted({str(Week.of(instant, zone=zone)) for instant in instants})),
            approved_by=request.by,
        )

    def _batches(self, customer: str, request: "_Request") -> Iterator[list[int]]:
        last = 0
        while True:
            with self.unit_of_work.database.reading() as session:
                batch = projections.open_since(session, customer, since=request.since, after=last, limit=BATCH)
            if not batch:
                return
            yield batch
            last = batch[-1]

    def _session(self, request: "_Request") -> AbstractContextManager[Session]:
        database = self.unit_of_work.database
        return database.transaction() if request.is_approved else database.reading()

    def _reprocess(self, session: Session, incident_id: int, request: "_Request") -> "_IncidentChange | None":
        """Measure one incident with and without the reprocessing; record it if it is approved and changes something."""
        if request.is_approved:
            record = incidents.lock_by_id(session, incident_id)
        else:
            record = incidents.by_ids(session, [incident_id])[incident_id]
        work = self.unit_of_work.work_on(session, record, now=request.now)
        fact = Reprocessed(since=request.since, reason=request.reason or "")
        change = _change_by(work, fact)
        if change is not None and request.is_approved:
            work.record(fact, by=request.by or "")
            work.settle()
            nudges.refresh(work, real_now=self.unit_of_work.real_clock())
        return change


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """A reprocessing to preview, or, with a reason, to approve."""

    customer: str
    since: datetime
    now: datetime
    reason: str | None = None
    by: str | None = None

    @property
    def is_approved(self) -> bool:
        """Whether it is recorded, and not only shown."""
        return self.reason is not None


@dataclass(frozen=True, slots=True)
class _IncidentChange:
    """The clocks of one incident that change, and the instants by which its outcomes were and will be counted."""

    clocks: tuple[ClockCorrection, ...]
    counted_at: tuple[datetime, ...]


def _change_by(work: IncidentWork, fact: Reprocessed) -> _IncidentChange | None:
    """The change that the fact would make to the incident; None where it makes none."""
    supposed = Entry(event=fact, at=work.now, seq=work.history[-1].seq + 1, recorded_at=work.now)
    history = [*work.history, supposed]
    terms = work.agreements.terms(work.session, work.incident, history)
    if terms == work.terms:
        return None
    before = _outcomes(work.readings())
    after = _outcomes(readings(history, terms, now=work.now))
    clocks = tuple(_corrections(work.key, before, after))
    if not clocks:
        return None
    return _IncidentChange(clocks, tuple(_counted_at(work, clocks)))


def _corrections(
    incident_key: str, before: Mapping[ClockKey, ClockOutcome], after: Mapping[ClockKey, ClockOutcome]
) -> Iterator[ClockCorrection]:
    for clock in dict.fromkeys((*before, *after)):
        if before.get(clock) == after.get(clock):
            continue
        metric, cycle = clock
        yield ClockCorrection(
            key=incident_key, metric=metric, cycle=cycle, before=before.get(clock), after=after.get(clock)
        )


def _counted_at(work: IncidentWork, clocks: Sequence[ClockCorrection]) -> Iterator[datetime]:
    """The instants by which outcomes are counted: when each was decided; the resolution, if a miss came or went."""
    for clock in clocks:
        outcomes = [outcome for outcome in (clock.before, clock.after) if outcome is not None]
        yield from (outcome.decided_at for outcome in outcomes if outcome.decided_at is not None)
        is_missed = {outcome.breached_at is not None for outcome in outcomes}
        if len(is_missed) > 1 and work.incident.resolved_at is not None:
            yield work.incident.resolved_at


def _outcomes(measured: Readings) -> dict[ClockKey, ClockOutcome]:
    return {clock: _outcome(reading) for clock, reading in by_clock(measured).items()}


def _outcome(reading: Reading) -> ClockOutcome:
    return ClockOutcome(
        elapsed=reading.elapsed,
        target=reading.target.duration,
        due_at=reading.due_at,
        breached_at=reading.breached_at,
        decided_at=reading.outcome_at,
        met=reading.met,
    )
