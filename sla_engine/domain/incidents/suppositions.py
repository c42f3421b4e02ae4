"""The suppositions of a what-if: an incident that opens, an act on one, or a day that becomes a holiday."""

from dataclasses import dataclass
from datetime import date, datetime

from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason


@dataclass(frozen=True, slots=True, kw_only=True)
class IfOpened:
    """An incident opens for a customer at `at` (UTC)."""

    priority: Priority
    customer: str
    at: datetime
    site: str = ""
    service: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IfPaused:
    """An incident is paused at `at`; with `until` it is resumed then, as promised (UTC).

    `key` is None where only one incident can be meant.
    """

    key: str | None
    reason: PauseReason
    at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IfResumed:
    """An incident's clocks run again from `at` (UTC)."""

    key: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IfPriority:
    """An incident gets another priority at `at` (UTC)."""

    key: str | None
    priority: Priority
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IfResolved:
    """An incident is resolved at `at` (UTC)."""

    key: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IfHoliday:
    """A local date becomes a holiday of one customer, or of everybody when none is named."""

    day: date
    customer: str | None = None


IfActed = IfPaused | IfResumed | IfPriority | IfResolved
Supposition = IfOpened | IfActed | IfHoliday
