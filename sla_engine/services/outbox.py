"""What waits for Slack, what could not be delivered, and sending it again."""

from sla_engine.storage import deliveries
from sla_engine.storage.database import Database
from sla_engine.storage.delivery_records import DeadLetter


class Letters:
    """The outbox as operators see it."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def counts(self) -> dict[str, int]:
        """How many messages are in each unfinished state."""
        with self.database.reading() as session:
            return {state.value: count for state, count in deliveries.open_counts(session).items()}

    def dead(self) -> tuple[DeadLetter, ...]:
        """What could not be delivered, newest first."""
        with self.database.reading() as session:
            return deliveries.dead_letters(session)

    def resend_refused(self, errors: frozenset[str], *, destination: str | None = None) -> int:
        """Send again what was refused for one of these reasons, now that it is gone; answers how many that were."""
        with self.database.transaction() as session:
            return deliveries.redrive_where(session, errors=errors, destination=destination)

    def resend(self, number: int) -> None:
        """Put a message on its way again.

        Raises: UnknownMessage.
        """
        with self.database.transaction() as session:
            deliveries.redrive(session, number)
