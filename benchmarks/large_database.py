"""A SQLite database with a million open clocks: a few hundred incidents opened for real, and copies of their rows."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sla_engine.domain.incidents.priorities import Priority
from sla_engine.services.agreements import agreement_files, people_files
from sla_engine.services.incidents.commands import Incidents
from sla_engine.services.incidents.open import OpenRequest
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import migrate
from sla_engine.storage.database import WORKER_WAIT_SECONDS, Database

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
DATABASE_FILE = "large.db"
OPENED_FOR_REAL = 250
COPIES = 999  # of each
CLOCKS_EACH = 4
CUSTOMER = "Depot Ltd"
FIRST = datetime(2026, 2, 2, 14, tzinfo=UTC)  # a Monday, 09:00 in New York
LAST = FIRST + timedelta(minutes=10)
RARE = OPENED_FOR_REAL  # one in so many has the longest target
COPIED = {"incident": "id", "event": "incident_id", "clock": "incident_id", "timer": "incident_id"}


def agreement_text(*, closed: str = "") -> str:
    """The text of the customer's agreement file; `closed` lists dates, separated by commas."""
    promised = "first_response: 2h, customer_update: {every: 3h}, resolution_plan: 4h"
    return f"""\
customer: {CUSTOMER}
effective: 2026-01-01
calendar: {{timezone: America/New_York, hours: {{mon-fri: "09:00-17:00"}}, closed: [{closed}]}}
targets:
  P2: {{{promised}, resolution: 8h}}
  P3: {{{promised}, resolution: 16h}}
  P4: {{{promised}, resolution: 60h}}
"""


def large_database(folder: Path, *, copies: int = COPIES) -> UnitOfWork:
    """Fill a new SQLite file in a folder; the customer's agreement is in force, and nothing is due yet.

    `copies` of each incident are made.
    """
    path = folder / DATABASE_FILE
    url = f"sqlite:///{path}"
    migrate.upgrade(url)
    database = Database(url, wait_seconds=WORKER_WAIT_SECONDS)
    before = FIRST - timedelta(days=1)
    people_files.apply(database, EXAMPLES / "msp.yaml", by="bench", now=before)
    apply(database, folder, agreement_text(), now=before)
    unit_of_work = UnitOfWork(database, real_clock=lambda: before)
    _open_some(Incidents(unit_of_work))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")  # outside of a transaction, or it does nothing
        with connection:
            _copy(connection, copies)
    return unit_of_work


def apply(database: Database, folder: Path, text: str, *, now: datetime) -> None:
    """Put a version of the customer's agreement in force."""
    path = folder / f"{now:%Y%m%d%H%M}.yaml"
    path.write_text(text, encoding="utf-8")
    agreement_files.apply(database, [path], by="bench", now=now)


def _open_some(incidents: Incidents) -> None:
    for number in range(OPENED_FOR_REAL):
        usual = Priority.P2 if number % 2 else Priority.P3
        priority = Priority.P4 if number % RARE == 0 else usual
        request = OpenRequest(customer=CUSTOMER, title=f"Incident {number}", priority=priority)
        incidents.open(request, by="U0TESS", now=FIRST + number * (LAST - FIRST) / OPENED_FOR_REAL)


def _copy(connection: sqlite3.Connection, copies: int) -> None:
    """Copy every incident with all its rows; unique values get the number of the copy as a suffix."""
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA cache_size = -200000")
    connection.execute("CREATE TEMP TABLE copy AS SELECT id, key FROM incident")
    connection.execute("CREATE TEMP TABLE number (n INTEGER PRIMARY KEY)")
    connection.executemany("INSERT INTO number VALUES (?)", ((n,) for n in range(1, copies + 1)))
    connection.execute("CREATE TEMP TABLE step AS SELECT max(id) + 1 AS ids FROM incident")
    for table, incident_id in COPIED.items():
        connection.execute(f"CREATE TEMP TABLE {table}_row AS SELECT * FROM {table}")
        names, values = zip(*_columns(connection, table), strict=True)
        connection.execute(  # copy by copy, so that every index grows at its end
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM step CROSS JOIN number "
            f"CROSS JOIN {table}_row AS row JOIN copy ON copy.id = row.{incident_id} ORDER BY number.n, row.rowid"
        )
    connection.execute("ANALYZE")


def _columns(connection: sqlite3.Connection, table: str) -> Iterator[tuple[str, str]]:
    changed = {
        COPIED[table]: f"row.{COPIED[table]} + number.n * step.ids",
        "key": "row.key || '-' || number.n",
        "subject": "replace(row.subject, copy.key, copy.key || '-' || number.n)",
        "unique_key": "row.unique_key || '-' || number.n",
        "external_id": "row.external_id || '-' || number.n",
    }
    for _, name, *_ in connection.execute(f"PRAGMA table_info({table})"):
        if name != "id" or table == "incident":
            yield name, changed.get(name, f"row.{name}")
