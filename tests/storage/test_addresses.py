"""What is at the database's address, and who may read it: said in a sentence, and kept to its owner."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from sla_engine.domain.errors import SlaError
from sla_engine.storage.database import Database
from sla_engine.storage.errors import AddressUnusable, DatabaseUnusable, StorageBusy
from sla_engine.storage.migrate import revision_of, upgrade

PASSWORD = "correct-horse"

pytestmark = pytest.mark.sqlite_only


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("", "it is not written like an address"),
        ("not an address", "it is not written like an address"),
        ("://", "it is not written like an address"),
        (f"postgresql://u:{PASSWORD}@host:port/name", "it is not written like an address"),
        (f"postgresql://u:{PASSWORD}@[::1/name", "it is not written like an address"),
        (f"mysql://u:{PASSWORD}@host/name", "'mysql' is no database sla-bot works with"),
        (f"postgresql+psycopg2://u:{PASSWORD}@host/name", "the driver 'psycopg2' is not among those installed"),
        ("sqlite+aiosqlite:///a.db", "the driver 'aiosqlite' is not among those installed"),
    ],
)
def test_an_address_that_means_nothing_is_told_without_its_password(address: str, why: str) -> None:
    for use in (Database, upgrade, revision_of):
        with pytest.raises(AddressUnusable) as refused:
            use(address)
        assert refused.value.what.startswith(why)
        assert PASSWORD not in refused.value.what


@pytest.mark.parametrize(
    ("address", "refusal"),
    [
        (f"postgresql://u:{PASSWORD}@127.0.0.1:1/name", StorageBusy),
        (f"postgresql://u:{PASSWORD}@127.0.0.1:99999/name", StorageBusy),
        (f"postgresql://u:{PASSWORD}@127.0.0.1/name?nonsense=1", DatabaseUnusable),
        ("sqlite:////nowhere/at/all.db", StorageBusy),
        ("sqlite:////etc/hostname", DatabaseUnusable),
    ],
)
@pytest.mark.parametrize("use", [upgrade, revision_of])
def test_what_cannot_be_used_is_a_refusal_wherever_it_is_met_first(
    address: str, refusal: type[SlaError], use: object
) -> None:
    assert callable(use)
    with pytest.raises(refusal) as refused:
        use(address)
    assert PASSWORD not in str(vars(refused.value))


def test_a_schema_of_a_newer_version_is_not_upgraded(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'newer.db'}"
    upgrade(address)
    with sqlite3.connect(tmp_path / "newer.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(DatabaseUnusable, match="9999"):
        upgrade(address)


def test_a_database_is_made_for_its_owner_only(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'new.db'}"
    upgrade(address)
    database = Database(address)
    with database.transaction() as session:
        session.execute(text("DELETE FROM setting"))
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert modes == {"new.db": 0o600, "new.db-wal": 0o600, "new.db-shm": 0o600}
    assert database.open_to_others() == []
    database.close()


def test_the_mode_somebody_gave_a_database_stays_and_is_told(tmp_path: Path) -> None:
    file = tmp_path / "shared.db"
    address = f"sqlite:///{file}"
    upgrade(address)
    file.chmod(0o640)
    database = Database(address)
    with database.reading() as session:
        session.execute(text("SELECT 1 FROM setting"))
        assert database.open_to_others()[0] == file
    database.close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_databases_without_a_file_have_none_to_keep(tmp_path: Path) -> None:
    for address in ("sqlite://", "sqlite:///:memory:", "postgresql://u@127.0.0.1/name"):
        database = Database(address)
        assert database.file is None
        assert database.open_to_others() == []
        database.close()
    assert list(tmp_path.iterdir()) == []
