"""Adds a holiday to the calendar of a million open clocks, and checks that only the rows that it moves are written.

The rows that it moves are computed independently, with the bulk arithmetic on the stored values; the rows that are
written are recorded by triggers in the database.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

from benchmarks.bars import Bar, Limit
from benchmarks.bulk import BulkCalendar
from benchmarks.large_database import CUSTOMER, DATABASE_FILE, LAST, agreement_text, apply, large_database
from sla_engine.domain.time.calendar import Calendar
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.services.versions.reproject import Reprojection

HOLIDAY = "2026-02-09"
OPEN_CLOCKS = "FROM clock WHERE current AND stopped_at IS NULL AND running_since IS NOT NULL"


class WrongRows(Exception):
    """The rows that were written are not those whose due time moves."""


def bars() -> Iterator[Bar]:
    """The rows that one edit writes, and the time that it takes, in all and for each row that moves."""
    with TemporaryDirectory(prefix="sla-bot-bench-") as name:
        folder = Path(name)
        unit_of_work = large_database(folder)
        try:
            yield from _edit(unit_of_work, folder)
        finally:
            unit_of_work.database.close()


def _edit(unit_of_work: UnitOfWork, folder: Path) -> Iterator[Bar]:
    path = folder / DATABASE_FILE
    _watch(path)
    apply(unit_of_work.database, folder, agreement_text(closed=HOLIDAY), now=LAST)
    began = perf_counter()
    projected = Reprojection(unit_of_work).run(now=LAST)
    took = perf_counter() - began
    clocks, moved, written = _open_clocks(path), _moved(path, _calendar(unit_of_work)), _written(path)
    if written != moved or len(written) != projected.clocks:
        raise WrongRows(len(written), len(moved), projected.clocks)
    yield Bar(
        what=f"a holiday among {clocks:,} open clocks: rows written",
        against=f"{len(moved):,} rows that move",
        ours=took,
        theirs=None,
        figure=len(written) / len(moved),
        limit=Limit.AT_MOST,
        bar=1,
    )
    yield Bar(
        what="the same, for each row that moves",
        against="",
        ours=took / len(moved),
        theirs=None,
        figure=len(written) / clocks * 100,
        unit="% of rows",
    )


def _watch(path: Path) -> None:
    """Have the database record which rows of `clock` are written."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE written (incident_id, metric, cycle)")
        for change in ("INSERT", "UPDATE"):
            connection.execute(
                f"CREATE TRIGGER watch_{change} AFTER {change} ON clock BEGIN "
                "INSERT INTO written VALUES (new.incident_id, new.metric, new.cycle); END"
            )
        # The due times before the edit, to compute with after it.
        connection.execute(
            "CREATE TABLE before AS SELECT incident_id, metric, cycle, running_since, "
            f"target_us - elapsed_before_run_us AS left, due_at {OPEN_CLOCKS}"
        )


def _open_clocks(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        (count,) = connection.execute(f"SELECT count(*) {OPEN_CLOCKS}").fetchone()
    return int(count)


def _written(path: Path) -> set[tuple[int, str, int]]:
    with closing(sqlite3.connect(path)) as connection:
        return set(connection.execute("SELECT incident_id, metric, cycle FROM written"))


def _moved(path: Path, calendar: Calendar) -> set[tuple[int, str, int]]:
    """The clocks whose due time differs on the edited calendar."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT running_since, left, due_at FROM before ORDER BY rowid").fetchall()
        keys = connection.execute("SELECT incident_id, metric, cycle FROM before ORDER BY rowid").fetchall()
    since, left, due_before = np.array(rows, np.int64).T
    due_after = BulkCalendar([calendar]).add(np.ascontiguousarray(since), np.ascontiguousarray(left))
    return {keys[row] for row in np.flatnonzero(due_after != due_before).tolist()}


def _calendar(unit_of_work: UnitOfWork) -> Calendar:
    with unit_of_work.database.reading() as session:
        _, agreement = unit_of_work.agreements.in_force(session, CUSTOMER, at=LAST)
    return agreement.calendar
