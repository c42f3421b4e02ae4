"""Promised updates: each a clock of its own, in wall time, from being made until it is kept, kept late, or lapsed.

A promise whose instant has passed is questioned: the person who made it is asked whether it still holds. It lapses
when nobody promises anew within a grace.
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
    Undone,
)
from sla_engine.domain.incidents.history import Entry, in_order

PROMISE_GRACE = timedelta(minutes=10)
"""Wall time in which a promise that was questioned can be made anew before it lapses."""

STILL_ON_IT = timedelta(minutes=30)
"""The new promise of somebody who says that they are still on it: this long from now."""


class PromiseOutcome(StrEnum):
    """The state of a promise, or how it ended."""

    OPEN = "open"
    QUESTIONED = "questioned"
    KEPT = "kept"
    KEPT_LATE = "kept_late"
    RENEWED = "renewed"
    LAPSED = "lapsed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """An update that somebody promised by `due`, and its outcome; `at` is when that was, None while it is open (UTC).

    Renewed means that another promise took its place; ended means that the incident was resolved, merged, moved,
    deleted or taken back after `due`.
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
    made: list[Promise] = []
    for entry in in_order(history):
        if made and made[-1].is_alive:
            made[-1] = _after(made[-1], entry)
        promise = _made_by(entry)
        if promise is not None:
            made.append(promise)
    return tuple(made)


def promise_in_force(history: Sequence[Entry]) -> Promise | None:
    """The promise that is still to be kept; None where there is none."""
    last = next(reversed(promises(history)), None)
    return last if last is not None and last.is_alive else None


def promise_timer(due: datetime | None, asked_at: datetime | None) -> datetime | None:
    """The instant of a promise's timer: the promised one, or a grace after the question; None without a promise."""
    if due is None or asked_at is None:
        return due
    return asked_at + PROMISE_GRACE


def _made_by(entry: Entry) -> Promise | None:
    match entry.event:
        case Acknowledged(promise=due) | CustomerUpdated(next_at=due) if due is not None:
            return Promise(by=entry.by, made_at=entry.at, due=due)
        case _:
            return None


def _after(promise: Promise, entry: Entry) -> Promise:
    match entry.event:
        case Responded() | CustomerUpdated():
            return _kept(promise, entry)
        case Acknowledged():
            return replace(promise, outcome=PromiseOutcome.RENEWED, at=entry.at)
        case PromiseQuestioned():
            return replace(promise, outcome=PromiseOutcome.QUESTIONED, at=entry.at)
        case PromiseLapsed():
            return replace(promise, outcome=PromiseOutcome.LAPSED, at=entry.at)
        case Resolved() | Merged() | Moved() | Deleted() | Undone():
            in_time = entry.at <= promise.due
            return replace(promise, outcome=PromiseOutcome.KEPT if in_time else PromiseOutcome.ENDED, at=entry.at)
        case _:
            return promise


def _kept(promise: Promise, entry: Entry) -> Promise:
    """An update to the customer keeps the promise; after `due` it is kept late, as long as it has not lapsed."""
    outcome = PromiseOutcome.KEPT if entry.at <= promise.due else PromiseOutcome.KEPT_LATE
    return replace(promise, outcome=outcome, at=entry.at)
