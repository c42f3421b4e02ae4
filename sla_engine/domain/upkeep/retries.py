"""Retry times of a queue's failed items, and when one is set aside for a person."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sla_engine.domain.incidents.priorities import Priority


class Queue(StrEnum):
    """The queue in which an item waits for its turn."""

    TIMER = "timer"
    REQUEST = "request"
    DELIVERY = "delivery"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class RetryPace:
    """The waits after each failure; after one more failure than there are waits the item is set aside."""

    waits: tuple[timedelta, ...]

    def wait_after(self, tries: int) -> timedelta | None:
        """The wait after this many failures (counted from 1); None to set the item aside."""
        return self.waits[tries - 1] if tries <= len(self.waits) else None


URGENT = RetryPace((timedelta(seconds=5), timedelta(seconds=15), timedelta(seconds=30), timedelta(seconds=45)))
"""Five tries within two minutes: somebody waits, or a P1 or P2 is not being watched."""

PATIENT = RetryPace((timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15)))


def pace_for(priority: Priority | None) -> RetryPace:
    """The pace for an incident of this priority; None for items of no incident."""
    return URGENT if priority in {Priority.P1, Priority.P2} else PATIENT
