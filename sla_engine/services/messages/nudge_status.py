"""The state of a nudge, and the last things that happened: both follow from the facts of its incident."""

from collections.abc import Sequence
from dataclasses import replace

from sla_engine.domain.escalation.nudges import NudgeCause, questioned
from sla_engine.domain.incidents.events import (
    Absorbed,
    Acknowledged,
    Assigned,
    Corrected,
    CustomerReplied,
    CustomerUpdated,
    Deleted,
    HandedBack,
    Merged,
    Moved,
    Paused,
    PlanGiven,
    PrioritySet,
    Reopened,
    Resolved,
    Responded,
    Resumed,
    Retitled,
    Snoozed,
    Unassigned,
    Undone,
    Waived,
)
from sla_engine.domain.incidents.history import Entry, in_order
from sla_engine.domain.incidents.incident import IncidentState
from sla_engine.domain.incidents.note_events import NoteWritten
from sla_engine.domain.incidents.stored_names import stored_name
from sla_engine.notifications.nudges import Happened, NudgeMessage, NudgeState
from sla_engine.services.messages.fact_fields import fact_fields, fact_text
from sla_engine.services.unit_of_work.incident_work import IncidentWork

UPDATES_SHOWN = 5

SHOWN = (
    Absorbed, Assigned, Corrected, CustomerReplied, CustomerUpdated, Deleted, HandedBack, Merged, Moved, NoteWritten,
    Paused, PlanGiven, PrioritySet, Reopened, Resolved, Responded, Resumed, Retitled, Unassigned, Undone, Waived,
)  # fmt: skip
"""Facts that a nudge lists as what happened."""
_ENDS = (Resolved, Merged, Moved, Deleted)
_KEEPS_HOLDER = frozenset({NudgeCause.AT_RISK, NudgeCause.BREACH, NudgeCause.REPEAT, NudgeCause.PROMISE_QUESTIONED})
"""Causes for which whoever was on it before still is."""


def with_updates(shown: NudgeMessage, entries: Sequence[Entry]) -> NudgeMessage:
    """The nudge with these facts among the last things that happened."""
    listed = [happened(entry) for entry in entries if isinstance(entry.event, SHOWN)]
    return replace(shown, updates=(*shown.updates, *listed)[-UPDATES_SHOWN:]) if listed else shown


def in_its_state(shown: NudgeMessage, work: IncidentWork) -> NudgeMessage:
    """The nudge in the state that follows from its incident: who is on it, who silenced it, how it ended."""
    incident = work.incident
    asked = next(iter(questioned(work.history)), None)
    shown = replace(shown, asked=asked, promise=incident.promise, snoozed_until=incident.snoozed_until)
    if not incident.is_open:
        return _in_state(shown, NudgeState.CLOSED, _ending(work))
    for entry in reversed(in_order(work.history)):
        match entry.event:
            case Snoozed(until=until) if _counts(shown, entry) and work.now < until == incident.snoozed_until:
                return _in_state(shown, NudgeState.SNOOZED, entry)
            case Acknowledged() if _counts(shown, entry) and incident.acknowledged_by is not None and asked is None:
                return _in_state(shown, NudgeState.ACKNOWLEDGED, entry)
    return _in_state(shown, NudgeState.LIVE, None)


def _counts(shown: NudgeMessage, entry: Entry) -> bool:
    """Whether an act is an answer to what the nudge asks, and not to something before it."""
    return shown.cause in _KEEPS_HOLDER or shown.posted_at is None or entry.at >= shown.posted_at


def _ending(work: IncidentWork) -> Entry | None:
    """The fact that ended the incident; of several that it was resolved, the one that counts."""
    state, entries = work.incident.state, list(reversed(in_order(work.history)))
    if state is IncidentState.TAKEN_BACK:
        return next((entry for entry in reversed(work.history) if isinstance(entry.event, Undone)), None)
    ends = (entry for entry in entries if isinstance(entry.event, _ENDS))
    return next((end for end in ends if work.incident.is_over or end.at == work.incident.resolved_at), None)


def happened(entry: Entry) -> Happened:
    """A fact as messages show it."""
    event = entry.event
    return Happened(what=stored_name(event), by=entry.by, at=entry.at, text=fact_text(event), fields=fact_fields(event))


def _in_state(shown: NudgeMessage, state: NudgeState, entry: Entry | None) -> NudgeMessage:
    by, at = (None, None) if entry is None else (entry.by, entry.at)
    return replace(shown, state=state, state_by=by, state_at=at)
