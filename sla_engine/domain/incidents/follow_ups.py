"""When a ticket is reopened too late to reopen its incident, so that another incident continues it.

That is decided when the history is read: a resolution or a deletion that was recorded late may lie before work that was
recorded already, and an earlier start of that work may be recorded after a later one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.domain.incidents.events import (
    Deleted,
    Event,
    Followed,
    Merged,
    Moved,
    Reopened,
    Resolved,
    Resumed,
    Undone,
)
from sla_engine.domain.incidents.history import SLACK, Entry, in_effect, in_order

ReopenWindow = Callable[[datetime], timedelta | None]
"""The time after its resolution in which an incident may be reopened at this instant; None for any time."""


def takes_up(event: Event) -> bool:
    """Whether a fact says that work goes on: after a resolution it reopens the incident."""
    return isinstance(event, Reopened) or event == Resumed()


def is_too_late(at: datetime, *, resolved_at: datetime | None, window: timedelta | None) -> bool:
    """Whether `at` comes after the window for reopening what was resolved (wall time since the resolution)."""
    return resolved_at is not None and window is not None and at - resolved_at > window


def follower_of(history: Sequence[Entry]) -> Entry | None:
    """The fact that names the incident which goes on with this one, as it was recorded last; None where none does."""
    return next((entry for entry in reversed(in_effect(history)) if isinstance(entry.event, Followed)), None)


def goes_on_at(history: Sequence[Entry], window: ReopenWindow) -> Entry | None:
    """The fact from which on another incident goes on with the ticket: the first after a deletion or the window.

    Where another incident goes on already, it takes every fact since the resolution before it: two incidents that
    people know stay two. None for an incident that goes on itself.
    """
    follower = follower_of(history)
    stretch = _Stretch()
    for entry in in_order([entry for entry in history if not isinstance(entry.event, Followed)]):
        if follower is not None and entry.at >= follower.at:
            break
        if isinstance(entry.event, Merged | Moved | Undone):
            return None
        if stretch.ends_before(entry, window):
            return entry
        stretch.read(entry)
    return stretch.taken_up if follower is not None else None


@dataclass(slots=True)
class _Stretch:
    """The state of an incident while its history is read, and the fact that reopened it last."""

    resolved_at: datetime | None = None
    deleted_at: datetime | None = None
    taken_up: Entry | None = None

    def ends_before(self, entry: Entry, window: ReopenWindow) -> bool:
        if not takes_up(entry.event) or entry.source in ("", SLACK):
            return False
        if self.deleted_at is not None:
            return entry.at > self.deleted_at
        return is_too_late(entry.at, resolved_at=self.resolved_at, window=window(entry.at))

    def read(self, entry: Entry) -> None:
        if isinstance(entry.event, Deleted):
            self.deleted_at, self.taken_up = self.deleted_at or entry.at, None
        elif isinstance(entry.event, Resolved):
            self.resolved_at, self.taken_up = self.resolved_at or entry.at, None
        elif self.deleted_at is None and self.resolved_at is not None and takes_up(entry.event):
            self.resolved_at, self.taken_up = None, entry
