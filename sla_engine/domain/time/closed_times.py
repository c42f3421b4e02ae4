"""The time that closures took from the hours of a calendar."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

from sla_engine.domain.time.closures import Closure
from sla_engine.domain.time.opening_hours import OpeningHours
from sla_engine.domain.time.spans import Span


@dataclass(frozen=True, slots=True)
class ClosedTime:
    """Time that would have been open, but for a closure."""

    span: Span
    closure: Closure


class ClosedTimes:
    """The time that the closures of opening hours took away; each date is computed once."""

    def __init__(self, opening_hours: OpeningHours) -> None:
        self._opening_hours = opening_hours
        self._taken: dict[date, tuple[ClosedTime, ...]] = {}

    def between(self, start: datetime, end: datetime) -> list[ClosedTime]:
        """The time taken within `[start, end)`, oldest first; both are UTC."""
        days = self._opening_hours.closure_dates_around(start, end)
        if not days and start <= end:  # most nights have none, and a ledger asks about every night
            return []
        window = Span(start, end)
        taken = chain.from_iterable(map(self._taken_on, days))
        within = (ClosedTime(shared, closed.closure) for closed in taken if (shared := closed.span & window))
        return sorted(within, key=lambda closed: closed.span)

    def _taken_on(self, day: date) -> tuple[ClosedTime, ...]:
        if day not in self._taken:
            closures = self._opening_hours.closures_on(day)
            taken = ((span, closure) for closure in closures for span in self._opening_hours.taken_by(closure))
            self._taken[day] = tuple(ClosedTime(span, closure) for span, closure in taken)
        return self._taken[day]
