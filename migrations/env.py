"""Runs the migrations through the program's own engine, each in a transaction of its own."""

from alembic import context
from sqlalchemy import event

from sla_engine.storage.database import WORKER_WAIT_SECONDS, Database
from sla_engine.storage.tables.base import Base

URL = context.config.attributes["url"]


def run() -> None:
    """Run the wanted migrations with foreign keys off on SQLite (a batch migration would delete every child row)."""
    database = Database(URL, wait_seconds=WORKER_WAIT_SECONDS)
    if database.is_sqlite:
        event.listen(database.engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=OFF"))
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            transaction_per_migration=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    database.close()


run()
