"""Histories as they were told, on whole minutes, and what was promised for them, in plain words and numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

FIRST_RESPONSE, CUSTOMER_UPDATE = "first_response", "customer_update"
RESOLUTION_PLAN, RESOLUTION = "resolution_plan", "resolution"
METRICS = (FIRST_RESPONSE, CUSTOMER_UPDATE, RESOLUTION_PLAN, RESOLUTION)
PRIORITIES = ("P1", "P2", "P3")
REASONS = ("customer", "vendor", "parts", "maintenance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One fact: the minute at which it happened, and its place in the order in which facts were heard.

    `what` is a stored name; `value` is a priority, a pause reason or nothing; `earlier` the opening of a duplicate.
    `source` is who told it; nobody in particular when it is empty. `takes_back` are the places of what is undone; the
    value is then `opening` where that was the opening.
    """

    minute: int
    heard: int
    what: str
    value: str = ""
    earlier: int = 0
    source: str = ""
    takes_back: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPromises:
    """One version of an agreement, counting from a minute on: durations in minutes, by metric and priority.

    `hours` names the calendar, `site_hours` that of the site if it has one of its own; `always` are the priorities that
    count round the clock instead. `waiting` is the longer period of customer updates, by priority. `counts_as` names
    the facts that count where they are not the usual ones.
    """

    since: int
    hours: str
    site_hours: str = ""
    targets: Mapping[tuple[str, str], int]
    waiting: Mapping[str, int] = field(default_factory=dict)
    always: frozenset[str] = frozenset()
    reopen: str = "resume"
    reply_ends_pause: bool = True
    counts_as: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def promise(self, metric: str, priority: str) -> tuple[int, int | None] | None:
        """The target and the waiting period, in minutes; None when nothing is promised."""
        target = self.targets.get((metric, priority))
        if target is None:
            return None
        return target, self.waiting.get(priority) if metric == CUSTOMER_UPDATE else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldIncident:
    """A history in no particular order, the versions that count for it (oldest first), and when it is read."""

    facts: tuple[Told, ...]
    versions: tuple[WrittenPromises, ...]
    now: int
    at_site: bool = False
