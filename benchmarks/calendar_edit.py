"""A holiday is put into the calendar of a million open clocks: only the rows that it moves are written.

Which rows it moves is reckoned apart, with the bulk arithmetic over what is stored; which rows are written is told by
the database itself, by a trigger.
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
from benchmarks.crowd import CUSTOMER, LAST, apply, crowd, depot
from sla_engine.domain.time.calendar import Calendar
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.services.versions.reproject import Reprojection

HOLIDAY = "2026-02-09"
OPEN_CLOCKS = "FROM clock WHERE current AND stopped_at IS NULL AND running_since IS NOT NULL"


class WrongRows(Exception):
    """The rows that were written are not the rows whose due time moves."""


def bars() -> Iterator[Bar]:
    """What one edit writes, how long it takes, and how long each row that moves takes."""
    with TemporaryDirectory(prefix="sla-bot-bench-") as name:
        folder = Path(name)
        unit_of_work = crowd(folder)
        try:
            yield from _edit(unit_of_work, folder)
        finally:
            unit_of_work.database.close()


def _edit(unit_of_work: UnitOfWork, folder: Path) -> Iterator[Bar]:
    path = folder / "crowd.db"
    _watch(path)
    apply(unit_of_work.database, folder, depot(closed=HOLIDAY), now=LAST)
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
    """Have the database write down which rows of `clock` are written."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE written (incident_id, metric, cycle)")
        for change in ("INSERT", "UPDATE"):
            connection.execute(
                f"CREATE TRIGGER watch_{change} AFTER {change} ON clock BEGIN "
                "INSERT INTO written VALUES (new.incident_id, new.metric, new.cycle); END"
            )
        # What was due before the edit, to reckon with after it.
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
    """The clocks whose due time is another one on the edited calendar."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT running_since, left, due_at FROM before ORDER BY rowid").fetchall()
        keys = connection.execute("SELECT incident_id, metric, cycle FROM before ORDER BY rowid").fetchall()
    since, left, due = np.array(rows, np.int64).T
    found = BulkCalendar([calendar]).add(np.ascontiguousarray(since), np.ascontiguousarray(left))
    return {keys[row] for row in np.flatnonzero(found != due).tolist()}


def _calendar(unit_of_work: UnitOfWork) -> Calendar:
    with unit_of_work.database.reading() as session:
        _, agreement = unit_of_work.agreements.in_force(session, CUSTOMER, at=LAST)
    return agreement.calendar
