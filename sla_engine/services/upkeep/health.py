"""Health of the deployment: what waits, what was given up, and whether a worker is alive."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sla_engine.delivery import dead_letters as deliveries
from sla_engine.delivery import lost_channels as lost
from sla_engine.delivery.records import DeliveryState, LostDestination
from sla_engine.domain.upkeep.inbox_state import InboxState
from sla_engine.domain.upkeep.retries import Queue
from sla_engine.services.upkeep import kept_requests
from sla_engine.services.upkeep.early_warnings import CalendarEnd, remembered_ends
from sla_engine.storage import failures, inbox, incidents, refused_deliveries, settings, triage
from sla_engine.storage.database import Database
from sla_engine.storage.errors import StorageBusy
from sla_engine.storage.migrate import newest_revision, revision_of

_ALIVE = "worker_alive"
KEPT_TOO_LONG = timedelta(seconds=30)
"""A request that was kept this long ago and is not carried out yet is reported."""

HELD_TOO_LONG = timedelta(hours=1)
"""A ticket whose opening has not come for so long may never have been reported, or its opening was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthFacts:
    """The health of the bot itself. Ages are real time; None where there is nothing of the kind."""

    open_incidents: int
    oldest_waiting_message: timedelta | None
    dead_letters: int
    last_sweep_age: timedelta | None
    database: str
    schema_ok: bool
    waiting_inbox: int
    waiting_messages: int = 0
    failing: Mapping[Queue, int] = field(default_factory=dict)
    """Items that failed and are tried again, by queue."""
    set_aside: Mapping[Queue, int] = field(default_factory=dict)
    """Items that failed too often and wait for a person, by queue."""
    deliveries: Mapping[InboxState, int] = field(default_factory=dict)
    """Deliveries of other systems that were refused, or failed, and wait for a person."""
    held_tickets: int = 0
    """Tickets about which something was reported a while ago, and whose opening has not come."""
    triage_waiting: int = 0
    schema: str | None = None
    unreadable: tuple[str, ...] = ()
    """Destinations whose history may not be read, so that an unanswered message cannot be looked for there."""
    lost: tuple[LostDestination, ...] = ()
    """Channels and people that Slack refuses messages for."""
    ends: tuple[CalendarEnd, ...] = ()
    """Calendars that end soon or have ended, as a worker saw them within the last hour."""


class HealthCheck:
    """Looks at the database; asks nobody else."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def facts(self, *, now: datetime) -> HealthFacts:
        """The health at `now` (real time).

        Raises: StorageBusy when the database does not answer.
        """
        schema = revision_of(self.database.url)
        if schema != newest_revision():
            return self._without_schema(schema)
        with self.database.reading() as session:
            counts = deliveries.open_counts(session)
            alive = settings.get(session, _ALIVE)
            failed = failures.counts(session)
            return HealthFacts(
                database=self._kind,
                schema=schema,
                schema_ok=True,
                open_incidents=incidents.count_open(session),
                waiting_messages=sum(counts.values()) - counts[DeliveryState.DEAD],
                oldest_waiting_message=deliveries.oldest_waiting(session, now=now),
                dead_letters=counts[DeliveryState.DEAD],
                last_sweep_age=now - datetime.fromisoformat(alive["at"]) if alive else None,
                waiting_inbox=inbox.count_waiting(session, before=now - KEPT_TOO_LONG),
                failing={queue: again for queue, (again, _) in failed.items()},
                set_aside={queue: aside for queue, (_, aside) in failed.items()},
                deliveries=refused_deliveries.counts(session, besides=[kept_requests.SOURCE]),
                held_tickets=triage.count_held(session, before=now - HELD_TOO_LONG),
                triage_waiting=triage.count_waiting(session),
                unreadable=deliveries.unreadable_destinations(session),
                lost=lost.lost_destinations(session),
                ends=remembered_ends(session),
            )

    def mark_alive(self, *, now: datetime) -> None:
        """Record that a worker sweeps."""
        with self.database.transaction() as session:
            settings.put(session, _ALIVE, {"at": now.isoformat()})

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

    def _without_schema(self, schema: str | None) -> HealthFacts:
        """The health before a migration, without what an older or newer schema may lack."""
        return HealthFacts(
            database=self._kind,
            schema=schema,
            schema_ok=False,
            open_incidents=0,
            oldest_waiting_message=None,
            dead_letters=0,
            last_sweep_age=None,
            waiting_inbox=0,
        )
