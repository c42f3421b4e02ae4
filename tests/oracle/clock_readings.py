"""The same incident walked through minute by minute and read by the engine, in the same words, side by side."""

from collections.abc import Iterator
from functools import cache, lru_cache

from tests.oracle import walk_figures
from tests.oracle.clock_walk import MarksOf, OpenMinutes, Walk, WalkedClock
from tests.oracle.comparison import Difference
from tests.oracle.engine_readings import ORIGIN, Facts, Stretches, answered, unsound_sums
from tests.oracle.minute_count import MINUTE, MinuteCount
from tests.oracle.random_histories import DAY, HOURS
from tests.oracle.told_histories import METRICS, ToldIncident, WrittenPromises
from tests.oracle.walk_figures import GIVE_UP_AFTER

BEFORE, AFTER = 4 * DAY, GIVE_UP_AFTER + 40 * DAY


class ShiftedMarks:
    """Open minutes that may be asked for by minutes before the origin."""

    def __init__(self, marks: bytes) -> None:
        self.marks = marks

    def __getitem__(self, minute: int) -> int:
        return self.marks[minute + BEFORE]


@cache
def _open_minutes(hours: str) -> bytes:
    count = MinuteCount.of(HOURS[hours])
    origin = (ORIGIN - count.begin) // MINUTE
    return count.open[origin - BEFORE : origin + AFTER].tobytes()


def marks_of(incident: ToldIncident) -> MarksOf:
    """The minutes that are open for a metric at a priority; a version that promises nothing for it has no say in it.

    The time of such a version counts on the hours of the one that promises.
    """

    def marks(metric: str, priority: str, *, version: int, known: int) -> OpenMinutes:
        counting = [number for number, each in enumerate(incident.versions) if number == 0 or each.since <= known]
        promising = incident.versions[version]
        hours = []
        for number in counting:
            each = incident.versions[number]
            in_force = promising if each.promise(metric, priority) is None else each
            hours.append((each.since, _hours_of(in_force, priority, at_site=incident.at_site)))
        return _marks(tuple(hours))

    return marks


@lru_cache(maxsize=64)
def _marks(hours: tuple[tuple[int, str], ...]) -> ShiftedMarks:
    edges = [-BEFORE, *(since for since, _ in hours[1:]), AFTER]
    pieces = (
        _open_minutes(named)[edges[number] + BEFORE : edges[number + 1] + BEFORE]
        for number, (_, named) in enumerate(hours)
    )
    return ShiftedMarks(b"".join(pieces))


def _hours_of(version: WrittenPromises, priority: str, *, at_site: bool) -> str:
    if priority in version.always:
        return "always"
    return version.site_hours if at_site and version.site_hours else version.hours


def walked(incident: ToldIncident) -> tuple[dict[str, list[Facts]], dict[str, Stretches]]:
    """What the walk says of every clock, and what the life of each metric's latest was made of."""
    walk = Walk(incident, marks_of(incident)).run()
    promised = {metric: [clock for clock in walk.clocks[metric] if clock.target is not None] for metric in METRICS}
    facts = {metric: [_of_walk(walk, clock) for clock in clocks] for metric, clocks in promised.items()}
    return facts, {metric: walk_figures.stretches(walk, clocks[-1]) for metric, clocks in promised.items() if clocks}


def _of_walk(walk: Walk, clock: WalkedClock) -> Facts:
    rests, ended = walk_figures.rests(walk, clock), walk_figures.ended(clock)
    end = walk.incident.now if ended is None else ended
    first = None
    if clock.first_stop is not None and clock.first_stop <= end:
        first = len(walk_figures.minutes(clock, "ran", before=clock.first_stop))
    cancelled = clock.cancelled or (clock.unpromised is not None and clock.breach is None)
    state = "stopped" if ended is not None else "paused" if rests else "running"
    has_no_due = rests or (clock.unpromised is not None and clock.breach is None)
    return {
        "started": clock.start,
        "stopped": ended,
        "state": "cancelled" if cancelled else state,
        "target": clock.target,
        "elapsed": len(walk_figures.minutes(clock, "ran", before=end)),
        "rested": len(walk_figures.minutes(clock, "rested", before=end)),
        "first": first,
        "breach": clock.breach,
        "by change": clock.by_change,
        "due": None if has_no_due else walk_figures.due(walk, clock),
    }


def differing_clocks(incident: ToldIncident) -> Iterator[Difference]:
    """Where the walk and the engine part: a clock's figures, or what its life was made of."""
    (walked_facts, walked_lives), (facts, lives) = walked(incident), answered(incident)
    for metric in METRICS:
        if len(walked_facts[metric]) != len(facts[metric]):
            yield Difference("clocks", f"measurements of {metric}", len(walked_facts[metric]), len(facts[metric]))
            continue
        for number, (ours, theirs) in enumerate(zip(walked_facts[metric], facts[metric], strict=True)):
            differing = {name for name in ours if ours[name] != theirs[name]}
            if differing:
                yield Difference(
                    "clocks",
                    f"{metric} {number}",
                    {name: ours[name] for name in sorted(differing)},
                    {name: theirs[name] for name in sorted(differing)},
                )
        if walked_lives.get(metric) != lives.get(metric):
            yield Difference("ledgers", metric, walked_lives.get(metric), lives.get(metric))
    for problem in unsound_sums(incident):
        yield Difference("ledgers", problem, None, None)
