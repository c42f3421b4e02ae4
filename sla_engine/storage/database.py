"""Where SQLite and PostgreSQL differ, and nowhere else: connecting, beginning, and telling busy from broken.

On SQLite every writing transaction is BEGIN IMMEDIATE: with the driver's deferred default two writers read the same
row and both believe they claimed it. On PostgreSQL rows are locked with FOR UPDATE, by the functions that claim them.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from sla_engine.domain.errors import SchemaMismatch, StorageBusy

__all__ = [
    "INTERACTIVE_WAIT_SECONDS",
    "WORKER_WAIT_SECONDS",
    "Database",
    "Session",
    "is_busy",
    "isolated",
    "normalised",
]

T = TypeVar("T")

INTERACTIVE_WAIT_SECONDS = 1.5
WORKER_WAIT_SECONDS = 30.0
GIVE_WAY_SECONDS = 0.05

_SQLITE_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN})
_PRIMARY_CODE = 0xFF  # the low byte of SQLite's extended result codes
_SQLITE_LACKING = ("no such table", "no such column", "has no column named")

_PG_BUSY = frozenset({"40001", "40P01", "53300", "55P03", "57014", "57P01", "57P02", "57P03"})
"""Serialisation, deadlock, too many connections, lock and statement timeout, server going down or coming up."""
_PG_CONNECTION = "08"  # the class of lost connections
_PG_LACKING = frozenset({"42703", "42P01"})  # undefined column, undefined table


def normalised(url: str) -> str:
    """The URL with its driver spelt out: `postgres://` and `postgresql://` mean psycopg 3."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


SEEN = "seen"
"""Under this name a reading transaction keeps answers that many of its questions need."""


class Database:
    """One database, and the two ways to use it: a writing transaction and a reading one.

    `wait_seconds` bounds how long a lock or a connection is waited for: short where a person waits, long in workers.
    """

    def __init__(self, url: str, *, wait_seconds: float = INTERACTIVE_WAIT_SECONDS) -> None:
        self.url = normalised(url)
        self.wait_seconds = wait_seconds
        self.is_sqlite = make_url(self.url).get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(self.url, wait_seconds) if self.is_sqlite else _pg_engine(self.url, wait_seconds)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A writing transaction: committed when the block ends, rolled back when it raises.

        Raises: StorageBusy when the database is locked, out of connections, or gone; SchemaMismatch when it lacks
        what this version needs. Nothing was written then.
        """
        with _told_apart(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A reading transaction: never waits for a writer on SQLite.

        Raises: StorageBusy, SchemaMismatch.
        """
        with _told_apart():
            connection = self.engine.connect().execution_options(reading=True)
            with connection, Session(connection, info={SEEN: {}}) as session:
                yield session

    def give_way(self) -> None:
        """Let others write, between the transactions of something long.

        On SQLite whoever waits for the one writer looks again now and then, and would never find the short gap.
        """
        if self.is_sqlite:
            Event().wait(GIVE_WAY_SECONDS)

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


@contextmanager
def _told_apart() -> Iterator[None]:
    """Tell what waiting cures (StorageBusy) from a schema that does not fit; anything else is a fault of ours."""
    try:
        yield
    except (DBAPIError, PoolTimeoutError) as error:
        if is_busy(error):
            raise StorageBusy from error
        if isinstance(error, DBAPIError) and _lacks_schema(error):
            raise SchemaMismatch from error
        raise


def isolated(session: Session, work: Callable[[], T], *, on_failure: Callable[[Exception], object]) -> T | None:
    """Do the work of one item of many in a savepoint: whatever it raises undoes it alone and goes to `on_failure`.

    None when it failed. Raises: what says that the database is busy, since that concerns every item.
    """
    try:
        with session.begin_nested():
            return work()
    except Exception as error:
        if is_busy(error):
            raise
        on_failure(error)
        return None


def is_busy(error: Exception) -> bool:
    """Whether the database is locked, out of connections, or gone, so that trying again later helps."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, StorageBusy | PoolTimeoutError)
    if error.connection_invalidated:
        return True
    driver = error.orig
    if isinstance(driver, sqlite3.Error):
        return getattr(driver, "sqlite_errorcode", 0) & _PRIMARY_CODE in _SQLITE_BUSY
    code: str | None = getattr(driver, "sqlstate", None)
    if code is None:  # the server never answered, or the connection broke: no statement was judged
        return isinstance(error, OperationalError | InterfaceError)
    return code in _PG_BUSY or code.startswith(_PG_CONNECTION)


def _lacks_schema(error: DBAPIError) -> bool:
    driver = error.orig
    if isinstance(driver, sqlite3.Error):
        return any(words in str(driver) for words in _SQLITE_LACKING)
    return getattr(driver, "sqlstate", None) in _PG_LACKING


def _sqlite_engine(url: str, wait_seconds: float) -> Engine:
    engine = create_engine(url, connect_args={"timeout": wait_seconds, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN is deferred; ours is below
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _pg_engine(url: str, wait_seconds: float) -> Engine:
    engine = create_engine(url, pool_pre_ping=True, pool_size=20, max_overflow=20, pool_timeout=wait_seconds)

    @event.listens_for(engine, "begin")
    def _bound_lock_waits(connection: Connection) -> None:
        connection.execute(
            text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": f"{int(wait_seconds * 1000)}ms"}
        )

    return engine
