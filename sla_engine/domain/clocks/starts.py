"""When a clock starts whose incident turned out to be the same as others: the earliest opening counts."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import takewhile

from sla_engine.domain.clocks.track import StartMove
from sla_engine.domain.incidents.events import Absorbed, Deleted, Merged, Moved
from sla_engine.domain.incidents.history import Entry


def absorbed(history: Iterable[Entry]) -> list[tuple[datetime, datetime]]:
    """The duplicates that were merged into an incident: when it became known, and when each was opened."""
    own = takewhile(lambda entry: not isinstance(entry.event, Merged | Moved | Deleted), history)
    return [(entry.at, entry.event.opened_at) for entry in own if isinstance(entry.event, Absorbed)]


def moved_back(
    opened_at: datetime, duplicates: Sequence[tuple[datetime, datetime]]
) -> tuple[datetime, tuple[StartMove, ...]]:
    """Where the clock starts, and how it came to start there."""
    start, moves = opened_at, []
    for known_at, duplicate_opened_at in duplicates:
        if duplicate_opened_at < start:
            moves.append(StartMove(known_at, start))
            start = duplicate_opened_at
    return start, tuple(moves)
