"""Endings for good: the incident is another one, another customer's, its ticket was deleted, or its opening undone."""

from collections.abc import Sequence
from datetime import datetime

from sla_engine.domain.incidents.events import Deleted, Merged, Moved, Undone
from sla_engine.domain.incidents.history import Entry, in_order

_ENDINGS = (Merged, Moved, Deleted, Undone)


def ending(history: Sequence[Entry]) -> Entry | None:
    """The fact after which no further fact changes the incident; None while there is none."""
    return next((entry for entry in in_order(history) if isinstance(entry.event, _ENDINGS)), None)


def moved(history: Sequence[Entry]) -> Moved | None:
    """The move to another customer that ended an incident; None where it was not moved."""
    last = ending(history)
    return last.event if last is not None and isinstance(last.event, Moved) else None


def taken_back(history: Sequence[Entry]) -> Entry | None:
    """The undoing of an incident's opening, after which it counts as never opened; None where that was not undone."""
    last = ending(history)
    return last if last is not None and isinstance(last.event, Undone) else None


def deleted_at(history: Sequence[Entry]) -> datetime | None:
    """The instant at which the deletion of its ticket ended an incident; None where it was not deleted."""
    last = ending(history)
    return last.at if last is not None and isinstance(last.event, Deleted) else None
