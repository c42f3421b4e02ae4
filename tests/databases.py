"""A fresh, migrated database for every test that asks for one, on SQLite and on PostgreSQL.

* `database_url`: migrated and empty. A test runs on SQLite, and on PostgreSQL too if it belongs to the contract, what
  both kinds must do alike: locking, constraints, claims, the hash chain, time, migrations (`both_databases`).
  `--database both` runs every test on both.
* `empty_database_url`: the same without any table, for the tests of migrations.
* `postgresql_server`: the server itself, for tests that crash it.

Migrations run once for each kind, into a template; every test gets a copy of that.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from tests.postgresql_server import NoPostgresql, PostgresqlServer, start_server

KINDS = ("sqlite", "postgresql")
CONTRACT = "contract"
GIVEN_SERVER = "SLA_TEST_DATABASE_URL"


def migrate(url: str) -> None:
    """Give a database the newest tables; imported here so that tests without a database do not load one."""
    from sla_engine.storage.migrate import upgrade

    upgrade(url)


class Databases(Protocol):
    """Makes and removes databases of one kind."""

    def migrated(self) -> str:
        """The address of a new database with every table and no row."""

    def empty(self) -> str:
        """The address of a new database without any table."""

    def remove(self, url: str) -> None:
        """Remove a database made here, whoever is still connected to it."""


@dataclass(slots=True)
class SqliteDatabases:
    """SQLite files in one folder."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _template: Path | None = None

    def migrated(self) -> str:
        if self._template is None:
            self._template = self.folder / "template.db"
            migrate(f"sqlite:///{self._template}")
            assert not self._template.with_name("template.db-wal").exists(), "the migration left a connection open"
        target = self._next_file()
        shutil.copy(self._template, target)
        return f"sqlite:///{target}"

    def empty(self) -> str:
        return f"sqlite:///{self._next_file()}"

    def remove(self, url: str) -> None:
        for file in self.folder.glob(f"{Path(url.removeprefix('sqlite:///')).name}*"):
            file.unlink()

    def _next_file(self) -> Path:
        return self.folder / f"test-{next(self._numbers)}.db"


@dataclass(slots=True)
class PostgresqlDatabases:
    """Databases on one PostgreSQL server, whose address names a database that exists already."""

    server_url: str
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _template: str | None = None

    def migrated(self) -> str:
        if self._template is None:
            self._template = self._create(template="template0")
            migrate(self._url(self._template))
        return self._url(self._create(template=self._template))

    def empty(self) -> str:
        return self._url(self._create(template="template0"))

    def remove(self, url: str) -> None:
        name = make_url(url).database
        assert name is not None
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def remove_template(self) -> None:
        if self._template is not None:
            self.remove(self._url(self._template))

    def _create(self, *, template: str) -> str:
        name = f"sla_test_{os.getpid()}_{next(self._numbers)}"
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._run(create.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def _run(self, statement: sql.Composed) -> None:
        address = make_url(self.server_url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)

    def _url(self, name: str) -> str:
        url = make_url(self.server_url).set(drivername="postgresql+psycopg", database=name)
        return url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """A throw-away PostgreSQL server for this run."""
    try:
        server = start_server()
    except NoPostgresql as reason:
        pytest.skip(str(reason))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    """Where this run's SQLite databases come from."""
    return SqliteDatabases(folder=tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_databases(request: pytest.FixtureRequest, given_server: str | None) -> Iterator[PostgresqlDatabases]:
    """Where this run's PostgreSQL databases come from: the server named in the environment, else our own."""
    server_url: str = given_server or request.getfixturevalue("postgresql_server").url("postgres")
    databases = PostgresqlDatabases(server_url=server_url)
    yield databases
    databases.remove_template()


@pytest.fixture(scope="session")
def given_server() -> str | None:
    """The PostgreSQL somebody wants the tests to use."""
    return os.environ.get(GIVEN_SERVER)


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgresql`; whoever asks for it runs with each that is wanted."""
    kind: str = request.param
    return kind


@pytest.fixture(scope="session")
def not_flushed() -> Iterator[None]:
    """SQLite leaves writing to the system: no test stops the machine, and flushing took a tenth of their time."""
    from sla_engine.storage import database

    with pytest.MonkeyPatch.context() as patch:
        kept = (pragma for pragma in database.SQLITE_PRAGMAS if not pragma.startswith("synchronous"))
        patch.setattr(database, "SQLITE_PRAGMAS", (*kept, "synchronous=OFF"))
        yield


@pytest.fixture
def databases(
    database_kind: str,
    parsed_once: None,  # noqa: ARG001
    compiled_once: None,  # noqa: ARG001
    not_flushed: None,  # noqa: ARG001
    request: pytest.FixtureRequest,
) -> Databases:
    """Where the databases of this test come from."""
    made: Databases = request.getfixturevalue(f"{database_kind}_databases")
    return made


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A fresh database with every table and no row."""
    url = databases.migrated()
    yield url
    databases.remove(url)


@pytest.fixture
def empty_database_url(databases: Databases) -> Iterator[str]:
    """A fresh database without any table."""
    url = databases.empty()
    yield url
    databases.remove(url)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let one kind of database be chosen."""
    parser.addoption(
        "--database",
        choices=(*KINDS, "both", CONTRACT),
        default=CONTRACT,
        help="which databases to test on; without it SQLite, and PostgreSQL for what both must do alike",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that needs a database on each kind it is wanted on."""
    if "database_kind" in metafunc.fixturenames:
        metafunc.parametrize("database_kind", _kinds_for(metafunc.definition, metafunc.config), indirect=True)


def _kinds_for(test: pytest.Item, config: pytest.Config) -> list[str]:
    """The kinds that the command line and the test's own marks leave."""
    asked = config.getoption("--database")
    if asked == CONTRACT:
        asked = "both" if test.get_closest_marker("both_databases") else "sqlite"
        asked = "postgresql" if test.get_closest_marker("postgresql_only") else asked
    return [
        kind
        for kind in KINDS
        if asked in {kind, "both"}
        and not any(test.get_closest_marker(f"{other}_only") for other in KINDS if other != kind)
    ]
