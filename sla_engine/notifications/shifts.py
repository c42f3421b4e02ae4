"""Messages about who is there and who dispatches, as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.notifications.board import ListedIncident


class SilenceState(StrEnum):
    """How the silence of somebody stands."""

    LASTING = "lasting"
    ACTED = "acted"
    AWAY = "away"
    ON_IT = "on_it"
    NOTHING_OPEN = "nothing_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceMessage:
    """Somebody has not reacted to nudges since a nudge at `since`; `by` and `at` are who ended that, and when.

    `first_metric` is that of the clock of theirs that is due first, `is_late` whether its time has passed.
    """

    person: str
    name: str
    since: datetime
    open_count: int
    mention: tuple[str, ...]
    first_metric: MetricName | None = None
    is_late: bool = False
    first_due_at: datetime | None = None
    state: SilenceState = SilenceState.LASTING
    by: str | None = None
    at: datetime | None = None


class HandoverState(StrEnum):
    """How a handover stands."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIncident:
    """An open incident that whoever dispatches next must know of, and why besides its priority."""

    listed: ListedIncident
    owner_name: str = ""
    promise: datetime | None = None
    snoozed_until: datetime | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsentColleague:
    """A colleague who is away until an instant."""

    name: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverMessage:
    """The dispatch goes from one person to the next at an instant; `more` incidents are left out of the list.

    `until` is when the rota turns next; `state_at` is when it was accepted, or gave way to another handover.
    """

    name: str
    """Of the message itself, which its button sends back."""
    given_by: str | None
    taken_by: str
    at: datetime
    until: datetime
    incidents: tuple[HandedIncident, ...] = ()
    more: int = 0
    absent: tuple[AbsentColleague, ...] = ()
    given_by_name: str = ""
    state: HandoverState = HandoverState.WAITING
    state_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverReminder:
    """Nobody has said that they took over the dispatch; `pressing` P1, P2 and promises are open.

    `handover` is the name of the handover; `settled_by` is on duty since `settled_at`, once somebody has said so.
    """

    given_by: str
    taken_by: str
    taken_by_name: str
    at: datetime
    pressing: int
    for_manager: bool
    handover: str = ""
    settled_by: str | None = None
    settled_at: datetime | None = None
