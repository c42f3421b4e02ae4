"""Messages that wait for Slack or could not be delivered: lists them, and sends them again."""

from datetime import datetime

from sla_engine.delivery import dead_letters
from sla_engine.delivery import lost_channels as lost
from sla_engine.delivery.records import DeadLetter, LostDestination
from sla_engine.storage.database import Database


class DeadLetters:
    """Undelivered messages and lost channels, for operators."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def counts(self) -> dict[str, int]:
        """How many messages are in each unfinished state."""
        with self.database.reading() as session:
            return {state.value: count for state, count in dead_letters.open_counts(session).items()}

    def dead(self) -> tuple[DeadLetter, ...]:
        """The messages that could not be delivered, newest first."""
        with self.database.reading() as session:
            return dead_letters.dead_letters(session)

    def resend_refused(self, errors: frozenset[str]) -> int:
        """Send again the messages that were refused with one of these errors; returns how many."""
        with self.database.transaction() as session:
            return dead_letters.redrive_where(session, errors=errors)

    def refusals(self) -> frozenset[tuple[str, str]]:
        """The destinations that messages could not be delivered to, each with the error."""
        with self.database.reading() as session:
            return dead_letters.refusals(session)

    def lost(self) -> tuple[LostDestination, ...]:
        """The channels and people that Slack refuses messages for."""
        with self.database.reading() as session:
            return lost.lost_destinations(session)

    def known_channel(self, destination: str) -> str | None:
        """The id of the channel that a destination's messages went to last."""
        with self.database.reading() as session:
            return lost.known_channel(session, destination)

    def restore(self, destination: str, errors: frozenset[str], *, channel_id: str, now: datetime) -> int:
        """Send again the messages that a destination refused, now that it takes them; returns how many."""
        with self.database.transaction() as session:
            return lost.restore(session, destination, errors=errors, channel_id=channel_id, now=now)

    def try_one(self, destination: str, errors: frozenset[str], *, now: datetime) -> bool:
        """Send one refused message again, since only that shows whether the destination takes messages."""
        with self.database.transaction() as session:
            return lost.try_oldest(session, destination, errors=errors, now=now)

    def resend(self, number: int) -> None:
        """Send a message again.

        Raises: UnknownMessage.
        """
        with self.database.transaction() as session:
            dead_letters.redrive(session, number)
