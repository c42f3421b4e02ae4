"""The choices of an SLA note about the next miss, and the due day of what its author will do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sla_engine.domain.time.local_time import local_day

ONE_OFFS_ALIKE = 3
"""From this number of notes within `ONE_OFFS_WITHIN` on that call such a miss a one-off, the manager is told."""
ONE_OFFS_WITHIN = timedelta(days=30)


class Prevention(StrEnum):
    """What is to prevent the next miss, as the author of a note chose it."""

    ONE_OFF = "one-off"
    ACTION = "action"
    SOP = "sop"
    AGREEMENT = "agreement"

    @property
    def label(self) -> str:
        """The choice as a person reads it."""
        return _LABELS[self]


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """What the author of a note will do, and by when (a day in the MSP's zone), as far as they filled it in."""

    what: str
    due: date | None


_LABELS: Mapping[Prevention, str] = {
    Prevention.ONE_OFF: "One-off, nothing to change",
    Prevention.ACTION: "I will do something",
    Prevention.SOP: "A procedure is missing or wrong",
    Prevention.AGREEMENT: "The agreement or the clock is wrong",
}


def due_day_is_over(due_on: datetime, *, now: datetime, zone: str) -> bool:
    """Whether the due day, which begins at `due_on` in the MSP's `zone`, is over; it lasts to its end."""
    return local_day(now, zone=zone) > local_day(due_on, zone=zone)


def due_day_problem(due_on: date | None, *, today: date) -> str | None:
    """The problem with a due day that somebody chose, as a sentence; None where there is none."""
    if due_on is None:
        return "Say by when."
    return "This day is over; choose today or later." if due_on < today else None
