"""Connects to SQLite or PostgreSQL and begins transactions; tells a busy database from a broken one.

On SQLite every writing transaction is BEGIN IMMEDIATE: with the driver's deferred default two writers read the same
row and both believe they claimed it. On PostgreSQL rows are locked with FOR UPDATE, by the functions that claim them.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from math import ceil
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from sla_engine.storage.errors import AddressUnusable, DatabaseUnusable, SchemaMismatch, StorageBusy
from sla_engine.storage.written import forget_since, remembered

__all__ = [
    "INTERACTIVE_WAIT_SECONDS",
    "WORKER_WAIT_SECONDS",
    "Database",
    "Session",
    "is_busy",
    "isolated",
    "normalised",
    "opening",
]

T = TypeVar("T")

DRIVERS = {"sqlite": "pysqlite", "postgresql": "psycopg"}
"""The databases that are known, each with the one driver that is installed for it."""

OWNER_ONLY = 0o600
OTHERS = 0o077
_BESIDE = ("", "-wal", "-shm", "-journal")  # SQLite gives these the database's own mode

SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON")
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


READ_ONCE = "read once"
"""The key of `Session.info` under which a reading transaction keeps rows that many of its queries need."""


class Database:
    """One database and its transactions: writing, reading, and reading a snapshot.

    `wait_seconds` bounds the wait for a lock or a connection: short where a person waits, long in workers.
    Raises: AddressUnusable when the address names no database of a known kind.
    """

    def __init__(self, url: str, *, wait_seconds: float = INTERACTIVE_WAIT_SECONDS) -> None:
        self.url = normalised(url)
        self.wait_seconds = wait_seconds
        address = _address(self.url)
        self.is_sqlite = address.get_backend_name() == "sqlite"
        self.file = _file_of(address) if self.is_sqlite else None
        if self.is_sqlite:
            self.engine = _sqlite_engine(self.url, wait_seconds, file=self.file)
        else:
            self.engine = _pg_engine(address, wait_seconds)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A writing transaction: committed when the block ends, rolled back when it raises.

        Raises: StorageBusy when the database is locked, out of connections, or gone; SchemaMismatch when it lacks
        a table or column this version needs. Nothing is written then.
        """
        with _translated_errors(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A reading transaction: never waits for a writer on SQLite.

        Raises: StorageBusy, SchemaMismatch.
        """
        with _translated_errors():
            connection = self.engine.connect().execution_options(reading=True)
            with connection, Session(connection, info={READ_ONCE: {}}) as session:
                yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A reading transaction in which every query sees the database as it was at the first one.

        Raises: StorageBusy, SchemaMismatch.
        """
        options: dict[str, Any] = {"reading": True}
        if not self.is_sqlite:  # where a reading transaction is one anyway
            options["isolation_level"] = "REPEATABLE READ"
        with _translated_errors():
            connection = self.engine.connect().execution_options(**options)
            with connection, Session(connection, info={READ_ONCE: {}}) as session:
                yield session

    def give_way(self) -> None:
        """Let others write, between the transactions of a long job.

        On SQLite a waiting writer looks only now and then whether its turn has come, and would miss the short gap.
        """
        if self.is_sqlite:
            Event().wait(GIVE_WAY_SECONDS)

    def open_to_others(self) -> list[Path]:
        """The database's files that others on this machine may read or change."""
        if self.file is None:
            return []
        files = [Path(f"{self.file}{ending}") for ending in _BESIDE]
        return [file for file in files if file.exists() and file.stat().st_mode & OTHERS]

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


@contextmanager
def _translated_errors() -> Iterator[None]:
    """Raise StorageBusy for errors that waiting cures, SchemaMismatch for a schema that does not fit, others as is."""
    try:
        yield
    except (DBAPIError, PoolTimeoutError) as error:
        if is_busy(error):
            raise StorageBusy from error
        if isinstance(error, DBAPIError) and _lacks_schema(error):
            raise SchemaMismatch from error
        raise


@contextmanager
def opening() -> Iterator[None]:
    """Wrap the first use of a database, whose errors may mean that it is none, or cannot be written.

    Raises: StorageBusy, SchemaMismatch, DatabaseUnusable.
    """
    try:
        with _translated_errors():
            yield
    except DBAPIError as error:
        raise DatabaseUnusable(str(error.orig).strip().partition("\n")[0]) from error


def isolated(session: Session, work: Callable[[], T], *, on_failure: Callable[[Exception], object]) -> T | None:
    """Do the work of one item of many in a savepoint: whatever it raises undoes it alone and goes to `on_failure`.

    None when it failed. Raises: the error of a busy database, since that concerns every item.
    """
    before = remembered(session)
    try:
        with session.begin_nested():
            return work()
    except Exception as error:
        if is_busy(error):
            raise
        forget_since(session, before)
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


def _address(url: str) -> URL:
    try:
        address = make_url(url)
        kind, driver = address.get_backend_name(), address.drivername.partition("+")[2]
    except (ArgumentError, ValueError) as error:
        raise AddressUnusable("it is not written like an address") from error
    if kind not in DRIVERS:
        what = f"{kind!r} is no database sla-bot works with"
        raise AddressUnusable(what)
    if driver not in ("", DRIVERS[kind]):
        what = f"the driver {driver!r} is not among those installed; leave '+{driver}' out"
        raise AddressUnusable(what)
    return address


def _file_of(address: URL) -> Path | None:
    """The file of a SQLite database; None for one in memory, or one that is addressed in another way."""
    name = address.database
    return None if not name or name == ":memory:" or name.startswith("file:") else Path(name)


def _make(file: Path) -> None:
    """Create the file for its owner only; the driver would make it readable for everybody on the machine."""
    with suppress(OSError):  # there already, or not to be made: the driver says so
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))


def _sqlite_engine(url: str, wait_seconds: float, *, file: Path | None) -> Engine:
    engine = create_engine(url, connect_args={"timeout": wait_seconds, "check_same_thread": False})

    if file is not None:

        @event.listens_for(engine, "do_connect")
        def _for_its_owner(*_: object) -> None:
            _make(file)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN is deferred; ours is below
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _pg_engine(address: URL, wait_seconds: float) -> Engine:
    # A server that is away need not refuse: without a bound the network decides, which is minutes.
    bound = {} if "connect_timeout" in address.query else {"connect_timeout": max(2, ceil(wait_seconds))}
    engine = create_engine(
        address, connect_args=bound, pool_pre_ping=True, pool_size=20, max_overflow=20, pool_timeout=wait_seconds
    )

    @event.listens_for(engine, "begin")
    def _bound_lock_waits(connection: Connection) -> None:
        connection.execute(
            text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": f"{int(wait_seconds * 1000)}ms"}
        )

    return engine
