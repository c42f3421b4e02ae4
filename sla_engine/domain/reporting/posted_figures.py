"""Compares a week's figures as its digest posted them with the figures of that week by the facts now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekCounts:
    """The targets and incidents of a week: met, of all that were decided in it."""

    targets_met: int
    targets_of: int
    incidents_met: int
    incidents_of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedWeek:
    """A posted week whose figures differ now, because of facts recorded later or of changed rules."""

    week: str
    posted_at: datetime
    was: WeekCounts
    now: WeekCounts

    @property
    def words(self) -> str:
        """The differences in words: `targets met 1 of 1, posted as 2 of 2`, and the same for incidents."""
        return "; ".join(_difference(self.was, self.now))


def _difference(was: WeekCounts, now: WeekCounts) -> Iterator[str]:
    if (was.targets_met, was.targets_of) != (now.targets_met, now.targets_of):
        yield f"targets met {_of(now.targets_met, now.targets_of)}, posted as {_of(was.targets_met, was.targets_of)}"
    if (was.incidents_met, was.incidents_of) != (now.incidents_met, now.incidents_of):
        before = _of(was.incidents_met, was.incidents_of)
        yield f"incidents met {_of(now.incidents_met, now.incidents_of)}, posted as {before}"


def _of(met: int, of: int) -> str:
    return f"{met} of {of}"
