"""The status line of a nudge once somebody acted: who has it, and the last things that happened."""

from dataclasses import replace
from datetime import datetime

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
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.note_events import NoteWritten
from sla_engine.domain.incidents.stored_names import stored_name
from sla_engine.notifications.nudges import Happened, NudgeMessage, NudgeState
from sla_engine.services.messages.fact_fields import fact_fields, fact_text

UPDATES_SHOWN = 5

THREADED = (
    Absorbed, Assigned, Corrected, CustomerReplied, CustomerUpdated, Deleted, HandedBack, Merged, Moved, Paused,
    PlanGiven, PrioritySet, Reopened, Resolved, Responded, Resumed, Retitled, Unassigned, Undone, Waived,
)  # fmt: skip
"""Facts that are posted in a nudge's thread as well."""
_SHOWN = (*THREADED, NoteWritten)


def shown_after(shown: NudgeMessage, entry: Entry) -> NudgeMessage:
    """The content of a nudge after this fact."""
    event = entry.event
    if isinstance(event, _SHOWN):
        shown = replace(shown, updates=(*shown.updates, happened(entry))[-UPDATES_SHOWN:])
    match event:
        case Acknowledged():
            return _in_state(replace(shown, asked=None), NudgeState.ACKNOWLEDGED, entry, promise=event.promise)
        case Snoozed():
            snoozed = _in_state(shown, NudgeState.SNOOZED, entry, promise=shown.promise)
            return replace(snoozed, snoozed_until=event.until)
        case CustomerUpdated() if event.next_at is not None:
            return replace(shown, promise=event.next_at)
        case Resolved() | Merged() | Moved() | Deleted():
            return _in_state(shown, NudgeState.CLOSED, entry)
        case _:
            return shown


def happened(entry: Entry) -> Happened:
    """A fact as messages show it."""
    event = entry.event
    return Happened(what=stored_name(event), by=entry.by, at=entry.at, text=fact_text(event), fields=fact_fields(event))


def _in_state(shown: NudgeMessage, state: NudgeState, entry: Entry, *, promise: datetime | None = None) -> NudgeMessage:
    return replace(shown, state=state, state_by=entry.by, state_at=entry.at, promise=promise)
