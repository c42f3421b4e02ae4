"""Turns a ticket's log of states into facts: the changes between one row and the next.

Rows of one minute are one change, and the last of them decides.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.events import (
    Assigned,
    Deleted,
    Event,
    Opened,
    Paused,
    PrioritySet,
    Reopened,
    Resolved,
    Responded,
    Resumed,
)
from sla_engine.domain.incidents.history import Entry, in_order
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.incidents.stored_names import stored_name

MEASURED = (MetricName.FIRST_RESPONSE, MetricName.RESOLUTION)
"""The metrics that states can measure; a log does not say when a customer was updated, or had a plan."""


def measured_part(agreement: Agreement) -> Agreement:
    """The agreement without the metrics of which a log of states has no evidence: they are not measured, not missed."""
    return replace(agreement, targets=tuple(target for target in agreement.targets if target.metric in MEASURED))


class TicketPhase(StrEnum):
    """The meaning of a ticket's state for the clocks."""

    NEW = "new"
    RUNS = "runs"
    WAITS = "waits"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Condition:
    """A phase, and the reason for which a waiting ticket waits."""

    phase: TicketPhase
    reason: PauseReason | None = None


_CANCELLED = Condition(TicketPhase.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedState:
    """One row of a log: the whole state of a ticket after an update. People are logins."""

    at: datetime
    condition: Condition
    priority: Priority
    assignee: str | None
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIncident:
    """All rows of one ticket, oldest first, and its outcome according to the log, to compare with.

    `not_measured` are the reasons why its rows are no certain evidence; it then has no states.
    """

    number: str
    title: str
    opened_at: datetime
    states: tuple[LoggedState, ...]
    rows: int
    says_resolved_at: datetime | None
    says_closed_at: datetime | None
    closed_row_at: datetime | None
    says_made_sla: bool | None
    not_measured: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPosition:
    """The state of a ticket before a row."""

    condition: Condition
    priority: Priority
    assignee: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedFact:
    """A fact that follows from a row; `key` names it within its ticket, the same whenever the row is read."""

    at: datetime
    event: Event
    by: str

    @property
    def key(self) -> str:
        """The instant and the kind of the fact: rows that are read again yield the same keys."""
        reason = getattr(self.event, "reason", None)
        return f"{self.at:%Y%m%dT%H%M%S}:{stored_name(self.event)}{f':{reason}' if reason else ''}"


def facts_between(
    states: Sequence[LoggedState], before: TicketPosition, *, recorded: Sequence[Entry] = ()
) -> Iterator[LoggedFact]:
    """The facts that take a ticket from `before` through its rows, oldest first.

    `recorded` are the facts of an earlier part of the log: where that ended within a minute, the minute goes on there.
    """
    cut_at = max((entry.at for entry in recorded if isinstance(entry.event, _LOGGED_FACTS)), default=None)
    for at, rows in groupby(_without_undone_cancellations(states), key=lambda state: state.at):
        *_, state = rows
        if at == cut_at:
            before = standing_before(recorded, at + timedelta(microseconds=1), first=before.priority)
        assignee = state.assignee or before.assignee  # a missing name says nothing
        condition = _next(before.condition, state.condition)
        if state.priority is not before.priority:
            yield LoggedFact(at=at, event=PrioritySet(priority=state.priority), by=state.by)
        for event in _steps(before.condition, condition):
            yield LoggedFact(at=at, event=event, by=state.by)
        if assignee is not None and assignee != before.assignee:
            yield LoggedFact(at=at, event=Assigned(to=assignee), by=state.by)
        before = TicketPosition(condition=condition, priority=state.priority, assignee=assignee)


def _without_undone_cancellations(states: Sequence[LoggedState]) -> Iterator[LoggedState]:
    """A cancellation that a later row takes back changed nothing; closing what was cancelled does not resolve it."""
    closed_as_cancelled: list[LoggedState] = []
    before = Condition(TicketPhase.NEW)
    for state in states:
        is_closing = before.phase is TicketPhase.CANCELLED and state.condition.phase is TicketPhase.DONE
        closed_as_cancelled.append(replace(state, condition=_CANCELLED) if is_closing else state)
        before = closed_as_cancelled[-1].condition
    places = (place for place, state in enumerate(closed_as_cancelled) if state.condition != _CANCELLED)
    last_alive = max(places, default=-1)
    alive = Condition(TicketPhase.NEW)
    for place, state in enumerate(closed_as_cancelled):
        if state.condition != _CANCELLED:
            alive = state.condition
        yield replace(state, condition=alive) if place < last_alive else state


def standing_before(history: Sequence[Entry], at: datetime, *, first: Priority) -> TicketPosition:
    """The state of a ticket before an instant, by the facts recorded; `first` is the priority it opened with."""
    condition, priority, assignee = Condition(TicketPhase.NEW), first, None
    for entry in in_order(history):
        if entry.at >= at:
            break
        match entry.event:
            case Opened() | PrioritySet():
                priority = entry.event.priority
            case Assigned():
                assignee = entry.event.to
            case event:
                condition = _condition_after(condition, event)
    return TicketPosition(condition=condition, priority=priority, assignee=assignee)


_LOGGED_FACTS = (Assigned, Deleted, Opened, Paused, PrioritySet, Reopened, Resolved, Responded, Resumed)
"""The facts that follow from a log."""


def _condition_after(condition: Condition, event: Event) -> Condition:
    match event:
        case Responded() if condition.phase is TicketPhase.NEW:
            return Condition(TicketPhase.RUNS)
        case Reopened() if condition.phase is TicketPhase.DONE:
            return Condition(TicketPhase.RUNS)
        case Paused():
            return Condition(TicketPhase.WAITS, event.reason)
        case _:
            return _ALWAYS_AFTER.get(type(event), condition)


_ALWAYS_AFTER: Mapping[type[Event], Condition] = {
    Resumed: Condition(TicketPhase.RUNS),
    Resolved: Condition(TicketPhase.DONE),
    Deleted: _CANCELLED,
}


def _next(before: Condition, after: Condition) -> Condition:
    """The condition after a row, given the one before: a cancelled ticket stays cancelled."""
    if before == _CANCELLED:
        return _CANCELLED
    # A ticket that is set to new again was answered all the same: the first response stays the first.
    is_new_again = after.phase is TicketPhase.NEW and before.phase is not TicketPhase.NEW
    return Condition(TicketPhase.RUNS) if is_new_again else after


def _steps(before: Condition, after: Condition) -> Iterator[Event]:
    if before == after:
        return
    if after.phase is TicketPhase.CANCELLED:  # nobody works on it any more, as on a ticket that is gone
        yield Deleted()
        return
    if after.phase is TicketPhase.DONE:
        yield Resolved()
        return
    if before.phase is TicketPhase.NEW:
        yield Responded()
    if before.phase is TicketPhase.DONE:
        yield Reopened()
    if before.phase is TicketPhase.WAITS:
        yield Resumed(reason=before.reason)
    if after.phase is TicketPhase.WAITS and after.reason is not None:
        yield Paused(reason=after.reason)
