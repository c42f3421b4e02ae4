"""Measures open incidents anew after a version of their agreement was applied, and writes only what changes.

Applying a version and adding its pending projection are one transaction; the projection itself goes in small ones, so
that nobody waits for it, and goes on where it was left when a process dies. A look at an incident in between computes
with the new version already: it folds the history, and the rows are only what was last seen.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from sla_engine.domain.agreements.agreement import Agreement, Subject
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.version_impact import Prospect, first_move, only_hours_differ, prospect
from sla_engine.domain.clocks.outcomes import by_clock
from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.services.messages import nudges
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import agreements as versions
from sla_engine.storage import incidents, projections, timers
from sla_engine.storage.clocks import ClockRecord
from sla_engine.storage.database import Session, isolated
from sla_engine.storage.projections import PendingProjection, Reach

BATCH = 25
"""Incidents measured in one transaction: few enough that nobody who acts meanwhile has to wait."""

A_PART = 1000
"""Incidents a worker measures before it looks to its other duties, or whether it is to stop."""

A_DAY = timedelta(days=1)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Projected:
    """The extent of a projection: incidents looked at, and clocks whose stored row changed."""

    incidents: int = 0
    clocks: int = 0

    def __add__(self, other: "Projected") -> "Projected":
        return Projected(incidents=self.incidents + other.incidents, clocks=self.clocks + other.clocks)


OnProgress = Callable[[int, int], object]
"""Called with the number of incidents done, and how many there are."""


class Reprojection:
    """Carries out pending projections; any number of processes may."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def run(self, *, now: datetime, on_progress: OnProgress | None = None) -> Projected:
        """Measure every open incident that an applied version can move; `now` is SLA time.

        Raises: StorageBusy; what was done until then stays done.
        """
        total = Projected()
        while (pending := self._next_pending()) is not None:
            total += self._carry_out(pending, now=now, on_progress=on_progress)
        return total

    def go_on(self, *, now: datetime) -> bool:
        """Carry out a part of a pending projection, for a worker that may have to stop; False when none is pending.

        Raises: StorageBusy.
        """
        pending = self._next_pending()
        if pending is None:
            return False
        self._carry_out(pending, now=now, most=A_PART)
        return True

    def _next_pending(self) -> PendingProjection | None:
        with self.unit_of_work.database.reading() as session:
            return projections.next_pending(session)

    def _carry_out(
        self,
        pending: PendingProjection,
        *,
        now: datetime,
        on_progress: OnProgress | None = None,
        most: int | None = None,
    ) -> Projected:
        with self.unit_of_work.database.reading() as session:
            ids = self._touched(session, pending)
        done = Projected()
        end = max(len(ids), 1)  # nothing to be measured still has to be written down as done
        if most is not None:
            end = min(end, most)
        for start in range(0, end, BATCH):
            with self.unit_of_work.database.transaction() as session:
                locked = projections.lock_pending(session, pending)
                if locked is None:
                    return done
                batch = [number for number in ids[start : start + BATCH] if number > locked.done]
                done += self._project(session, batch, now=now)
                is_last = start + BATCH >= len(ids)
                reached = None if is_last else max(locked.done, ids[start + BATCH - 1])
                projections.advance(session, locked, done=reached)
            if on_progress is not None:
                on_progress(min(start + BATCH, len(ids)), len(ids))
            if not is_last:
                self.unit_of_work.database.give_way()
        return done

    def _touched(self, session: Session, pending: PendingProjection) -> list[int]:
        known = versions.applied_versions(session, pending.customer)
        before = [] if pending.whole else [version for version in known if version.number not in pending.versions]
        return touched(
            session,
            Edit(
                customer=pending.customer,
                before=prospect(before, since=pending.since, read=self._reader(session)),
                after=prospect(known, since=pending.since, read=self._reader(session)),
            ),
            after=pending.done,
        )

    def _reader(self, session: Session) -> Callable[[int], Agreement]:
        return lambda number: self.unit_of_work.agreements.by_version(session, number)

    def _project(self, session: Session, batch: list[int], *, now: datetime) -> Projected:
        moved = sum(self._project_one(session, number, now=now) for number in batch)
        return Projected(incidents=len(batch), clocks=moved)

    def _project_one(self, session: Session, incident_id: int, *, now: datetime) -> int:
        """Project one incident, and return how many rows changed; one that fails is left to the sweep."""

        def project_it() -> int:
            work = self.unit_of_work.work_on(session, incidents.lock_by_id(session, incident_id), now=now)
            moved = project(work)
            if moved:
                nudges.refresh(work, real_now=self.unit_of_work.real_clock())
            return moved

        def leave_to_the_sweep(error: Exception) -> None:
            log.error("an incident was not projected", incident=incident_id, exc_info=error)
            timers.arm_again(session, Duty.CLOCK, "", incident_id=incident_id, due=now)

        return isolated(session, project_it, on_failure=leave_to_the_sweep) or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """An edit of a customer's agreement: the versions that count for open incidents without it, and with it."""

    customer: str
    before: Prospect
    after: Prospect


def touched(session: Session, edit: Edit, *, after: int = 0) -> list[int]:
    """Row ids of the open incidents an edit can move, beyond `after`; no other incident has to be looked at."""
    farthest = projections.farthest(session)
    kinds = projections.subjects(session, edit.customer)
    reaches = [reach for kind in kinds for reach in _reaches(edit, kind, farthest=farthest)]
    return projections.touched(session, edit.customer, reaches, after=after)


def _reaches(edit: Edit, kind: Subject, *, farthest: datetime | None) -> Iterator[Reach]:
    if not edit.before or not all(only_hours_differ(edit.before, edit.after, metric, kind) for metric in MetricName):
        yield Reach(kind)
        return
    if farthest is None:
        return
    for metric in MetricName:
        move = first_move(edit.before, edit.after, metric, kind, until=farthest + A_DAY)
        if move is not None:
            yield Reach(kind, metric, move)


def project(work: IncidentWork) -> int:
    """Measure one open incident by what counts now, and return how many of its rows changed."""
    if not work.incident.is_open:
        return 0
    measured, stored = work.readings(), work.clocks.records()
    clocks = by_clock(measured)
    if any(_breach_changed(clocks.get(key), stored.get(key)) for key in (*clocks, *stored)):
        work.settle()
        return sum(_figures(stored.get(key)) != _figures(record) for key, record in work.clocks.records().items())
    moved = work.clocks.measure_moved(measured, now=work.now)
    work.store()
    return moved


def _breach_changed(reading: Reading | None, stored: ClockRecord | None) -> bool:
    """Whether there is a fact to record: a breach that nobody has seen yet, or one that moved or went."""
    measured_breach = None if reading is None else reading.breached_at
    stored_breach = None if stored is None else stored.breached_at
    return measured_breach != stored_breach


def _figures(record: ClockRecord | None) -> tuple[object, ...] | None:
    return None if record is None else (record.target, record.due_at, record.breached_at, record.stopped_at)
