"""Promised updates: each a clock of its own, in wall time, from being made until it is kept, late, or lapsed.

A promise whose instant has passed is questioned: whoever made it is asked whether it still holds. It lapses when
nobody promises anew within a grace.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sla_engine.domain.incidents.events import (
    Acknowledged,
    CustomerUpdated,
    Deleted,
    Merged,
    Moved,
    PromiseLapsed,
    PromiseQuestioned,
    Resolved,
    Responded,
)
from sla_engine.domain.incidents.history import Entry, in_order

PROMISE_GRACE = timedelta(minutes=10)
"""Wall time in which a promise that was questioned can be made anew before it lapses."""

STILL_ON_IT = timedelta(minutes=30)
"""How much longer somebody promises who says that they are still on it."""


class PromiseOutcome(StrEnum):
    """How a promise stands, or how it ended."""

    OPEN = "open"
    QUESTIONED = "questioned"
    KEPT = "kept"
    KEPT_LATE = "kept_late"
    RENEWED = "renewed"
    LAPSED = "lapsed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Who promised an update by when, and what became of it; `at` is when that was, None while it is open (UTC).

    Renewed means that another promise took its place, ended that the incident was resolved or merged after its time.
    """

    by: str
    made_at: datetime
    due: datetime
    outcome: PromiseOutcome = PromiseOutcome.OPEN
    at: datetime | None = None

    @property
    def is_alive(self) -> bool:
        """Whether it can still be kept."""
        return self.outcome in (PromiseOutcome.OPEN, PromiseOutcome.QUESTIONED)


def promises(history: Sequence[Entry]) -> tuple[Promise, ...]:
    """Every promise of an incident, oldest first; at most the last one is alive."""
    found: list[Promise] = []
    for entry in in_order(history):
        if found and found[-1].is_alive:
            found[-1] = _after(found[-1], entry)
        made = _made(entry)
        if made is not None:
            found.append(made)
    return tuple(found)


def promise_in_force(history: Sequence[Entry]) -> Promise | None:
    """The promise that waits to be kept, if there is one."""
    last = next(reversed(promises(history)), None)
    return last if last is not None and last.is_alive else None


def promise_timer(due: datetime | None, asked_at: datetime | None) -> datetime | None:
    """When a promise is looked at next: when it is due, and a grace after it was questioned; None without one."""
    if due is None or asked_at is None:
        return due
    return asked_at + PROMISE_GRACE


def _made(entry: Entry) -> Promise | None:
    match entry.event:
        case Acknowledged(promise=due) | CustomerUpdated(next_at=due) if due is not None:
            return Promise(by=entry.by, made_at=entry.at, due=due)
        case _:
            return None


def _after(promise: Promise, entry: Entry) -> Promise:
    match entry.event:
        case Responded() | CustomerUpdated():
            return _told(promise, entry)
        case Acknowledged():
            return replace(promise, outcome=PromiseOutcome.RENEWED, at=entry.at)
        case PromiseQuestioned():
            return replace(promise, outcome=PromiseOutcome.QUESTIONED, at=entry.at)
        case PromiseLapsed():
            return replace(promise, outcome=PromiseOutcome.LAPSED, at=entry.at)
        case Resolved() | Merged() | Moved() | Deleted():
            in_time = entry.at <= promise.due
            return replace(promise, outcome=PromiseOutcome.KEPT if in_time else PromiseOutcome.ENDED, at=entry.at)
        case _:
            return promise


def _told(promise: Promise, entry: Entry) -> Promise:
    """Telling the customer keeps it; after its time that is late, and counts as long as it has not lapsed."""
    outcome = PromiseOutcome.KEPT if entry.at <= promise.due else PromiseOutcome.KEPT_LATE
    return replace(promise, outcome=outcome, at=entry.at)
