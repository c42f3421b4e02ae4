"""Clocks as last computed: written when facts change, read by the sweep, the board and the digest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import ClockState, Reading
from sla_engine.domain.incidents.incident import IncidentState
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.storage.tables import Clock, IncidentRow

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRecord:
    """One measurement as stored; durations are open time, instants SLA time."""

    incident_id: int
    metric: MetricName
    cycle: int
    priority: Priority
    state: ClockState
    target: timedelta
    elapsed: timedelta
    elapsed_before_run: timedelta
    running_since: datetime | None
    due_at: datetime | None
    breached_at: datetime | None
    breached_on_change: bool
    noticed_at: datetime | None
    stopped_at: datetime | None
    outcome_at: datetime | None
    waived_at: datetime | None
    first_elapsed: timedelta | None
    version_id: int | None
    rungs_done: int
    repeats_done: int
    last_nudged_at: datetime | None


def of_incident(session: Session, incident_id: int) -> dict[tuple[MetricName, int], ClockRecord]:
    """An incident's clocks by metric and cycle."""
    rows = session.scalars(select(Clock).where(Clock.incident_id == incident_id))
    return {(MetricName(row.metric), row.cycle): _record(row) for row in rows}


def current_of(session: Session, incident_ids: Iterable[int]) -> dict[int, list[ClockRecord]]:
    """The current clocks of several incidents, in the metrics' order."""
    rows = session.scalars(select(Clock).where(Clock.incident_id.in_(list(incident_ids)), Clock.current))
    found: dict[int, list[ClockRecord]] = {}
    order = list(MetricName)
    for row in sorted(rows, key=lambda row: order.index(MetricName(row.metric))):
        found.setdefault(row.incident_id, []).append(_record(row))
    return found


def store(
    session: Session, incident_id: int, readings: Mapping[MetricName, tuple[Reading, ...]], *, now: datetime
) -> None:
    """Write an incident's readings over what was stored; ladder progress of a measurement is kept.

    `now` becomes the instant a new breach was noticed. What is measured no more is not kept.
    """
    stored = {
        (row.metric, row.cycle): row for row in session.scalars(select(Clock).where(Clock.incident_id == incident_id))
    }
    for measured in readings.values():
        for reading in measured:
            row = stored.get((reading.metric.value, reading.cycle))
            if row is None:
                row = _new_row(incident_id, reading)
                session.add(row)
            _fill(row, reading, current=reading is measured[-1], now=now)
    _drop(session, stored, readings)
    session.flush()


def store_moved(
    session: Session, incident_id: int, readings: Mapping[MetricName, tuple[Reading, ...]], *, now: datetime
) -> int:
    """Write only readings whose target, due time or outcome is not the stored one; answers how many rows change."""
    rows = {
        (row.metric, row.cycle): row for row in session.scalars(select(Clock).where(Clock.incident_id == incident_id))
    }
    moved = 0
    for measured in readings.values():
        for reading in measured:
            row = rows.get((reading.metric.value, reading.cycle))
            if row is None:
                row = _new_row(incident_id, reading)
                session.add(row)
            elif _says(row, reading):
                continue
            _fill(row, reading, current=reading is measured[-1], now=now)
            moved += 1
    moved += _drop(session, rows, readings)
    session.flush()
    return moved


def _drop(
    session: Session,
    rows: Mapping[tuple[str, int], Clock],
    readings: Mapping[MetricName, tuple[Reading, ...]],
) -> int:
    """Remove the rows of measurements that the facts no longer tell of; answers how many those were."""
    measured = {(reading.metric.value, reading.cycle) for each in readings.values() for reading in each}
    gone = [row for key, row in rows.items() if key not in measured]
    for row in gone:
        session.delete(row)
    return len(gone)


def _says(row: Clock, reading: Reading) -> bool:
    """Whether the row says all that does not follow from the passing of time."""
    stored = (row.target_us * _MICROSECOND, row.priority, row.due_at, row.grace_until, row.breached_at, row.stopped_at)
    target = reading.target
    return stored == (
        target.duration, target.priority.value, reading.due_at, reading.grace_until, reading.breached_at,
        reading.stopped_at,
    )  # fmt: skip


def mark_nudged(session: Session, record: ClockRecord, *, rungs_done: int, repeats_done: int, at: datetime) -> None:
    """Remember how far up its ladder a clock was announced."""
    row = session.get_one(Clock, (record.incident_id, record.metric.value, record.cycle))
    row.rungs_done, row.repeats_done, row.last_nudged_at = rungs_done, repeats_done, at
    session.flush()


def by_due(session: Session, *, customer: str | None, assignee: str | None, limit: int) -> list[int]:
    """Row ids of open incidents, the one whose next clock is due first in front; those without a due time last."""
    first_due = (
        select(Clock.incident_id, func.min(Clock.due_at).label("due"))
        .where(Clock.current, Clock.due_at.is_not(None), Clock.stopped_at.is_(None))
        .group_by(Clock.incident_id)
        .subquery()
    )
    wanted = (
        _open_incidents(customer=customer, assignee=assignee)
        .outerjoin(first_due, first_due.c.incident_id == IncidentRow.id)
        .order_by(first_due.c.due.is_(None), first_due.c.due, IncidentRow.id)
    )
    return list(session.scalars(wanted.limit(limit)))


def count_listed(session: Session, *, customer: str | None, assignee: str | None) -> int:
    """How many incidents `by_due` would list without a limit."""
    listed = _open_incidents(customer=customer, assignee=assignee).subquery()
    return session.scalar(select(func.count()).select_from(listed)) or 0


def _open_incidents(*, customer: str | None, assignee: str | None) -> Select[int]:
    wanted = select(IncidentRow.id).where(
        IncidentRow.state == IncidentState.OPEN.value, IncidentRow.replayed.is_(False)
    )
    if customer is not None:
        wanted = wanted.where(IncidentRow.customer == customer)
    return wanted if assignee is None else wanted.where(IncidentRow.assignee == assignee)


def _new_row(incident_id: int, reading: Reading) -> Clock:
    return Clock(
        incident_id=incident_id,
        metric=reading.metric.value,
        cycle=reading.cycle,
        rungs_done=0,
        repeats_done=0,
    )


def _fill(row: Clock, reading: Reading, *, current: bool, now: datetime) -> None:
    if reading.breached_at is None:
        row.noticed_at = None  # one that was taken back; the next one is noticed anew
    elif row.noticed_at is None:
        row.noticed_at = now
    for name, value in columns_of(reading, current=current).items():
        setattr(row, name, value)


def columns_of(reading: Reading, *, current: bool) -> dict[str, Any]:
    """What a clock's row says of a reading."""
    return {
        "priority": reading.target.priority.value,
        "started_at": reading.started_at,
        "state": reading.state.value,
        "target_us": reading.target.duration // _MICROSECOND,
        "elapsed_us": reading.elapsed // _MICROSECOND,
        "elapsed_before_run_us": reading.elapsed_before_run // _MICROSECOND,
        "paused_open_us": reading.paused_open // _MICROSECOND,
        "running_since": reading.running_since,
        "due_at": reading.due_at,
        "grace_until": reading.grace_until,
        "breached_at": reading.breached_at,
        "breached_on_change": reading.breached_on_change,
        "stopped_at": reading.stopped_at,
        "outcome_at": reading.outcome_at,
        "first_elapsed_us": None if reading.first_elapsed is None else reading.first_elapsed // _MICROSECOND,
        "waived_at": reading.waived_at,
        "version_id": reading.version or None,
        "current": current,
    }


def _record(row: Clock) -> ClockRecord:
    return ClockRecord(
        incident_id=row.incident_id,
        metric=MetricName(row.metric),
        cycle=row.cycle,
        priority=Priority(row.priority),
        state=ClockState(row.state),
        target=row.target_us * _MICROSECOND,
        elapsed=row.elapsed_us * _MICROSECOND,
        elapsed_before_run=row.elapsed_before_run_us * _MICROSECOND,
        running_since=row.running_since,
        due_at=row.due_at,
        breached_at=row.breached_at,
        breached_on_change=row.breached_on_change,
        noticed_at=row.noticed_at,
        stopped_at=row.stopped_at,
        outcome_at=row.outcome_at,
        waived_at=row.waived_at,
        first_elapsed=None if row.first_elapsed_us is None else row.first_elapsed_us * _MICROSECOND,
        version_id=row.version_id,
        rungs_done=row.rungs_done,
        repeats_done=row.repeats_done,
        last_nudged_at=row.last_nudged_at,
    )
