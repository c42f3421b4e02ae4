"""Lint for an agreement's promises, as facts; the reader of the file has a sentence for each.

A promise is checked in every situation the agreement distinguishes: each priority everywhere, at each site, and
wherever a special rule holds.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from sla_engine.domain.agreements.agreement import Agreement, Subject, Target
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.priorities import Level, Priority, PriorityMatrix
from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.errors import CalendarNeverOpens
from sla_engine.domain.time.reach import WorkingTime

ONE_WEEK = timedelta(weeks=1)
ONE_YEAR = timedelta(days=366)
WEEKS_LOOKED_AHEAD = 53

ENDS_BEFORE: Sequence[tuple[MetricName, MetricName]] = (
    (MetricName.FIRST_RESPONSE, MetricName.RESOLUTION_PLAN),
    (MetricName.FIRST_RESPONSE, MetricName.RESOLUTION),
    (MetricName.CUSTOMER_UPDATE, MetricName.RESOLUTION),
    (MetricName.RESOLUTION_PLAN, MetricName.RESOLUTION),
)
"""Pairs of metrics: the first must not allow more time than the second."""

UP: Mapping[Level, Level] = {Level.LOW: Level.MEDIUM, Level.MEDIUM: Level.HIGH}

Pair = tuple[Level, Level]
_Place = tuple[MetricName, Priority, str, str]


@dataclass(frozen=True, slots=True)
class Tie:
    """Two rules that are equally specific and hold for the same incidents; the earlier one in the file would win."""

    target: Target
    earlier: Target

    @property
    def is_repeated(self) -> bool:
        """Whether they name the very same site and service."""
        return (self.target.site, self.target.service) == (self.earlier.site, self.earlier.service)


@dataclass(frozen=True, slots=True)
class Crossing:
    """`longer` allows more time than `shorter`, which should be the longer one of the two; `site` where only there."""

    longer: Target
    shorter: Target
    site: str = ""


class LookAhead(StrEnum):
    """The length of the time within which a calendar was checked."""

    WEEK = "week"
    YEAR = "year"
    EVER = "ever"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scarcity:
    """A target needs more open time than its calendar has within the horizon; `open_time` is what it has there."""

    target: Target
    site: str
    horizon: LookAhead
    open_time: timedelta = timedelta()


# ---------------------------------------------------------------------- rules against each other


def ties(targets: Sequence[Target]) -> Iterator[Tie]:
    """Rules between which only their order in the file decides, the later rule of each pair once."""
    seen: dict[tuple[MetricName, Priority], dict[tuple[str, str], Target]] = {}
    for target in targets:
        rivals = seen.setdefault((target.metric, target.priority), {})
        earlier = rivals.setdefault((target.site, target.service), target)
        if earlier is not target:
            yield Tie(target, earlier)
    for rivals in seen.values():
        yield from _crossed(rivals)


def _crossed(rivals: Mapping[tuple[str, str], Target]) -> Iterator[Tie]:
    """A rule for a site and one for a service, where no rule says what holds for both together."""
    at_sites = [target for (site, service), target in rivals.items() if site and not service]
    for (site, service), target in rivals.items():
        if site or not service:
            continue
        rival = next((other for other in at_sites if (other.site, service) not in rivals), None)
        if rival is not None:
            earlier, later = sorted((rival, target), key=lambda rule: rule.line)
            yield Tie(later, earlier)


def changing_nothing(agreement: Agreement) -> Iterator[tuple[Target, Target]]:
    """Special rules that promise what would hold without them, each with the rule that would hold."""
    rules = Counter(_place(target) for target in agreement.targets)
    for special in agreement.targets:
        if not special.specificity or _is_in_a_tie(special, rules):
            continue
        choice = agreement.choose(special.metric, _subject(special))
        if choice is None or any(loser is special for loser in choice.losers):
            continue
        without = replace(agreement, targets=choice.losers).choose(special.metric, _subject(special))
        if without is not None and _same_promise(choice.target, without.target):
            yield special, without.target


def leaving_the_calendar(agreement: Agreement) -> Iterator[tuple[Target, Target]]:
    """Special rules that name no calendar where the usual rule of the priority does, each once, with that rule."""
    usual = {(target.metric, target.priority): target for target in agreement.targets if not target.specificity}
    reported: set[str] = set()
    for special in agreement.targets:
        rule = usual.get((special.metric, special.priority))
        if rule is None or not rule.own_calendar or special.own_calendar or not special.specificity:
            continue
        if special.named not in reported:
            reported.add(special.named)
            yield special, rule


def crossings(agreement: Agreement) -> Iterator[Crossing]:
    """Metrics that allow more time than one that ends them, and priorities that allow more than a less urgent one.

    Two rules that cross everywhere are reported once, not again for each site.
    """
    reported: set[tuple[str, str, str, str]] = set()
    for (site, _), held in _held_by_place(agreement).items():
        for longer, shorter in _pairs(held):
            rules = (longer.named, longer.metric, shorter.named, shorter.metric)
            if rules not in reported and longer.duration > shorter.duration and _comparable(longer, shorter):
                reported.add(rules)
                only_here = site not in (longer.site, shorter.site)
                yield Crossing(longer, shorter, site if only_here else "")


def _held_by_place(agreement: Agreement) -> dict[tuple[str, str], dict[Priority, dict[MetricName, Target]]]:
    """The targets that hold at each site and for each service, by priority and metric."""
    by_place: dict[tuple[str, str], dict[Priority, dict[MetricName, Target]]] = {("", ""): {}}
    for subject in situations(agreement):
        held = {metric: target for metric in MetricName if (target := _target(agreement, metric, subject))}
        by_place.setdefault((subject.site, subject.service), {})[subject.priority] = held
    return by_place


def _pairs(held: Mapping[Priority, Mapping[MetricName, Target]]) -> Iterator[tuple[Target, Target]]:
    """Targets of which the second should allow at least as much time as the first."""
    for targets in held.values():
        yield from ((targets[first], targets[last]) for first, last in ENDS_BEFORE if {first, last} <= targets.keys())
    for more, less in pairwise(sorted(held)):
        both = held[more].keys() & held[less].keys()
        yield from ((held[more][metric], held[less][metric]) for metric in MetricName if metric in both)


def situations(agreement: Agreement) -> list[Subject]:
    """Every priority, site and service the agreement distinguishes, in file order."""
    subjects: dict[Subject, None] = {}
    for target in agreement.targets:
        subjects[Subject(priority=target.priority, site=target.site, service=target.service)] = None
        if not target.specificity:
            subjects.update({Subject(priority=target.priority, site=site): None for site in agreement.sites})
    return list(subjects)


def _comparable(longer: Target, shorter: Target) -> bool:
    """Whether more open time surely means later: on one calendar, or where the shorter one never rests."""
    return longer.calendar == shorter.calendar or never_rests(shorter.calendar)


def never_rests(calendar: WorkingTime) -> bool:
    """Whether open time on it is wall time."""
    return isinstance(calendar, Calendar) and calendar.always and not calendar.closures and not calendar.overrides


def _is_in_a_tie(special: Target, rules: Counter[_Place]) -> bool:
    """Whether a rule is written twice, or decides between a rule for its site and one for its service."""
    metric, priority, site, service = _place(special)
    if rules[_place(special)] > 1:
        return True
    return bool(site and service and rules[metric, priority, site, ""] and rules[metric, priority, "", service])


def _place(target: Target) -> _Place:
    return target.metric, target.priority, target.site, target.service


def _subject(rule: Target) -> Subject:
    return Subject(priority=rule.priority, site=rule.site, service=rule.service)


def _target(agreement: Agreement, metric: MetricName, subject: Subject) -> Target | None:
    return agreement.target(metric, subject.priority, site=subject.site, service=subject.service)


def _same_promise(one: Target, other: Target) -> bool:
    return (one.duration, one.waiting, one.calendar) == (other.duration, other.waiting, other.calendar)


# ---------------------------------------------------------------------- rules against calendars


def scarcities(agreement: Agreement, *, now: datetime) -> Iterator[Scarcity]:
    """Targets that their calendar cannot hold: never, not within a year, or (written as time) not in any week."""
    since = max(now, agreement.effective)
    known: dict[tuple[WorkingTime, timedelta, bool], tuple[LookAhead, timedelta] | None] = {}
    weeks: dict[WorkingTime, timedelta] = {}
    for subject in situations(agreement):
        for metric in MetricName:
            target = _target(agreement, metric, subject)
            if target is None:
                continue
            key = (target.calendar, target.duration, bool(target.business_days))
            if key not in known:
                known[key] = _scarce(target, since, weeks)
            shortage = known[key]
            if shortage is not None:
                horizon, open_time = shortage
                yield Scarcity(target=target, site=subject.site, horizon=horizon, open_time=open_time)


def _scarce(target: Target, since: datetime, weeks: dict[WorkingTime, timedelta]) -> tuple[LookAhead, timedelta] | None:
    """The horizon within which a target lacks open time, and what there is; `weeks` keeps the fullest week of each."""
    calendar = target.calendar
    try:
        due = calendar.add(since, target.duration)
    except CalendarNeverOpens:
        return LookAhead.EVER, timedelta()
    if due > since + ONE_YEAR:
        return LookAhead.YEAR, calendar.elapsed(since, since + ONE_YEAR)
    if calendar not in weeks:
        weeks[calendar] = fullest_week(calendar, since)
    fullest = weeks[calendar]
    return (LookAhead.WEEK, fullest) if target.duration > fullest and not target.business_days else None


def fullest_week(calendar: WorkingTime, since: datetime) -> timedelta:
    """The most open time that seven days in a row, counted from `since` in weeks, have within a year."""
    starts = (since + number * ONE_WEEK for number in range(WEEKS_LOOKED_AHEAD))
    return max(calendar.elapsed(start, start + ONE_WEEK) for start in starts)


def longest_day(calendar: Calendar) -> timedelta:
    """The most open time that the weekly hours or an override give to one date; overlaps count twice."""
    days = (*calendar.hours, *calendar.overrides.values())
    seconds = max((sum(shift.closes_after - shift.opens for shift in shifts) for shifts in days), default=0)
    return timedelta(days=1) if calendar.always else timedelta(seconds=seconds)


def sites_without_business_day(agreement: Agreement) -> Iterator[tuple[str, Target]]:
    """Sites whose calendar declares no business day, each with a target that is written in business days there."""
    for site, calendar in agreement.sites.items():
        if calendar.business_day is not None:
            continue
        for target in agreement.targets:
            in_days = target.business_days or target.waiting_business_days
            if in_days and not target.own_calendar and target.site in ("", site):
                yield site, target
                break


# ---------------------------------------------------------------------- names and priorities


def undeclared_sites(agreement: Agreement) -> Iterator[Target]:
    """The first special target for each site that the agreement does not list."""
    first = {target.site: target for target in reversed(agreement.targets)}
    return (target for site, target in reversed(first.items()) if site and site not in agreement.sites)


def upside_down(matrix: PriorityMatrix) -> Iterator[tuple[Pair, Pair]]:
    """Pairs of impact and urgency that make a less urgent priority than a lower pair, each with that lower pair."""
    for lower, priority in matrix.items():
        for higher in _pairs_above(*lower):
            if matrix[higher].rank > priority.rank:
                yield higher, lower


def _pairs_above(impact: Level, urgency: Level) -> Iterator[Pair]:
    if impact in UP:
        yield UP[impact], urgency
    if urgency in UP:
        yield impact, UP[urgency]


def promising_nothing(agreement: Agreement) -> Iterator[tuple[Pair, Priority]]:
    """Pairs of impact and urgency whose priority has no target."""
    promised = {target.priority for target in agreement.targets if not target.specificity}
    return ((pair, priority) for pair, priority in agreement.matrix.items() if priority not in promised)
