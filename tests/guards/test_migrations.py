"""The schema: built from nothing, equal to the tables, one step back and again, history still append-only."""

from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from sla_engine.storage import tables
from sla_engine.storage.migrate import downgrade, newest_revision, upgrade
from sla_engine.storage.tables.base import Base

pytestmark = pytest.mark.both_databases


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    yield from _connected(database_url)


def _connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


def _triggers(connection: Connection) -> set[str]:
    by_dialect = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    return set(connection.scalars(text(by_dialect[connection.dialect.name])))


def test_the_migrations_make_exactly_the_tables_the_program_uses(connection: Connection) -> None:
    assert _differences(connection) == []


def test_the_base_alone_knows_every_table() -> None:
    """Alembic imports nothing else; tables of a module that is not imported with it would seem to be superfluous."""
    for module in pkgutil.iter_modules(tables.__path__):
        importlib.import_module(f"{tables.__name__}.{module.name}")
    program = "from sla_engine.storage.tables.base import Base; print(*sorted(Base.metadata.tables))"
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert printed.stdout.split() == sorted(Base.metadata.tables)


def test_upgrading_twice_changes_nothing(database_url: str, connection: Connection) -> None:
    upgrade(database_url)
    assert _differences(connection) == []
    assert MigrationContext.configure(connection).get_current_revision() == newest_revision()


def test_one_step_back_and_again_ends_at_the_same_schema(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    downgrade(empty_database_url, "-1")
    upgrade(empty_database_url)
    for connection in _connected(empty_database_url):
        assert _differences(connection) == []
        assert _triggers(connection)


def test_going_back_to_the_beginning_leaves_no_table_behind(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    downgrade(empty_database_url, "base")
    for connection in _connected(empty_database_url):
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
        assert _triggers(connection) == set()


@pytest.mark.parametrize(
    "change",
    ["UPDATE event SET kind = 'changed'", "DELETE FROM event"],
    ids=["update", "delete"],
)
def test_the_history_refuses_to_be_changed(connection: Connection, change: str) -> None:
    if connection.dialect.name == "sqlite":
        _record_one_event(connection)
    with pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(change))


@pytest.mark.postgresql_only
def test_the_history_refuses_to_be_emptied(connection: Connection) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text("TRUNCATE event"))


def _record_one_event(connection: Connection) -> None:
    """SQLite's triggers fire for each row, so there must be one; PostgreSQL's fire for the statement."""
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    fact = {"incident_id": 1, "kind": "opened", "payload": {}, "by": "U1", "payload_sha256": "", "hash": ""}
    event = Base.metadata.tables["event"]
    connection.execute(event.insert().values(occurred_at=at, recorded_at=at, **fact))


def test_deliveries_from_before_keep_their_places_under_their_new_names(empty_database_url: str) -> None:
    """Names that a sender could have taken are ours alone now, and an alert waits for triage in one row."""
    upgrade(empty_database_url)
    downgrade(empty_database_url, "0005")
    inbox = [
        ("webhook:d1", "webhook", "done"),
        ("webhook:hold:T-1", "hold", "held"),
        ("webhook:refused:aa", "webhook", "refused"),
        ("webhook:hold:mine", "webhook", "done"),
    ]
    triage = [
        (1, "aa@2026-03-02T09:00", None, ["a:1"]),
        (2, "aa@2026-03-02T09:05", None, ["a:2", "a:3"]),
        (3, "bb@2026-03-02T09:00", 5, ["a:4"]),
    ]
    kept_as = "INSERT INTO inbox (id, source, received_at, payload, state) VALUES (:id, :source, 0, '{}', :state)"
    for connection in _connected(empty_database_url):
        for each, source, state in inbox:
            connection.execute(text(kept_as), {"id": each, "source": source, "state": state})
        for number, external_id, settled_at, deliveries in triage:
            kept = json.dumps({"reason": "no customer", "deliveries": deliveries})
            values = {"id": number, "external_id": external_id, "payload": kept, "settled_at": settled_at}
            connection.execute(
                text(
                    "INSERT INTO triage (id, source, external_id, customer, title, payload, received_at, settled_at) "
                    "VALUES (:id, 'alertmanager', :external_id, 'Akme', 'Disk full', :payload, 0, :settled_at)"
                ),
                values,
            )
        connection.commit()
    upgrade(empty_database_url)
    for connection in _connected(empty_database_url):
        names = set(connection.scalars(text("SELECT id FROM inbox")))
        assert names == {"webhook:d1", "hold/webhook:T-1", "refused/webhook:aa", "webhook:hold:mine"}
        rows = connection.execute(text("SELECT id, external_id, payload FROM triage ORDER BY id")).all()
        assert [(row.id, row.external_id) for row in rows] == [(1, "aa"), (3, "bb")]
        assert json.loads(rows[0].payload)["deliveries"] == ["a:1", "a:2", "a:3"]


def test_a_duplicate_check_keeps_its_time_under_its_new_name(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    downgrade(empty_database_url, "0011")
    for connection in _connected(empty_database_url):
        connection.execute(
            text(
                "INSERT INTO outbox (key, message, op, destination, kind, payload, state, created_at, attempts, posts, "
                "audit_at) VALUES ('m1', 'm1', 'post', '#dispatch', 'line', '{}', 'sent', 1, 1, 2, 5)"
            )
        )
        connection.commit()
    upgrade(empty_database_url)
    for connection in _connected(empty_database_url):
        assert connection.scalar(text("SELECT duplicate_check_at FROM outbox")) == 5
