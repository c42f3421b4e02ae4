"""The suppositions of a what-if: an incident that opens, an act on one, or a day that becomes a holiday."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

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


LONGEST_PAUSE_UNASKED = timedelta(days=31)
"""A pause that ends later than the longest month is asked about: an agreement is reported by the month."""
_URGENT = (Priority.P1, Priority.P2)


def has_no_near_end(pause: IfPaused, priority: Priority) -> bool:
    """Whether a pause is asked about before it begins: a P1 or P2 that nothing ends, or one for more than a month."""
    if pause.until is None:
        return priority in _URGENT
    return pause.until - pause.at > LONGEST_PAUSE_UNASKED


IfActed = IfPaused | IfResumed | IfPriority | IfResolved
Supposition = IfOpened | IfActed | IfHoliday
