"""Clocks as last computed: written with each work on an incident; read by the sweep, the board and the digest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.outcomes import ClockOnRecord, Readings, by_clock
from sla_engine.domain.clocks.reading import ClockState, Reading
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.storage.tables.incidents import Clock
from sla_engine.storage.upserts import upsert

_MICROSECOND = timedelta(microseconds=1)

_Name = tuple[str, int]
"""The name of a clock within its incident: its metric and its cycle."""

_KEY = ("incident_id", "metric", "cycle")
_TARGET_AND_OUTCOME = ("target_us", "priority", "due_at", "grace_until", "breached_at", "stopped_at")
"""The columns that hold a clock's target, its due time and its outcome."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRecord:
    """One clock as stored; durations are open time, instants SLA time."""

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
    last_nudged_at: datetime | None

    @property
    def on_record(self) -> ClockOnRecord:
        """The part of it that a decision reads."""
        return ClockOnRecord(breached_at=self.breached_at, stopped_at=self.stopped_at, nudged_at=self.last_nudged_at)


def of_incident(session: Session, incident_id: int) -> dict[tuple[MetricName, int], ClockRecord]:
    """An incident's clocks by metric and cycle."""
    rows = _select(session, Clock.incident_id == incident_id)
    return {(MetricName(row["metric"]), row["cycle"]): _record(row) for row in rows}


def columns_by_incident(
    session: Session, incident_ids: Iterable[int]
) -> dict[int, dict[tuple[str, int], dict[str, Any]]]:
    """The columns of several incidents' clocks, by metric and cycle."""
    by_incident: dict[int, dict[tuple[str, int], dict[str, Any]]] = {}
    for row in _select(session, Clock.incident_id.in_(list(incident_ids))):
        by_incident.setdefault(row["incident_id"], {})[row["metric"], row["cycle"]] = dict(row)
    return by_incident


def current_of(session: Session, incident_ids: Iterable[int]) -> dict[int, list[ClockRecord]]:
    """The current clocks of several incidents, in the metrics' order."""
    rows = _select(session, Clock.incident_id.in_(list(incident_ids)), Clock.current.is_(True))
    by_incident: dict[int, list[ClockRecord]] = {}
    order = list(MetricName)
    for row in sorted(rows, key=lambda row: order.index(MetricName(row["metric"]))):
        by_incident.setdefault(row["incident_id"], []).append(_record(row))
    return by_incident


class IncidentClocks:
    """One incident's clocks: read once, measured in memory, and written in one statement.

    A clock keeps when it was nudged last, however often it is measured anew.
    """

    def __init__(self, session: Session, incident_id: int, *, is_new: bool = False) -> None:
        self._session = session
        self._incident_id = incident_id
        self._stored = {} if is_new else self._read()
        self._rows = dict(self._stored)

    def records(self) -> dict[tuple[MetricName, int], ClockRecord]:
        """The clocks as last measured, by metric and cycle."""
        return {(MetricName(metric), cycle): _record(row) for (metric, cycle), row in self._rows.items()}

    def measure(self, readings: Readings, *, now: datetime) -> None:
        """Replace the clocks by these readings; `now` becomes the instant at which a new breach was noticed.

        A clock without a reading is removed.
        """
        measured = columns_by_name(readings)
        self._rows = {name: self._row(name, columns, now=now) for name, columns in measured.items()}

    def measure_moved(self, readings: Readings, *, now: datetime) -> int:
        """Replace the clocks whose target, due time or outcome is another one now; answers how many rows change."""
        measured = columns_by_name(readings)
        unmoved = {
            name: row for name, row in self._rows.items() if name in measured and _is_unmoved(row, measured[name])
        }
        self.measure(readings, now=now)
        self._rows |= unmoved
        return len(self._changed()) + len(self._gone())

    def mark_nudged(self, metric: MetricName, cycle: int, *, at: datetime) -> None:
        """Remember when the last nudge named a clock."""
        name = (metric.value, cycle)
        self._rows[name] = self._rows[name] | {"last_nudged_at": at}

    def write(self) -> None:
        """Store the clocks that changed, and delete those that are gone."""
        upsert(self._session, Clock, self._changed(), key=_KEY)
        for metric, cycle in self._gone():
            gone = (Clock.incident_id == self._incident_id, Clock.metric == metric, Clock.cycle == cycle)
            self._session.execute(delete(Clock).where(*gone), execution_options={"synchronize_session": False})
        self._stored = dict(self._rows)

    def _read(self) -> dict[_Name, dict[str, Any]]:
        rows = _select(self._session, Clock.incident_id == self._incident_id)
        return {(row["metric"], row["cycle"]): row for row in rows}

    def _row(self, name: _Name, columns: dict[str, Any], *, now: datetime) -> dict[str, Any]:
        row = self._rows.get(name) or _new_row(self._incident_id, name)
        noticed_at = row["noticed_at"] or now
        if columns["breached_at"] is None:
            noticed_at = None  # a breach that was taken back; the next one is noticed anew
        return row | columns | {"noticed_at": noticed_at}

    def _changed(self) -> list[dict[str, Any]]:
        return [row for name, row in self._rows.items() if row != self._stored.get(name)]

    def _gone(self) -> list[_Name]:
        return [name for name in self._stored if name not in self._rows]


def columns_by_name(readings: Readings) -> dict[tuple[str, int], dict[str, Any]]:
    """The columns of clocks' rows that hold these readings, by metric and cycle."""
    return {
        (metric.value, cycle): _columns_of(reading, current=reading is readings[metric][-1])
        for (metric, cycle), reading in by_clock(readings).items()
    }


def _is_unmoved(row: Mapping[str, Any], columns: Mapping[str, Any]) -> bool:
    """Whether target, due time and outcome are those of the row."""
    return all(row[name] == columns[name] for name in _TARGET_AND_OUTCOME)


def _new_row(incident_id: int, name: _Name) -> dict[str, Any]:
    metric, cycle = name
    return {
        "incident_id": incident_id,
        "metric": metric,
        "cycle": cycle,
        "noticed_at": None,
        "last_nudged_at": None,
    }


def _columns_of(reading: Reading, *, current: bool) -> dict[str, Any]:
    """The columns of a clock's row that hold a reading."""
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


def _select(session: Session, *conditions: ColumnElement[bool]) -> list[dict[str, Any]]:
    return [dict(row) for row in session.execute(select(*Clock.__table__.columns).where(*conditions)).mappings()]


def _record(row: Mapping[str, Any]) -> ClockRecord:
    first_elapsed_us = row["first_elapsed_us"]
    return ClockRecord(
        incident_id=row["incident_id"],
        metric=MetricName(row["metric"]),
        cycle=row["cycle"],
        priority=Priority(row["priority"]),
        state=ClockState(row["state"]),
        target=row["target_us"] * _MICROSECOND,
        elapsed=row["elapsed_us"] * _MICROSECOND,
        elapsed_before_run=row["elapsed_before_run_us"] * _MICROSECOND,
        running_since=row["running_since"],
        due_at=row["due_at"],
        breached_at=row["breached_at"],
        breached_on_change=row["breached_on_change"],
        noticed_at=row["noticed_at"],
        stopped_at=row["stopped_at"],
        outcome_at=row["outcome_at"],
        waived_at=row["waived_at"],
        first_elapsed=None if first_elapsed_us is None else first_elapsed_us * _MICROSECOND,
        version_id=row["version_id"],
        last_nudged_at=row["last_nudged_at"],
    )
