"""The fields of a fact that a message's sentence is made of."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime

from sla_engine.domain.incidents.events import (
    Absorbed,
    Assigned,
    Breached,
    Corrected,
    CustomerReplied,
    CustomerUpdated,
    Event,
    Followed,
    HandedBack,
    HelpAsked,
    Merged,
    Moved,
    Opened,
    Paused,
    PlanGiven,
    PrioritySet,
    Remarked,
    Reopened,
    Reprocessed,
    Resolved,
    Responded,
    Retitled,
    RungReached,
    Undone,
    Waived,
)
from sla_engine.domain.incidents.note_events import (
    ActionItemDone,
    NoteAskedOf,
    NoteReminded,
    NoteReturned,
    SopDecided,
    SopLinked,
    SopUsed,
)
from sla_engine.domain.incidents.problem_events import LinkedToProblem

_WITH_FIELDS = (Opened, Followed, Waived, Merged, Moved, Absorbed, Reprocessed, Corrected, SopLinked, SopUsed)


def fact_fields(event: Event) -> Mapping[str, str | None]:
    """The fields of this fact as text, instants in ISO 8601; none for a fact whose text says it all."""
    if not isinstance(event, _WITH_FIELDS):
        return {}
    return {field.name: _as_text(getattr(event, field.name)) for field in fields(event)}


def _as_text(value: object) -> str | None:
    if isinstance(value, datetime):
        return value.isoformat()
    return None if value is None else str(value)


def fact_text(event: Event) -> str:
    """The text recorded with this fact, or the name of whom or what it is about; empty where it has neither."""
    match event:
        case (
            Assigned(to=text) | HandedBack(reason=text) | Retitled(title=text) | Undone(act=text)
            | LinkedToProblem(problem=text) | NoteAskedOf(to=text) | NoteReminded(to=text)
            | RungReached(metric=text) | Breached(metric=text)
        ):  # fmt: skip
            return text
        case PrioritySet():
            return event.priority.value
        case Paused():
            return event.reason.value
        case SopDecided():
            return event.text or event.decision
        case (
            Responded() | CustomerUpdated() | CustomerReplied() | PlanGiven() | Resolved() | Reopened() | HelpAsked()
            | Remarked()
            | NoteReturned()
            | ActionItemDone()
        ):  # fmt: skip
            return event.text
        case _:
            return ""
