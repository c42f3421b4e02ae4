"""Empties what was settled long ago: a duty of the worker, in transactions so small that nobody waits for one."""

from datetime import datetime, timedelta
from typing import Protocol

import structlog

from sla_engine.delivery.retention import empty_outbox
from sla_engine.storage import retention
from sla_engine.storage.database import Database, Session

BATCH = 200
MOST_BATCHES = 50
REFUSALS_KEPT = timedelta(days=365)
ACTS_KEPT = timedelta(days=7)
"""How long it is known what a request wrote; it can be undone for a quarter of an hour at most."""
CALLS_KEPT = timedelta(days=90)
"""How long it is known whom a nudge called; the figures about people count four weeks."""

log = structlog.get_logger(__name__)


class Retention:
    """Empties settled deliveries, requests and messages `kept` after they came; forgets refusals, acts and calls."""

    def __init__(self, database: Database, *, kept: timedelta) -> None:
        self.database = database
        self.kept = kept

    def run_once(self, *, now: datetime) -> bool:
        """Empty a part of what is too old at `now` (real time); returns whether more is left."""
        for empty, before in (
            (retention.empty_inbox, now - self.kept),
            (empty_outbox, now - self.kept),
            (retention.drop_refusals, now - REFUSALS_KEPT),
            (retention.drop_acts, now - ACTS_KEPT),
            (retention.drop_calls, now - CALLS_KEPT),
        ):
            if self._empty_batches(empty, before=before):
                return True
        return False

    def _empty_batches(self, empty: "_Emptying", *, before: datetime) -> bool:
        """Empty at most `MOST_BATCHES` batches; returns whether more may be left."""
        for _ in range(MOST_BATCHES):
            with self.database.transaction() as session:
                rows = empty(session, before=before, limit=BATCH)
            if rows:
                log.info("old contents were emptied", what=empty.__name__, rows=rows)
            if rows < BATCH:
                return False
            self.database.give_way()
        return True


class _Emptying(Protocol):
    """Empties rows from before an instant, at most `limit`; returns how many."""

    __name__: str

    def __call__(self, session: Session, /, *, before: datetime, limit: int) -> int: ...
