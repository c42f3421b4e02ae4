"""Which SQL statements a piece of work runs, so that tests can hold it to a number of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from sla_engine.storage.database import Database

OF_EVERY_TRANSACTION = ("BEGIN", "SELECT set_config(")
"""What begins a transaction and bounds its waits, whatever it is about."""


class Statements(list[str]):
    """The statements that were run, in their order; what begins a transaction is none of them."""

    def take(self, statement: str) -> None:
        """Keep one that was run."""
        if not statement.startswith(OF_EVERY_TRANSACTION):
            self.append(" ".join(statement.split()))

    def must_be_at_most(self, limit: float, *, times: int = 1) -> None:
        """Fail when there were more than `limit` for each of so many `times`, and say which."""
        lines = "\n".join(f"{number:3d} {text}" for number, text in enumerate(self, start=1))
        assert len(self) <= limit * times, f"{len(self)} statements, at most {limit} x {times} are allowed:\n{lines}"


@contextmanager
def counted(*databases: Database) -> Iterator[Statements]:
    """Every statement that these databases run in the block, from whichever thread."""
    statements = Statements()

    def take(*facts: object) -> None:
        statements.take(str(facts[2]))

    for database in databases:
        event.listen(database.engine, "before_cursor_execute", take)
    try:
        yield statements
    finally:
        for database in databases:
            event.remove(database.engine, "before_cursor_execute", take)
