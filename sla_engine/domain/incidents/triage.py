"""The triage list: tickets and alerts that wait for somebody to place them, and when the dispatcher is told of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

URGENT = ("P1", "P2")
URGENT_EVERY = timedelta(minutes=15)
USUAL_EVERY = timedelta(hours=1)
QUIET = timedelta(minutes=5)
"""So soon after a message, what comes in besides joins that message; a new one calls people later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageRecord:
    """One ticket or alert to decide on; `deliveries` are the ids of the inbox rows that reported it, oldest first.

    `received_at` is the real time, `came_at` the SLA time at which it came. `about` is the key of the incident that it
    has already, where its ticket was given to a customer nobody knows. `new_by` is who said that it is a new customer,
    who needs an agreement first.
    """

    id: int
    source: str
    external_id: str
    customer: str
    title: str
    reason: str
    deliveries: tuple[str, ...]
    received_at: datetime
    came_at: datetime
    settled_at: datetime | None
    settled_as: str | None
    priority: str | None = None
    about: str | None = None
    new_by: str | None = None

    @property
    def is_urgent(self) -> bool:
        """Whether its ticket is a P1 or a P2."""
        return self.priority in URGENT


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveTriage:
    """The one message about what waits: since when it stands there (SLA time), and of which items it called people."""

    message: str
    posted_at: datetime
    called_for: frozenset[int]
    is_urgent: bool


class TriageStep(Enum):
    """What becomes of the one message about what waits for triage."""

    NONE = auto()
    POST = auto()
    EDIT = auto()
    DELETE = auto()


def triage_step(
    live: LiveTriage | None, waiting: Sequence[TriageRecord], *, now: datetime, is_shown: bool
) -> TriageStep:
    """The next step; `is_shown` says that the live message reads as it should.

    A new message calls people: for the first item, for an urgent one beside others, for what came in since the last
    message was five minutes old, and again after 15 minutes for a P1 or P2, hourly for the rest.
    """
    if live is None:
        return TriageStep.POST if waiting else TriageStep.NONE
    if not waiting:
        return TriageStep.DELETE
    age = now - live.posted_at
    is_urgent = any(record.is_urgent for record in waiting)
    has_news = any(record.id not in live.called_for for record in waiting)
    rises = is_urgent and not live.is_urgent and has_news
    if rises or age >= (URGENT_EVERY if is_urgent else USUAL_EVERY) or (has_news and age >= QUIET):
        return TriageStep.POST
    return TriageStep.NONE if is_shown else TriageStep.EDIT
