"""The state of an incident, folded from its facts: a table by kind of fact, read once from first to last."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sla_engine.domain.incidents.events import (
    Acknowledged,
    Assigned,
    CustomerReplied,
    CustomerUpdated,
    Deleted,
    Event,
    HandedBack,
    Merged,
    Moved,
    Opened,
    PrioritySet,
    PromiseLapsed,
    PromiseQuestioned,
    Reopened,
    Resolved,
    Responded,
    Retitled,
    Snoozed,
    Unassigned,
    Undone,
)
from sla_engine.domain.incidents.history import Entry, in_order
from sla_engine.domain.incidents.incident import Incident, IncidentState
from sla_engine.domain.incidents.pauses import PauseFold, ReplyEndsPause
from sla_engine.domain.incidents.problem_events import LinkedToProblem


def incident_after(incident: Incident, history: Sequence[Entry], *, reply_ends_pause: ReplyEndsPause) -> Incident:
    """Recompute an incident from its facts; `history` is the whole of it, in any order."""
    state, pauses = _as_opened(incident), PauseFold(reply_ends_pause)
    for entry in in_order(history):
        if state.is_over:
            break  # later facts of a duplicate belong to the incident it was merged into
        pauses.read(entry)
        after = _AFTER.get(type(entry.event))
        state = state if after is None else after(state, entry.event, entry)
    ends = (pause.until for pause in pauses.held.values() if pause.until is not None)
    return replace(
        state,
        paused_for=tuple(pauses.held),
        pause_until=min(ends, default=None),
        waiting_since=min((pause.since for pause in pauses.held.values()), default=None),
    )


def _as_opened(incident: Incident) -> Incident:
    return replace(
        _at_rest(incident),
        state=IncidentState.OPEN,
        resolved_at=None,
        assignee=None,
        responsible=None,
        merged_into=None,
        problem=None,
    )


def _at_rest(incident: Incident) -> Incident:
    """The incident without a nudge to acknowledge, a promise, a snooze or a waiting customer."""
    return replace(_unacknowledged(incident), customer_waits_since=None, snoozed_until=None)


def _unacknowledged(incident: Incident) -> Incident:
    return replace(incident, acknowledged_by=None, acknowledged_at=None, promise=None, promise_asked_at=None)


def _opened(incident: Incident, event: Opened, entry: Entry) -> Incident:
    return replace(incident, priority=event.priority, title=event.title, opened_at=min(incident.opened_at, entry.at))


def _assigned(incident: Incident, event: Assigned, _: Entry) -> Incident:
    return replace(incident, assignee=event.to, responsible=event.to)


def _unassigned(incident: Incident, _: HandedBack | Unassigned, __: Entry) -> Incident:
    return replace(incident, assignee=None)


def _responded(incident: Incident, _: Responded | CustomerUpdated, __: Entry) -> Incident:
    """An update to the customer keeps the promise, also a late one, as long as the promise has not lapsed."""
    return replace(incident, customer_waits_since=None, promise=None, promise_asked_at=None)


def _updated(incident: Incident, event: CustomerUpdated, entry: Entry) -> Incident:
    return replace(_responded(incident, event, entry), promise=event.next_at)


def _resolved(incident: Incident, _: Event, entry: Entry) -> Incident:
    """Resolved at that instant, unless it was resolved before: closing a resolved incident changes nothing."""
    resolved_at = incident.resolved_at or entry.at
    return replace(_at_rest(incident), state=IncidentState.RESOLVED, resolved_at=resolved_at)


def _reopened(incident: Incident, _: Reopened, __: Entry) -> Incident:
    return replace(incident, state=IncidentState.OPEN, resolved_at=None)


def _acknowledged(incident: Incident, event: Acknowledged, entry: Entry) -> Incident:
    return replace(
        incident, acknowledged_by=entry.by, acknowledged_at=entry.at, promise=event.promise, promise_asked_at=None
    )


def _merged(incident: Incident, event: Merged, entry: Entry) -> Incident:
    return replace(_resolved(incident, event, entry), state=IncidentState.MERGED, merged_into=event.into)


def _moved(incident: Incident, event: Moved, entry: Entry) -> Incident:
    return replace(_resolved(incident, event, entry), state=IncidentState.MOVED)


def _deleted(incident: Incident, event: Deleted, entry: Entry) -> Incident:
    return replace(_resolved(incident, event, entry), state=IncidentState.DELETED)


def _taken_back(incident: Incident, event: Undone, entry: Entry) -> Incident:
    return replace(_resolved(incident, event, entry), state=IncidentState.TAKEN_BACK)


# Pauses are folded beside it. A kind that is not listed matters to a clock, a nudge or a note alone.
_AFTER: Mapping[type[Event], Callable[[Incident, Any, Entry], Incident]] = {
    Opened: _opened,
    PrioritySet: lambda incident, event, _: replace(incident, priority=event.priority),
    Retitled: lambda incident, event, _: replace(incident, title=event.title),
    Assigned: _assigned,
    HandedBack: _unassigned,
    Unassigned: _unassigned,
    Responded: _responded,
    CustomerUpdated: _updated,
    CustomerReplied: lambda incident, _, entry: replace(incident, customer_waits_since=entry.at),
    Resolved: _resolved,
    Reopened: _reopened,
    Acknowledged: _acknowledged,
    PromiseQuestioned: lambda incident, _, entry: replace(incident, promise_asked_at=entry.at),
    PromiseLapsed: lambda incident, *_: _unacknowledged(incident),
    Snoozed: lambda incident, event, _: replace(incident, snoozed_until=event.until),
    Merged: _merged,
    Moved: _moved,
    LinkedToProblem: lambda incident, event, _: replace(incident, problem=event.problem),
    Deleted: _deleted,
    Undone: _taken_back,  # in order, only the undoing of an opening is left
}
