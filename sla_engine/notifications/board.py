"""The board as a message shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.board_filters import BoardFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedIncident:
    """An incident in a line of a board; `owner` is None where none of our people has it.

    `metric` is the clock that is due next, at `due_at`, and `is_late` when that has passed; both None where none is.
    """

    incident_key: str
    title: str
    customer: str
    priority: str
    link: str | None = None
    ticket: str | None = None
    owner: str | None = None
    metric: MetricName | None = None
    due_at: datetime | None = None
    is_late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardMessage:
    """The board at an instant: who is on duty, what comes next, and how many incidents each filter counts.

    `counts` leaves out what is 0, `next_up` is None where no clock is due, `saved` counts today's. `handed_at` is when
    the dispatch went over to who is on duty, while they have not said that they have it.
    """

    on_duty: str | None
    open_count: int
    next_up: ListedIncident | None = None
    counts: Mapping[BoardFilter, int] = field(default_factory=dict)
    saved: int = 0
    ended: bool = False
    newer: str | None = None
    """The address of the message that takes its place, once it has ended."""
    handed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnownedMessage:
    """The incidents that nobody has for too long: the most urgent `incidents` of `count`, and whom it calls."""

    incidents: tuple[ListedIncident, ...]
    count: int
    mention: tuple[str, ...] = ()
    ended: bool = False
    newer: str | None = None
    """The address of the message that takes its place, once it has ended."""
