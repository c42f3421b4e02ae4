"""Closures of a calendar: holidays and other exceptions that close a local date, a part of it, or its shifts."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sla_engine.domain.time.shifts import WHOLE_DAY, Shift


class ClosureScope(StrEnum):
    """The time a closure takes away: that of its local date, or the shifts that start on it."""

    DATE = "date"
    SHIFT = "shift"


@dataclass(frozen=True, slots=True)
class Closure:
    """A holiday or another exception that closes a local date, or the part of it from `opens` to `closes`.

    The closed part is written like a shift: without edges it is 00:00 to 24:00, and a part that ends at or
    before its beginning ends on the next day. Scope `shift` closes whole shifts, so it takes no part.
    Raises: ValueError when only one edge is given, or a part is given with scope `shift`.
    """

    date: date
    opens: int | None = None
    closes: int | None = None
    name: str = ""
    scope: ClosureScope = ClosureScope.DATE

    def __post_init__(self) -> None:
        if (self.opens is None) != (self.closes is None):
            message = f"the closure of {self.date} needs both edges of its part, or none"
            raise ValueError(message)
        if self.opens is not None and self.scope == ClosureScope.SHIFT:
            message = f"the closure of {self.date} closes whole shifts: it cannot name a part of the day"
            raise ValueError(message)
        object.__setattr__(self, "scope", ClosureScope(self.scope))
        _ = self.part

    @property
    def part(self) -> Shift:
        """The closed part of the date, written like a shift."""
        if self.opens is None or self.closes is None:
            return WHOLE_DAY
        return Shift(self.opens, self.closes)

    @property
    def is_whole_date(self) -> bool:
        """Whether all of the local date is closed."""
        return self.part == WHOLE_DAY
