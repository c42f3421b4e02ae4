"""Which open incidents somebody wants to see."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sla_engine.domain.incidents.priorities import Priority

STALE_AFTER = timedelta(hours=4)
"""An incident that nobody reported anything of for so long is stale."""

LONG_WAIT = timedelta(days=3)
"""An incident that has waited for longer is asked about."""


class IncidentCondition(StrEnum):
    """What may be asked of an open incident, by the word for it."""

    UNASSIGNED = "unassigned"
    OVERDUE = "overdue"
    WAITING = "waiting"
    STALE = "stale"
    NO_PROMISE = "no-promise"
    ANSWERED = "answered"
    """The customer wrote and waits for an answer."""
    LONG_WAIT = "long-wait"
    """It has waited for longer than `LONG_WAIT`."""
    ABSENT = "absent"
    """Its owner is away."""
    UNTOLD = "untold"
    """The customer was to hear from us by now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFilter:
    """What an open incident must be to be listed: everything that is given, and one of the priorities.

    `due_within` is real time until its next clock is due; what is overdue is due within any time.
    """

    owner: str | None = None
    customer: str | None = None
    priorities: Collection[Priority] = ()
    conditions: Collection[IncidentCondition] = ()
    due_within: timedelta | None = None
