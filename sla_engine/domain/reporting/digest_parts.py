"""The parts of a digest that give its figures a meaning: goals, ordinary weeks, days ahead, decisions."""

from dataclasses import dataclass
from datetime import date, datetime

from sla_engine.domain.reporting.control_limits import WeekVerdict
from sla_engine.domain.reporting.goals import GoalStanding

EVERYTHING = "overall"
"""The label of the goal for everything together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalFigures:
    """One goal: its name, the share to be kept and whether this period kept it; None without an outcome.

    `standing` counts the misses of its month, quarter or year; None where too few come due to set a goal by.
    """

    label: str
    percent: float
    is_met: bool | None
    standing: GoalStanding | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualWeeks:
    """The percentages between which ordinary weeks lie, and what this week is beside them."""

    low: float
    high: float
    verdict: WeekVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekShare:
    """One week (`2016-W12`): promises kept of those that came due."""

    week: str
    met: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedDay:
    """A day on which customers are closed, by their calendars."""

    day: date
    customers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfixedProblem:
    """A problem that is not fixed: how far it has come, its open incidents of all, its workaround, and if it came back.

    `state` is in words, `known error`; `recurrences` is how often an incident like it came after a fix.
    """

    key: str
    title: str
    state: str
    open_incidents: int
    incidents: int
    workaround: str
    recurrences: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDecision:
    """A procedure that was decided on and is not done: its number (`SOP-7`), title, and when its due day begins."""

    number: str
    title: str
    due_on: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """The decisions of a period that asked for something: how many were done, how many there were, and the open ones.

    `on_monday` says that all of them were made on the first day of the week.
    """

    on_monday: bool
    done: int
    of: int
    open: tuple[OpenDecision, ...]
