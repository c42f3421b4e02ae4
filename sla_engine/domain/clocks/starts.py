"""The start of a clock after other incidents were merged into its own: the earliest opening counts."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sla_engine.domain.clocks.track import StartMove
from sla_engine.domain.incidents.events import Absorbed, Deleted, Merged, Moved, Undone
from sla_engine.domain.incidents.history import Entry

_ENDINGS = (Merged, Moved, Deleted, Undone)


def absorbed(history: Iterable[Entry]) -> list[tuple[datetime, datetime]]:
    """The duplicates that were merged into an incident: when each became known, and when it was opened."""
    duplicates = []
    for entry in history:
        if isinstance(entry.event, Absorbed):
            duplicates.append((entry.at, entry.event.opened_at))
        elif isinstance(entry.event, _ENDINGS):
            break
    return duplicates


def moved_back(
    opened_at: datetime, duplicates: Sequence[tuple[datetime, datetime]]
) -> tuple[datetime, tuple[StartMove, ...]]:
    """The start of the clock, and the moves that led to it."""
    start, moves = opened_at, []
    for known_at, duplicate_opened_at in duplicates:
        if duplicate_opened_at < start:
            moves.append(StartMove(known_at, start))
            start = duplicate_opened_at
    return start, tuple(moves)
