"""The facts that a form can record anew, as they are recorded: without what is not kept, and only with times ahead."""

from dataclasses import replace
from datetime import datetime

from sla_engine.domain.incidents.events import (
    Acknowledged,
    CustomerUpdated,
    PlanGiven,
    PrioritySet,
    Resolved,
    Snoozed,
)
from sla_engine.domain.text.lengths import needed, optional
from sla_engine.domain.time.errors import InThePast

Changeable = CustomerUpdated | PlanGiven | Resolved | PrioritySet | Acknowledged | Snoozed


def as_recorded(event: Changeable, *, now: datetime) -> Changeable:
    """The fact as it is recorded.

    Raises: MissingArgument, TooLong, InThePast.
    """
    match event:
        case CustomerUpdated(how=how, text=text, next_at=next_at):
            refuse_past("next", next_at, now)
            return replace(event, how=optional(how), text=needed("what the customer was told", text))
        case PlanGiven(text=text):
            return PlanGiven(text=needed("the plan", text))
        case Resolved(text=text):
            return Resolved(text=optional(text))
        case Acknowledged(promise=promise):
            refuse_past("promise", promise, now)
        case Snoozed(until=until):
            refuse_past("until", until, now)
        case _:
            pass
    return event


def refuse_past(what: str, at: datetime | None, now: datetime) -> None:
    """Refuse a time that lies behind.

    Raises: InThePast.
    """
    if at is not None and at <= now:
        raise InThePast(what, at)
