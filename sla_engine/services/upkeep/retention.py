"""Emptying what was settled long ago: a duty of the worker, in transactions so small that nobody waits for one."""

from datetime import datetime, timedelta

import structlog

from sla_engine.delivery.retention import empty_outbox
from sla_engine.storage import retention
from sla_engine.storage.database import Database

BATCH = 200
MOST_BATCHES = 50
REFUSALS_KEPT = timedelta(days=365)

log = structlog.get_logger(__name__)


class Retention:
    """Empties settled deliveries, requests and messages `kept` after they came, and forgets refusals after a year."""

    def __init__(self, database: Database, *, kept: timedelta) -> None:
        self.database = database
        self.kept = kept

    def run_once(self, *, now: datetime) -> bool:
        """Empty some of what is too old at `now` (real time); answers whether more is left."""
        for work, before in (
            (retention.empty_inbox, now - self.kept),
            (empty_outbox, now - self.kept),
            (retention.drop_refusals, now - REFUSALS_KEPT),
        ):
            for _ in range(MOST_BATCHES):
                with self.database.transaction() as session:
                    done = work(session, before=before, limit=BATCH)
                if done:
                    log.info("old contents were emptied", what=work.__name__, rows=done)
                if done < BATCH:
                    break
                self.database.give_way()
            else:
                return True
        return False
