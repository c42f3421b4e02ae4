"""Random incidents: every kind of fact that matters to a clock, often at one minute or at the edge of a shift."""

import random
from collections.abc import Mapping
from dataclasses import replace

from tests.oracle.told_histories import METRICS, PRIORITIES, REASONS, Told, ToldIncident, WrittenPromises
from tests.oracle.written_calendars import WrittenCalendar, closed, every_day, on_workdays, partly

HOUR, DAY = 60, 24 * 60
YEAR = 2026
# The clocks change on 29 March in Berlin and on 8 March in New York; minutes count from Monday 23 March.
HOURS: Mapping[str, WrittenCalendar] = {
    calendar.name: calendar
    for calendar in (
        WrittenCalendar(
            name="office",
            zone="Europe/Berlin",
            years=(YEAR, YEAR),
            week=on_workdays("09:00-17:00"),
            closures=closed("2026-04-03", "2026-04-06"),
        ),
        WrittenCalendar(
            name="nights",
            zone="Europe/Berlin",
            years=(YEAR, YEAR),
            week=every_day("22:00-06:00", "02:30-03:30"),
            closures=(*closed("2026-03-27"), partly("2026-04-01", "23:00-01:00")),
        ),
        WrittenCalendar(
            name="split",
            zone="America/New_York",
            years=(YEAR, YEAR),
            week=on_workdays("08:00-12:00", "11:30-12:30", "13:00-17:30"),
        ),
        WrittenCalendar(name="long days", zone="Europe/Berlin", years=(YEAR, YEAR), week=every_day("07:00-21:00")),
        WrittenCalendar(name="always", zone="Europe/Berlin", years=(YEAR, YEAR), always=True),
    )
}
EDGES = tuple(
    day * DAY + minute for day in range(14) for minute in (6 * HOUR, 7 * HOUR, 8 * HOUR, 15 * HOUR, 16 * HOUR)
)
TARGETS = (15, 30, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, 24 * HOUR)
# What happens, and how often in a hundred.
HAPPENINGS: Mapping[str, int] = {
    "paused": 22,
    "resumed": 18,
    "customer_replied": 9,
    "priority_set": 12,
    "responded": 5,
    "customer_updated": 9,
    "plan_given": 3,
    "resolved": 8,
    "reopened": 7,
    "absorbed": 2,
    "assigned": 2,
    "help_asked": 2,
    "complained": 1,
    "remarked": 1,
    "opened": 1,
}
COUNTS_AS = {
    "first_response": ("responded", "assigned"),
    "customer_update": ("customer_updated", "customer_replied"),
    "resolution_plan": ("plan_given", "customer_updated"),
}


def random_incident(draw: random.Random) -> ToldIncident:
    """An incident of some hours to some days under one to three versions of an agreement."""
    opened = _minute(draw, 0, 2 * DAY)
    facts = [Told(minute=opened, heard=0, what="opened", value=draw.choice(PRIORITIES))]
    minute = opened
    for _ in range(draw.choice((0, 1, 2, 3, 4, 6, 9, 14))):
        minute = _next(draw, minute)
        facts.append(_fact(draw, minute, opened))
    if draw.random() < 0.12:
        facts.append(Told(minute=_next(draw, minute), heard=0, what=draw.choice(("merged", "moved", "deleted"))))
    somewhere = _minute(draw, opened, minute + DAY)
    now = draw.choice((minute, minute + 1, _next(draw, minute), _next(draw, minute), somewhere))
    heard = draw.sample(range(1, len(facts) + 1), len(facts))
    sources = draw.choice((("slack",), ("slack", "psa"), ("slack", "psa", "")))
    numbered = (
        replace(fact, heard=number, source=draw.choice(sources)) for fact, number in zip(facts, heard, strict=True)
    )
    return ToldIncident(
        facts=_with_undoing(draw, tuple(numbered), opened),
        versions=_versions(draw, opened, max(now, minute)),
        now=max(now, opened),
        at_site=draw.random() < 0.3,
    )


def _with_undoing(draw: random.Random, facts: tuple[Told, ...], opened: int) -> tuple[Told, ...]:
    """In every third incident some facts are undone, now and then the undoing as well, or the opening itself."""
    if draw.random() > 0.35:
        return facts
    others = [fact.heard for fact in facts if fact.what != "opened"]
    undone = draw.sample(others, min(len(others), draw.choice((0, 1, 1, 2, 3))))
    last = len(facts) + 1
    undoings = [Told(minute=opened, heard=last, what="undone", takes_back=tuple(undone), source="slack")]
    if draw.random() < 0.2:
        undoings.append(Told(minute=opened, heard=last + 1, what="undone", takes_back=(last,), source="slack"))
        last += 1
    if draw.random() < 0.1:
        openings = tuple(fact.heard for fact in facts if fact.what == "opened")
        minute = _next(draw, max(fact.minute for fact in facts))
        undoings.append(
            Told(minute=minute, heard=last + 1, what="undone", value="opening", takes_back=openings, source="slack")
        )
    return (*facts, *undoings)


def _fact(draw: random.Random, minute: int, opened: int) -> Told:
    (what,) = draw.choices(tuple(HAPPENINGS), tuple(HAPPENINGS.values()))
    value, earlier = "", 0
    if what == "paused":
        value = draw.choice(REASONS)
    elif what == "resumed":
        value = draw.choice(("", "", *REASONS))
    elif what in ("priority_set", "opened"):
        value = draw.choice(PRIORITIES)
    elif what == "absorbed":
        earlier = opened + draw.choice((-DAY, -90, -1, 0, 90))
    return Told(minute=minute, heard=0, what=what, value=value, earlier=earlier)


def _minute(draw: random.Random, first: int, last: int) -> int:
    edges = [edge for edge in EDGES if first <= edge <= last]
    return draw.choice(edges) if edges and draw.random() < 0.4 else draw.randint(first, last)


def _next(draw: random.Random, minute: int) -> int:
    """The same minute again, the next one, some time later, or an edge of a shift."""
    way = draw.random()
    if way < 0.2:
        return minute + draw.choice((0, 0, 1))
    if way < 0.7:
        return minute + int(10 ** draw.uniform(0, 2.6))
    return _minute(draw, minute, minute + DAY)


def _versions(draw: random.Random, opened: int, last: int) -> tuple[WrittenPromises, ...]:
    promised = _some(draw, [(m, p) for m in METRICS for p in PRIORITIES], 0.8)
    since = {_minute(draw, opened - DAY, last + DAY) for _ in range(draw.choice((0, 0, 1, 2)))}
    first = _version(draw, 0, promised)
    versions = [first]
    for minute in sorted(since):
        another = _version(draw, minute, promised if draw.random() < 0.6 else _some(draw, promised, 0.7))
        if draw.random() < 0.4:  # only the hours were edited
            another = replace(another, targets=first.targets, waiting=first.waiting)
        versions.append(another)
    return tuple(versions)


def _some(draw: random.Random, pairs: list[tuple[str, str]], share: float) -> list[tuple[str, str]]:
    """The pairs for which something is promised; of the others a version may promise nothing any more."""
    return [pair for pair in pairs if draw.random() < share]


def _version(draw: random.Random, since: int, promised: list[tuple[str, str]]) -> WrittenPromises:
    targets = {pair: draw.choice(TARGETS) for pair in promised}
    waiting = {
        p: targets["customer_update", p] + draw.choice(TARGETS)
        for _, p in promised
        if ("customer_update", p) in targets
    }
    return WrittenPromises(
        since=since,
        hours=draw.choice(tuple(HOURS)),
        site_hours=draw.choice(("", *HOURS)),
        targets=targets,
        waiting=waiting if draw.random() < 0.6 else {},
        always=frozenset(p for p in PRIORITIES if draw.random() < 0.2),
        reopen=draw.choice(("resume", "resume", "new_cycle", "first_only")),
        reply_ends_pause=draw.random() < 0.8,
        counts_as=COUNTS_AS if draw.random() < 0.2 else {},
    )
