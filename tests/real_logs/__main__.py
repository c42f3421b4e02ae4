"""Replay a real desk's log, and hold every week's figures against their lists and files.

python -m tests.real_logs FOLDER

FOLDER holds `incident_event_log.csv.gz`; nothing of it is kept.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from sla_engine.domain.time.weeks import Week
from sla_engine.intake import log_replay
from sla_engine.storage.database import Database
from sla_engine.storage.migrate import upgrade
from sla_engine.storage.tables.incidents import Clock
from sla_engine.time_source import real_now
from tests.agreeing_figures import differences, missed_by_hand, stored_clocks

LOG = "incident_event_log.csv.gz"
AGREEMENT = Path(__file__).resolve().parents[2] / "examples" / "servicenow-log.yaml"


def main(arguments: list[str]) -> int:
    """Compare every week; print how many misses agreed, or each figure that does not; answer the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.real_logs", description="Figures of a real desk's log.")
    parser.add_argument("folder", type=Path, help=f"where {LOG} is")
    folder: Path = parser.parse_args(arguments).folder
    if not (folder / LOG).is_file():
        print(f"There is no {LOG} in {folder}.")  # noqa: T201  a command prints
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        url = f"sqlite:///{scratch}/log.db"
        upgrade(url)
        database = Database(url)
        try:
            zone = replay(database, folder / LOG)
            wrong, weeks, missed = compare(database, zone=zone)
        finally:
            database.close()
    for line in wrong:
        print(f"FAIL: {line}")  # noqa: T201  a command prints
    print(f"{weeks} weeks, {missed:,} misses: {len(wrong)} figures differ from their lists or files")  # noqa: T201
    return 1 if wrong else 0


def replay(database: Database, log: Path) -> str:
    """Measure the whole log; answers the zone of its times."""
    wanted = log_replay.prepare(database, log, AGREEMENT, zone=None, now=real_now())
    log_replay.run(database, wanted, on_progress=lambda _done, _rows: None)
    return wanted.zone


def compare(database: Database, *, zone: str) -> tuple[list[str], int, int]:
    """Each figure that differs, by its week; how many weeks and misses there were."""
    wrong, weeks, missed = [], 0, 0
    with database.reading() as session:
        stored = stored_clocks(session)
        first, last = session.execute(select(func.min(Clock.outcome_at), func.max(Clock.outcome_at))).one()
        for week in weeks_between(first, last, zone=zone):
            span = week.span(zone=zone)
            wrong += [f"{week}: {difference}" for difference in differences(session, stored, span)]
            weeks += 1
            missed += len(missed_by_hand(stored, span))
    return wrong, weeks, missed


def weeks_between(first: datetime | None, last: datetime | None, *, zone: str) -> Iterator[Week]:
    """The weeks from the first outcome to the last; none where there is no outcome."""
    if first is None or last is None:
        return
    week, end = Week.of(first, zone=zone), Week.of(last, zone=zone)
    while week <= end:
        yield week
        week = week.following()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
