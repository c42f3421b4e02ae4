"""One customer's agreement as finished values: every default filled in, every holiday a date."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain
from typing import Any

from sla_engine.domain.agreements.goals import Goals
from sla_engine.domain.agreements.ladders import DEFAULT_LADDER, Ladder
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.priorities import USUAL_MATRIX, Priority, PriorityMatrix
from sla_engine.domain.text.names import folded
from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.versioned_calendar import SplicedCalendar

SLACK_CHANNELS = "slack_channels"
"""The part of an agreement that names the customer's Slack channels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The part of an incident that decides which target holds; a site or a service is empty when none is named."""

    priority: Priority
    site: str = ""
    service: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The open time that one metric has at one priority, and the calendar it is counted on.

    `waiting` is the longer period of a periodic metric while a pause reason holds. A target with a `site` or a
    `service` holds only there. `own_calendar` says that the target names its calendar itself, so that the site's does
    not take its place; `business_days` and `waiting_business_days` are set where the duration was written so, and is
    counted in the site's business days then. `rule` is the rule as the file names it, `P1` or `P1, site Brooklyn`,
    and `line` where it stands (0: nowhere).
    """

    metric: MetricName
    priority: Priority
    duration: timedelta
    calendar: Calendar | SplicedCalendar
    waiting: timedelta | None = None
    site: str = ""
    service: str = ""
    own_calendar: bool = False
    business_days: int = 0
    waiting_business_days: int = 0
    rule: str = ""
    line: int = field(default=0, compare=False)

    def on(self, calendar: Calendar | SplicedCalendar) -> "Target":
        """The same promise counted on another calendar."""
        return replace(self, calendar=calendar)

    def lasting(self, duration: timedelta) -> "Target":
        """The same promise with another duration."""
        return replace(self, duration=duration)

    @property
    def business_day(self) -> timedelta | None:
        """The length of a business day where the duration was written in them; None where it was written in hours."""
        day = self.calendar.business_day
        if day is None or self.duration not in (self.business_days * day, self.waiting_business_days * day):
            return None
        return day

    @property
    def specificity(self) -> int:
        """The number of conditions beyond the priority: of several targets that match, the most specific holds."""
        return sum(1 for condition in (self.site, self.service) if condition)

    @property
    def named(self) -> str:
        """The rule as a person reads it."""
        return self.rule or self.priority.value


@dataclass(frozen=True, slots=True)
class TargetChoice:
    """The target that holds for an incident, and those that matched too but were less specific or came later."""

    target: Target
    losers: tuple[Target, ...] = ()


class ReopenMode(StrEnum):
    """The effect of reopening on the clocks that the resolution stopped."""

    RESUME = "resume"
    NEW_CYCLE = "new_cycle"
    FIRST_ONLY = "first_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenRule:
    """The rule for reopening; after `window` (wall time since the resolution) a new incident is opened instead."""

    mode: ReopenMode = ReopenMode.RESUME
    window: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One version of the agreement with one customer.

    `sites` are the customer's sites that have a calendar of their own, by name. `acts` names, for a metric, the stored
    names of the facts that stop it (or start its next period), where the agreement says otherwise than the metric.
    """

    customer: str
    effective: datetime
    calendar: Calendar
    targets: tuple[Target, ...]
    ladders: Mapping[str, Ladder] = field(default_factory=dict)
    sites: Mapping[str, Calendar] = field(default_factory=dict)
    matrix: PriorityMatrix = field(default_factory=lambda: dict(USUAL_MATRIX))
    acts: Mapping[MetricName, tuple[str, ...]] = field(default_factory=dict)
    reopen: ReopenRule = field(default_factory=ReopenRule)
    reply_ends_pause: bool = True
    goals: Goals | None = None
    """The customer's own goals; None: those of `msp.yaml`."""
    extras: Mapping[str, Any] = field(default_factory=dict)
    """Parts other services read as they stand: services, assets, reporting, fee, credits, problems, review,
    slack_channels."""
    _rules: dict[tuple[MetricName, Priority, str, str], list[tuple[int, Target]]] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )
    _site_names: dict[str, str] = field(init=False, default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Sort the targets by what they hold for: an agreement may have a rule for each of many sites."""
        for place, target in enumerate(self.targets):
            key = (target.metric, target.priority, _name_key(target.site), _name_key(target.service))
            self._rules.setdefault(key, []).append((place, target))
        for site in self.sites:
            self._site_names.setdefault(_name_key(site), site)

    def choose(self, metric: MetricName, subject: Subject) -> TargetChoice | None:
        """The target that holds: the most specific one, of equals the first in the file; None where there is none.

        The calendar is the target's own, else the site's, else the agreement's.
        """
        matching = self._matching(metric, subject)
        if not matching:
            return None
        winner = max(matching, key=lambda target: target.specificity)  # the first of equals
        losers = tuple(target for target in matching if target is not winner)
        return TargetChoice(self._at_site(winner, subject.site), losers)

    def _matching(self, metric: MetricName, subject: Subject) -> list[Target]:
        """The targets that hold for such an incident, in file order."""
        sites, services = {"", _name_key(subject.site)}, {"", _name_key(subject.service)}
        keys = ((metric, subject.priority, site, service) for site in sites for service in services)
        rules = chain.from_iterable(self._rules.get(key, ()) for key in keys)
        return [target for _, target in sorted(rules, key=lambda rule: rule[0])]

    def target(self, metric: MetricName, priority: Priority, *, site: str = "", service: str = "") -> Target | None:
        """The target of this metric at this priority; None when nothing was promised."""
        choice = self.choose(metric, Subject(priority=priority, site=site, service=service))
        return None if choice is None else choice.target

    def ladder(self, metric: MetricName) -> Ladder:
        """The metric's own ladder, else the agreement's default, else the product's."""
        return self.ladders.get(metric.value) or self.ladders.get("default") or DEFAULT_LADDER

    def _at_site(self, target: Target, site: str) -> Target:
        named = site if site in self.sites else self._site_names.get(_name_key(site))
        if named is None or target.own_calendar:
            return target
        calendar = self.sites[named]
        day = calendar.business_day
        duration, waiting = target.duration, target.waiting
        if day is not None and target.business_days:
            duration = target.business_days * day
        if day is not None and target.waiting_business_days:
            waiting = target.waiting_business_days * day
        return replace(target, calendar=calendar, duration=duration, waiting=waiting)


def _name_key(name: str) -> str:
    """The key by which a site or a service is looked up: another version may spell its name differently."""
    return folded(name) or name
