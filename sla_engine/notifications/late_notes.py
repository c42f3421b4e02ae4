"""The message to a service manager, once a working day, about late notes and what waits for a decision."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class LateMiss:
    """A missed target of a late note; `over` is open time beyond the target, None while the clock still runs."""

    metric_label: str
    breached_at: datetime
    over: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LateNote:
    """An SLA note that was asked for and is late; `writer` is None where a channel was asked."""

    incident_key: str
    title: str
    customer: str
    priority: str
    misses: tuple[LateMiss, ...]
    writer: str | None
    asked_at: datetime
    is_returned: bool = False
    reminded_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueItem:
    """Something with an owner and a day that is over, such as a procedure; `due_on` is the day's first instant."""

    key: str
    title: str
    owner: str
    due_on: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagerPromptMessage:
    """What is late and what waits for one service manager; lists hold the first few of what their counts say."""

    late: tuple[LateNote, ...] = ()
    late_count: int = 0
    due_today: int = 0
    notes_waiting: int = 0
    decisions_waiting: int = 0
    overdue: tuple[OverdueItem, ...] = ()
    overdue_count: int = 0
    replaced: bool = False
    """A newer message says it now."""
