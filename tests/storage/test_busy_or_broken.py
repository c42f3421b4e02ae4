"""Busy is said only of a lock, a timeout, a full pool or a lost connection; what waiting does not cure is not busy."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError

from sla_engine.storage.database import Database, is_busy, isolated
from sla_engine.storage.errors import SchemaMismatch, StorageBusy

pytestmark = pytest.mark.both_databases


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url, wait_seconds=0.1)
    yield made
    made.close()


@pytest.mark.parametrize("statement", ["SELECT nothing_of_the_kind FROM timer", "SELECT 1 FROM no_such_table"])
def test_a_missing_table_or_column_is_a_schema_that_does_not_fit(database: Database, statement: str) -> None:
    with pytest.raises(SchemaMismatch), database.reading() as session:
        session.execute(text(statement))
    with pytest.raises(SchemaMismatch), database.transaction() as session:
        session.execute(text(statement))


def test_a_lock_that_is_held_is_busy(database: Database) -> None:
    lock = "SELECT 1" if database.is_sqlite else "LOCK TABLE timer IN ACCESS EXCLUSIVE MODE"
    with database.transaction() as session:
        session.execute(text(lock))
        with pytest.raises(StorageBusy), database.transaction() as second:
            second.execute(text("UPDATE timer SET due = NULL"))


@pytest.mark.sqlite_only
def test_a_file_that_cannot_be_opened_is_busy(tmp_path: object) -> None:
    away = Database(f"sqlite:///{tmp_path}/nowhere/at/all.db")
    with pytest.raises(StorageBusy), away.reading():
        pass
    away.close()


@pytest.mark.sqlite_only
def test_a_server_that_does_not_answer_is_busy() -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/nothing", wait_seconds=0.1)
    with pytest.raises(StorageBusy), away.reading():
        pass
    away.close()


class _Driver(Exception):
    def __init__(self, sqlstate: str | None) -> None:
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("kind", "sqlstate", "busy"),
    [
        (OperationalError, "55P03", True),
        (OperationalError, "40P01", True),
        (OperationalError, "57P03", True),
        (OperationalError, "53300", True),
        (OperationalError, "08006", True),
        (OperationalError, None, True),
        (OperationalError, "53100", False),
        (ProgrammingError, "42601", False),
        (ProgrammingError, None, False),
        (IntegrityError, "23505", False),
    ],
)
def test_a_servers_word_decides(kind: type[DBAPIError], sqlstate: str | None, busy: bool) -> None:
    assert is_busy(kind("", {}, _Driver(sqlstate))) is busy


@pytest.mark.parametrize(("code", "busy"), [("SQLITE_BUSY_SNAPSHOT", True), ("SQLITE_LOCKED", True),
                                            ("SQLITE_FULL", False), ("SQLITE_READONLY", False),
                                            ("SQLITE_ERROR", False)])  # fmt: skip
def test_sqlites_code_decides(code: str, busy: bool) -> None:
    error = sqlite3.OperationalError("words that say nothing")
    error.sqlite_errorcode = getattr(sqlite3, code)
    assert is_busy(OperationalError("", {}, error)) is busy


def test_an_item_that_fails_is_undone_alone(database: Database) -> None:
    raised: list[Exception] = []
    put = text("INSERT INTO setting (name, value) VALUES (:name, '{}')")

    def twice() -> None:
        session.execute(put, {"name": "lost"})
        session.execute(put, {"name": "lost"})

    with database.transaction() as session:
        session.execute(put, {"name": "kept"})
        assert isolated(session, twice, on_failure=raised.append) is None
        session.execute(put, {"name": "after"})
    with database.reading() as session:
        assert set(session.scalars(text("SELECT name FROM setting"))) >= {"kept", "after"}
        assert "lost" not in set(session.scalars(text("SELECT name FROM setting")))
    assert [type(error) for error in raised] == [IntegrityError]
