"""Replays a log file from beginning to end: reads it, puts it in order, works through it and counts."""

import hashlib
import resource
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.local_time import zone_named
from sla_engine.files.errors import FileInvalid, FileProblem
from sla_engine.intake.log_order import ordered_log
from sla_engine.intake.replay_report import ReplayReport
from sla_engine.intake.servicenow import RowCount
from sla_engine.intake.servicenow_states import StateTable
from sla_engine.services.agreements import agreement_files
from sla_engine.services.intake.replay import ReplayPlan, ReplayResult, Replays
from sla_engine.services.intake.replay_figures import ReplayFigures
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage.database import Database
from sla_engine.storage.replays import ReplayRecord
from sla_engine.time_source import monotonic

SERVICENOW = "servicenow"
READING = "on hold rests"
"""Part of a replay's name: replays under earlier readings of the states have another, and are not taken for done."""

APPLIED_BY = "replay"
NO_ROWS = "no row of this file can be used"
_MEMORY_UNITS_PER_MIB = 1024 if sys.platform != "darwin" else 1024 * 1024  # Linux counts KiB, macOS bytes

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReplay:
    """One replay about to be run: the file, and the agreement version it is measured under."""

    file: Path
    name: str
    agreement: Agreement
    version_id: int
    zone: str
    states: StateTable = field(default_factory=StateTable)


def prepare(
    database: Database,
    file: Path,
    agreement_file: Path,
    *,
    zone: str | None,
    now: datetime,
    states: StateTable | None = None,
) -> LogReplay:
    """Apply the agreement and name the replay; the file's times are those of `zone`, else of the calendar's zone.

    `states` has the meanings of the file's states, by default the usual ones.
    Raises: FileInvalid, UnknownZone, StorageBusy.
    """
    table = states or StateTable()
    digest = _sha256(file)
    applied = agreement_files.apply(database, [agreement_file], by=APPLIED_BY, now=now).applied
    if len(applied) != 1:
        raise FileInvalid([FileProblem(str(agreement_file), 1, f"one agreement is needed, {len(applied)} are here")])
    unit_of_work = UnitOfWork(database)
    version_id = applied[0].version_id
    with database.reading() as session:
        agreement = unit_of_work.agreements.by_version(session, version_id)
    zone = Calendar.always_open(zone).zone if zone else agreement.calendar.zone
    name = hashlib.sha256(f"{digest}:{SERVICENOW}:{READING}:{table.name}:{version_id}:{zone}".encode()).hexdigest()
    return LogReplay(file=file, name=name, agreement=agreement, version_id=version_id, zone=zone, states=table)


def run(database: Database, log_replay: LogReplay, *, on_progress: Progress) -> ReplayReport:
    """Replay the log from where the last run stopped; `on_progress` gets the rows done and the rows in all.

    A replay that was finished before is only reported again.
    Raises: FileInvalid, StorageBusy.
    """
    begun = monotonic()
    replay = Replays(UnitOfWork(database))
    before = replay.so_far(log_replay.name)
    if before is not None and "finished" in before.figures:
        count, end, result = _stored_result(before)
    else:
        count, end, result = _worked_through(replay, log_replay, on_progress)
    return ReplayReport(
        file=log_replay.file.name,
        agreement=log_replay.agreement,
        version_id=log_replay.version_id,
        zone=log_replay.zone,
        end=end,
        result=result,
        count=count,
        seconds=monotonic() - begun,
        peak_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MEMORY_UNITS_PER_MIB,
    )


def _worked_through(
    replay: Replays, log_replay: LogReplay, on_progress: Progress
) -> tuple[RowCount, datetime, ReplayResult]:
    with ordered_log(log_replay.file, zone=zone_named(log_replay.zone), states=log_replay.states) as log:
        if log.end is None:
            raise FileInvalid([FileProblem(str(log_replay.file), 1, NO_ROWS)])
        plan = ReplayPlan(
            name=log_replay.name, source=SERVICENOW, agreement_version_id=log_replay.version_id, end=log.end
        )
        result = replay.run(plan, log.incidents(), on_batch=lambda rows: on_progress(rows, log.count.used))
        finished = {"rows": log.count.rows, "skipped": dict(log.count.skipped), "end": log.end.isoformat()}
        replay.finish(plan.name, finished)
        return log.count, log.end, result


def _stored_result(before: ReplayRecord) -> tuple[RowCount, datetime, ReplayResult]:
    finished: dict[str, Any] = before.figures["finished"]
    result = ReplayResult(
        facts_added=0,
        rows_done=before.rows_done,
        rows_before=before.rows_done,
        figures=ReplayFigures.from_document(before.figures),
    )
    count = RowCount(rows=finished["rows"], skipped=Counter(finished["skipped"]))
    return count, datetime.fromisoformat(finished["end"]), result


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise FileInvalid([FileProblem(str(file), 1, f"the file cannot be read: {error.strerror}")]) from error
