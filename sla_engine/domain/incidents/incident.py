"""An incident as its facts leave it: whose it is, what it waits for, what was promised, and whether it goes on."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason


class IncidentState(StrEnum):
    """The states of an incident: open and resolved may follow one another, the others are final."""

    OPEN = "open"
    RESOLVED = "resolved"
    MERGED = "merged"
    MOVED = "moved"
    DELETED = "deleted"
    TAKEN_BACK = "taken_back"


OVER = (IncidentState.MERGED, IncidentState.MOVED, IncidentState.DELETED, IncidentState.TAKEN_BACK)
"""States after which no further fact changes an incident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident, as somebody would describe it now. People are Slack ids; instants are SLA time in UTC.

    `assignee` has it, `responsible` had it last; `pause_until` is the earliest expected end of its pauses,
    `waiting_since` the beginning of the longest, `problem` the key of the problem behind it. A
    `replayed` incident has its facts from another desk's log: nobody is nudged about it.
    """

    id: int
    key: str
    customer: str
    agreement_version_id: int
    source: str
    external_id: str | None
    link: str | None
    title: str
    priority: Priority
    state: IncidentState
    opened_at: datetime
    opened_by: str
    resolved_at: datetime | None = None
    assignee: str | None = None
    responsible: str | None = None
    paused_for: tuple[PauseReason, ...] = ()
    pause_until: datetime | None = None
    waiting_since: datetime | None = None
    customer_waits_since: datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    promise: datetime | None = None
    snoozed_until: datetime | None = None
    promise_asked_at: datetime | None = None
    site: str | None = None
    service: str | None = None
    merged_into: str | None = None
    replayed: bool = False
    problem: str | None = None

    @property
    def is_open(self) -> bool:
        """False once resolved, or over for another reason."""
        return self.state is IncidentState.OPEN

    @property
    def is_over(self) -> bool:
        """Whether no further fact changes it."""
        return self.state in OVER
