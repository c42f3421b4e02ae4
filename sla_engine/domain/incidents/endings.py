"""Endings for good: the incident is another one, another customer's, or its ticket was deleted."""

from collections.abc import Sequence
from datetime import datetime

from sla_engine.domain.incidents.events import Deleted, Merged, Moved
from sla_engine.domain.incidents.history import Entry, in_order


def ending(history: Sequence[Entry]) -> Entry | None:
    """The fact after which no further fact changes the incident; None while there is none."""
    return next((entry for entry in in_order(history) if isinstance(entry.event, Merged | Moved | Deleted)), None)


def moved(history: Sequence[Entry]) -> Moved | None:
    """The move to another customer that ended an incident; None where it was not moved."""
    last = ending(history)
    return last.event if last is not None and isinstance(last.event, Moved) else None


def deleted_at(history: Sequence[Entry]) -> datetime | None:
    """The instant at which the deletion of its ticket ended an incident; None where it was not deleted."""
    last = ending(history)
    return last.at if last is not None and isinstance(last.event, Deleted) else None
