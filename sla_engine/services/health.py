"""How the deployment is: what waits, what was given up, and how old the oldest is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.domain.errors import StorageBusy
from sla_engine.storage import deliveries, incidents, msp, timers
from sla_engine.storage.database import Database
from sla_engine.storage.delivery_records import DeliveryState
from sla_engine.storage.migrate import newest_revision, revision_of


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthFacts:
    """Figures for people and probes; `oldest_waiting` is real time, `next_due` SLA time."""

    database: str
    schema: str | None
    schema_wanted: str
    is_set_up: bool
    open_incidents: int
    waiting: int
    oldest_waiting: timedelta | None
    dead: int
    unreadable: tuple[str, ...]
    """Destinations whose history may not be read, so that an unanswered message cannot be looked for there."""
    next_due: datetime | None

    @property
    def is_well(self) -> bool:
        """Whether nothing needs somebody."""
        return self.schema == self.schema_wanted and self.is_set_up and not self.dead


class HealthCheck:
    """Looks at the database; asks nobody else."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def facts(self, *, now: datetime) -> HealthFacts:
        """How it is at `now` (real time).

        Raises: StorageBusy when the database does not answer.
        """
        schema = revision_of(self.database.url)
        if schema is None:
            return self._without_schema()
        with self.database.reading() as session:
            counts = deliveries.open_counts(session)
            return HealthFacts(
                database=self._kind,
                schema=schema,
                schema_wanted=newest_revision(),
                is_set_up=msp.newest_id(session) is not None,
                open_incidents=incidents.count_open(session),
                waiting=sum(counts.values()) - counts[DeliveryState.DEAD],
                oldest_waiting=deliveries.oldest_waiting(session, now=now),
                dead=counts[DeliveryState.DEAD],
                unreadable=deliveries.unreadable_destinations(session),
                next_due=timers.next_due(session),
            )

    def answers(self) -> bool:
        """Whether the database answers at all."""
        try:
            with self.database.reading():
                return True
        except StorageBusy:
            return False

    @property
    def _kind(self) -> str:
        return "SQLite" if self.database.is_sqlite else "PostgreSQL"

    def _without_schema(self) -> HealthFacts:
        return HealthFacts(
            database=self._kind,
            schema=None,
            schema_wanted=newest_revision(),
            is_set_up=False,
            open_incidents=0,
            waiting=0,
            oldest_waiting=None,
            dead=0,
            unreadable=(),
            next_due=None,
        )
