"""Figures of a replay: outcomes by priority and metric, and how far the log's own verdicts agree with them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sla_engine.domain.clocks.reading import ClockState, Reading
from sla_engine.domain.clocks.ticket_states import LoggedIncident
from sla_engine.domain.incidents.events import Resolved
from sla_engine.domain.incidents.history import Entry

NAMED = 20
"""Of the incidents that are left out for one reason, so many are kept by number."""

REASONS = 50
"""So many reasons are kept apart; a column of free text has a reason a row."""

OTHER_REASONS = "other reasons"

SAME_TIME = timedelta(minutes=1)
"""The log counts in minutes."""

_OUTCOMES = {True: "met", False: "breached", None: "open"}

Cell = tuple[str, str]


@dataclass(slots=True)
class UnmeasuredIncidents:
    """Incidents that cannot be measured for one reason: how many, and the first of them by number."""

    incidents: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, number: str) -> None:
        """Count one more."""
        self.incidents += 1
        if len(self.first) < NAMED:
            self.first.append(number)


@dataclass(slots=True)
class ReplayFigures:
    """Counts of one replay, kept as a document beside the rows done; `paused_open` is open time in seconds.

    `left_out` are incidents that count nowhere else, by reason, and `rows_left_out` their rows.
    """

    incidents: int = 0
    under_other_agreement: int = 0
    before_agreement: int = 0
    cells: dict[Cell, Counter[str]] = field(default_factory=dict)
    compared: dict[str, Counter[str]] = field(default_factory=dict)
    left_out: dict[str, UnmeasuredIncidents] = field(default_factory=dict)
    rows_left_out: int = 0

    def leave_out(self, logged: LoggedIncident) -> None:
        """Count an incident whose rows tell nothing for certain, under the first reason."""
        reason = logged.not_measured[0]
        if reason not in self.left_out and len(self.left_out) >= REASONS:
            reason = OTHER_REASONS
        self.left_out.setdefault(reason, UnmeasuredIncidents()).add(logged.number)
        self.rows_left_out += logged.rows

    def add_reading(self, reading: Reading) -> None:
        """Count one clock under the priority it has now."""
        cell = self.cells.setdefault((reading.target.priority.value, reading.metric.value), Counter())
        outcome = "cancelled" if reading.state is ClockState.CANCELLED else _OUTCOMES[reading.met]
        cell["incidents"] += 1
        cell[outcome] += 1
        cell["paused_open_seconds"] += int(reading.paused_open.total_seconds())

    def compare(self, logged: LoggedIncident, history: Iterable[Entry], *, missed: bool) -> None:
        """Count whether the log's own columns say what its states say."""
        resolved = [entry.at for entry in history if isinstance(entry.event, Resolved)]
        self._compare("resolved_at", logged.says_resolved_at, max(resolved, default=None))
        self._compare("closed_at", logged.says_closed_at, logged.closed_row_at)
        if logged.says_made_sla is None:
            verdict = "missing"
        else:
            log_says, we_say = ("met" if met else "missed" for met in (logged.says_made_sla, not missed))
            verdict = f"log {log_says}, measured {we_say}"
        self._count("made_sla", verdict)

    def as_document(self) -> dict[str, Any]:
        """The counts as JSON."""
        return {
            "incidents": self.incidents,
            "under_other_agreement": self.under_other_agreement,
            "before_agreement": self.before_agreement,
            "cells": [[*cell, dict(counted)] for cell, counted in sorted(self.cells.items())],
            "compared": {name: dict(counted) for name, counted in self.compared.items()},
            "left_out": {reason: asdict(unmeasured) for reason, unmeasured in self.left_out.items()},
            "rows_left_out": self.rows_left_out,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "ReplayFigures":
        """The counts as they were kept."""
        return cls(
            incidents=document.get("incidents", 0),
            under_other_agreement=document.get("under_other_agreement", 0),
            before_agreement=document.get("before_agreement", 0),
            cells={(priority, metric): Counter(counted) for priority, metric, counted in document.get("cells", [])},
            compared={name: Counter(counted) for name, counted in document.get("compared", {}).items()},
            left_out={reason: UnmeasuredIncidents(**counts) for reason, counts in document.get("left_out", {}).items()},
            rows_left_out=document.get("rows_left_out", 0),
        )

    def _compare(self, column: str, says: datetime | None, measured: datetime | None) -> None:
        if says is None:
            self._count(column, "missing")
        elif measured is None:
            self._count(column, "no such state in the log")
        elif abs(says - measured) < SAME_TIME:
            self._count(column, "same")
        else:
            self._count(column, "log says earlier" if says < measured else "log says later")

    def _count(self, column: str, verdict: str) -> None:
        self.compared.setdefault(column, Counter())[verdict] += 1
