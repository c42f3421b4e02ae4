"""Brings a database to this version's schema, and tells which schema it has."""

from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from sla_engine.storage import rules_version
from sla_engine.storage.database import WORKER_WAIT_SECONDS, Database, normalised, opening
from sla_engine.storage.errors import DatabaseUnusable


def upgrade(url: str) -> None:
    """Upgrade to the newest schema; does nothing when it is there already.

    Raises: AddressUnusable, StorageBusy, DatabaseUnusable, also where a newer version of sla-bot has been.
    """
    try:
        with opening():
            command.upgrade(config(url), "head")
            _follow_todays_rules(url)
    except CommandError as error:
        what = f"its schema is not one of this version ({error})"
        raise DatabaseUnusable(what) from error


def _follow_todays_rules(url: str) -> None:
    database = Database(url, wait_seconds=WORKER_WAIT_SECONDS)
    try:
        with database.transaction() as session:
            rules_version.follow_today(session)
    finally:
        database.close()


def downgrade(url: str, revision: str) -> None:
    """Go back to `revision` (`base` is the empty database)."""
    command.downgrade(config(url), revision)


def config(url: str) -> Config:
    """Alembic's configuration for this database; the migrations ship with the program."""
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(str(files("migrations")))))
    configuration.attributes["url"] = normalised(url)
    return configuration


def newest_revision() -> str:
    """The schema this version works with."""
    head = ScriptDirectory.from_config(config("sqlite://")).get_current_head()
    if head is None:
        message = "the migrations folder holds no migration"
        raise LookupError(message)
    return head


def revision_of(url: str) -> str | None:
    """The schema a database has; None for an empty one.

    Raises: AddressUnusable, StorageBusy, DatabaseUnusable.
    """
    database = Database(url, wait_seconds=WORKER_WAIT_SECONDS)
    try:
        with opening(), database.reading() as session:
            return MigrationContext.configure(session.connection()).get_current_revision()
    finally:
        database.close()
