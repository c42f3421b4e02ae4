"""The database as whoever puts a process together sees it: a handle to give to services, and its schema."""

from sla_engine.storage import rules_version
from sla_engine.storage.database import INTERACTIVE_WAIT_SECONDS, OTHERS, WORKER_WAIT_SECONDS, Database
from sla_engine.storage.errors import SchemaMismatch, StorageBusy
from sla_engine.storage.migrate import newest_revision, revision_of, upgrade

__all__ = [
    "OTHERS",
    "Database",
    "SchemaMismatch",
    "StorageBusy",
    "for_people",
    "for_work",
    "is_behind",
    "newest_revision",
    "revision_of",
    "upgrade",
]


def for_people(url: str) -> Database:
    """A handle for whoever answers people: it waits a second and a half for a lock.

    Raises: AddressUnusable.
    """
    return Database(url, wait_seconds=INTERACTIVE_WAIT_SECONDS)


def for_work(url: str) -> Database:
    """A handle for a worker, which may wait half a minute for a lock.

    Raises: AddressUnusable.
    """
    return Database(url, wait_seconds=WORKER_WAIT_SECONDS)


def is_behind(database: Database) -> bool:
    """Whether outcomes are stored that earlier rules than today's found.

    Raises: StorageBusy.
    """
    with database.reading() as session:
        return rules_version.progress(session).is_behind
