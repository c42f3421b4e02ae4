"""A bar: one measured figure, what it is compared with, and the limit it must keep."""

from dataclasses import dataclass
from enum import StrEnum


class Limit(StrEnum):
    """The side of the bar on which a figure is good; a figure without a limit is only shown."""

    AT_MOST = "≤"
    AT_LEAST = "≥"
    NONE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One line of the table: our time and theirs in seconds, the figure, and the bar it is held to."""

    what: str
    against: str
    ours: float | None
    theirs: float | None
    figure: float
    unit: str = "×"
    limit: Limit = Limit.NONE
    bar: float = 0

    @property
    def holds(self) -> bool:
        """Whether the figure keeps its limit; without one, True."""
        if self.limit is Limit.AT_MOST:
            return self.figure <= self.bar
        return self.limit is Limit.NONE or self.figure >= self.bar

    @property
    def verdict(self) -> str:
        """`pass` or `FAIL`; empty without a limit."""
        if self.limit is Limit.NONE:
            return ""
        return "pass" if self.holds else "FAIL"
