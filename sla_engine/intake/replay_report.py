"""The report at the end of a replay, as JSON and as text."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from tabulate import tabulate

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.clocks.ticket_states import MEASURED
from sla_engine.intake.servicenow import RowCount
from sla_engine.intake.servicenow_states import MEANINGS
from sla_engine.services.intake.replay import ReplayResult

NO_EVIDENCE = "not measured: the log holds no evidence of it"
NOT_PROMISED = "not measured: the agreement promises nothing"
COUNTED = ("incidents", "met", "breached", "open")
CANCELLED = "cancelled"
NUMBERS_SHOWN = 5
STATES_HINT = f"What a state means is said with --state NAME=MEANING; a meaning is one of {', '.join(MEANINGS)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayReport:
    """A finished replay, ready to be shown. `seconds` and `peak_mib` (memory) are this run's."""

    file: str
    agreement: Agreement
    version_id: int
    zone: str
    end: datetime
    result: ReplayResult
    count: RowCount
    seconds: float
    peak_mib: float

    def as_document(self) -> dict[str, Any]:
        """The report as JSON."""
        figures = self.result.figures
        worked = self.result.rows_done - self.result.rows_before
        return {
            "file": self.file,
            "customer": self.agreement.customer,
            "agreement_version": self.version_id,
            "zone": self.zone,
            "now": self.end.isoformat(),
            "incidents": figures.incidents,
            "rows": self.count.rows,
            "rows_used": self.count.used - figures.rows_left_out,
            "rows_skipped": self.count.skipped.total(),
            "skipped_because": dict(self.count.skipped.most_common()),
            "rows_replayed_in_this_run": worked,
            "facts_added": self.result.facts_added,
            "metrics": self._metrics(),
            "not_measured": self._not_measured(),
            "incidents_not_measured": {reason: asdict(left_out) for reason, left_out in figures.left_out.items()},
            "compared_with_the_log": {name: dict(counted) for name, counted in sorted(figures.compared.items())},
            "incidents_opened_before_the_agreement": figures.before_agreement,
            "incidents_kept_under_another_agreement_version": figures.under_other_agreement,
            "seconds": round(self.seconds, 2),
            "rows_per_second": round(worked / self.seconds) if worked and self.seconds else None,
            "peak_memory_mib": round(self.peak_mib, 1),
        }

    def as_text(self) -> str:
        """The report as a person reads it."""
        document = self.as_document()
        parts = [
            self._headline(document),
            self._table(document),
            self._notes(document),
            self._compared(document),
            self._speed(document),
        ]
        return "\n\n".join(part for part in parts if part)

    def _metrics(self) -> list[dict[str, Any]]:
        cells = self.result.figures.cells
        rows: list[dict[str, Any]] = []
        for priority, metric in sorted(cells, key=lambda cell: (cell[0], _place(cell[1]))):
            counts = cells[priority, metric]
            figures = {name: counts[name] for name in (*COUNTED, CANCELLED, "paused_open_seconds")}
            rows.append({"priority": priority, "metric": metric, **figures})
        return rows

    def _not_measured(self) -> dict[str, str]:
        promised = {target.metric for target in self.agreement.targets}
        reasons = {name: _why_not(name, promised=name in promised) for name in METRICS}
        return {name.value: reason for name, reason in reasons.items() if reason is not None}

    def _headline(self, document: Mapping[str, Any]) -> str:
        added = document["facts_added"]
        facts = f"{added:,} facts added" if added else "0 facts added: everything in it was recorded before"
        incidents = "1 incident" if document["incidents"] == 1 else f"{document['incidents']:,} incidents"
        return (
            f"{incidents} from {document['rows_used']:,} of {document['rows']:,} rows, {facts}.\n"
            f"{self.agreement.customer}, agreement version {self.version_id}; "
            f"times read as {self.zone}; the log ends {self.end:%Y-%m-%d %H:%M} UTC."
        )

    @staticmethod
    def _table(document: Mapping[str, Any]) -> str:
        rows = [
            [
                cell["priority"],
                METRICS[MetricName(cell["metric"])].label,
                *(cell[name] for name in COUNTED),
                _share(cell["met"], cell["breached"]),
                _hours(cell["paused_open_seconds"]),
            ]
            for cell in document["metrics"]
        ]
        headers = ["priority", "metric", *COUNTED, "attained", "paused open time"]
        table = tabulate(rows, headers=headers, tablefmt="simple", disable_numparse=False)
        reasons = document["not_measured"].items()
        return "\n".join([table, *(f"{METRICS[MetricName(name)].label}: {reason}." for name, reason in reasons)])

    @staticmethod
    def _notes(document: Mapping[str, Any]) -> str:
        notes = [
            f"{number:,} row{'' if number == 1 else 's'} skipped: {reason}."
            for reason, number in document["skipped_because"].items()
        ]
        notes += _left_out(document["incidents_not_measured"])
        cancelled = sum(cell[CANCELLED] for cell in document["metrics"])
        if cancelled:
            have = "clock of cancelled incidents has" if cancelled == 1 else "clocks of cancelled incidents have"
            notes.append(f"{cancelled:,} {have} no outcome.")
        early, other = "incidents_opened_before_the_agreement", "incidents_kept_under_another_agreement_version"
        if document[early]:
            notes.append(
                f"{document[early]:,} incidents opened before the agreement's effective date, measured all the same."
            )
        if document[other]:
            notes.append(f"{document[other]:,} incidents keep the agreement version they were replayed under before.")
        return "\n".join(notes)

    @staticmethod
    def _compared(document: Mapping[str, Any]) -> str:
        rows = [
            [column, verdict, number]
            for column, counted in document["compared_with_the_log"].items()
            for verdict, number in sorted(counted.items(), key=lambda pair: -pair[1])
        ]
        if not rows:
            return ""
        return "Only compared, not used:\n" + tabulate(rows, headers=["column", "against the states", "incidents"])

    @staticmethod
    def _speed(document: Mapping[str, Any]) -> str:
        worked = document["rows_replayed_in_this_run"]
        rate = f"{document['rows_per_second']:,} rows/s" if worked else "nothing left to do"
        return f"{document['seconds']} s, {rate}, peak memory {document['peak_memory_mib']} MiB."


def _left_out(reasons: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """A line for each reason, with the numbers to look for, and what can be done about states."""
    lines = []
    for reason, left_out in reasons.items():
        number, named = left_out["incidents"], ", ".join(left_out["first"][:NUMBERS_SHOWN])
        more = f" and {number - NUMBERS_SHOWN:,} more" if number > NUMBERS_SHOWN else ""
        which = "incident is" if number == 1 else "incidents are"
        lines.append(f"{number:,} {which} not measured: {reason} ({named}{more}).")
    if any("no known state" in reason for reason in reasons):
        lines.append(STATES_HINT)
    return lines


def _place(metric: str) -> int:
    return list(METRICS).index(MetricName(metric))


def _why_not(metric: MetricName, *, promised: bool) -> str | None:
    if metric not in MEASURED:
        return NO_EVIDENCE
    return None if promised else NOT_PROMISED


def _share(met: int, breached: int) -> str:
    return f"{met / (met + breached):.1%}" if met + breached else "–"


def _hours(seconds: int) -> str:
    minutes = int(timedelta(seconds=seconds).total_seconds()) // 60
    return f"{minutes // 60:,} h {minutes % 60:02d} m"
