"""A bar: what is measured, how it compares, and what it must be."""

from dataclasses import dataclass
from enum import StrEnum


class Limit(StrEnum):
    """Which side of the bar is good; `none` is a figure for the reader."""

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
        """Whether the figure is on the right side."""
        if self.limit is Limit.AT_MOST:
            return self.figure <= self.bar
        return self.limit is Limit.NONE or self.figure >= self.bar

    @property
    def verdict(self) -> str:
        """`pass` or `FAIL`; nothing where there is no bar."""
        if self.limit is Limit.NONE:
            return ""
        return "pass" if self.holds else "FAIL"
