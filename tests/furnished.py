"""Databases that begin with the sample people and agreements: applied once a process, then copied."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sla_engine.storage.database import Database

_COPIES: dict[tuple[Path, str], Path] = {}
"""By the folder of this run's databases, and what was done to them."""


def furnish(database: Database, name: str, steps: Callable[[Database], object]) -> None:
    """Bring a database to where `steps` lead from an empty one; `name` stands for what they do.

    An empty SQLite file is replaced by a copy of the first that took the steps; any other database takes them itself.
    """
    if database.file is None or not _is_empty(database.file):
        steps(database)
        return
    known = (database.file.parent, name)
    if known in _COPIES:
        database.close()
        shutil.copyfile(_COPIES[known], database.file)
        return
    steps(database)
    database.close()
    _COPIES[known] = database.file.with_name(f"furnished-{len(_COPIES)}.db")
    shutil.copyfile(database.file, _COPIES[known])


def _is_empty(file: Path) -> bool:
    with closing(sqlite3.connect(file)) as connection:
        tables = ("msp_version", "agreement_version")
        return not any(connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in tables)
