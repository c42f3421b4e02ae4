"""The same incident walked through minute by minute and read by the engine, in the same words, side by side."""

from collections.abc import Iterator, Sequence
from functools import cache

from tests.oracle import walk_figures
from tests.oracle.clock_walk import Marks, Walk, WalkedClock
from tests.oracle.comparison import Difference
from tests.oracle.engine_readings import ORIGIN, Facts, Stretches, answered, unsound_sums
from tests.oracle.minute_count import MINUTE, MinuteCount
from tests.oracle.random_histories import DAY, HOURS
from tests.oracle.told_histories import METRICS, PRIORITIES, ToldIncident, WrittenPromises
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


def marks_of(incident: ToldIncident, *, known: int) -> Marks:
    """For each priority, the minutes that are open for its targets, by the versions that count up to a minute."""
    versions = [incident.versions[0], *(version for version in incident.versions[1:] if version.since <= known)]
    return {p: ShiftedMarks(b"".join(_marks(versions, p, at_site=incident.at_site))) for p in PRIORITIES}


def _marks(versions: Sequence[WrittenPromises], priority: str, *, at_site: bool) -> Iterator[bytes]:
    edges = [-BEFORE, *(version.since for version in versions[1:]), AFTER]
    for number, version in enumerate(versions):
        minutes = _open_minutes(_hours_of(version, priority, at_site=at_site))
        yield minutes[edges[number] + BEFORE : edges[number + 1] + BEFORE]


def _hours_of(version: WrittenPromises, priority: str, *, at_site: bool) -> str:
    if priority in version.always:
        return "always"
    return version.site_hours if at_site and version.site_hours else version.hours


def walked(incident: ToldIncident) -> tuple[dict[str, list[Facts]], dict[str, Stretches]]:
    """What the walk says of every clock, and what the life of each metric's latest was made of."""
    walk = Walk(incident, lambda minute: marks_of(incident, known=minute)).run()
    promised = {metric: [clock for clock in walk.clocks[metric] if clock.target is not None] for metric in METRICS}
    facts = {metric: [_of_walk(walk, clock) for clock in clocks] for metric, clocks in promised.items()}
    return facts, {metric: walk_figures.stretches(walk, clocks[-1]) for metric, clocks in promised.items() if clocks}


def _of_walk(walk: Walk, clock: WalkedClock) -> Facts:
    rests = walk_figures.rests(walk, clock)
    state = "stopped" if clock.stopped is not None else "paused" if rests else "running"
    first = None if clock.first_stop is None else len(walk_figures.minutes(walk, clock, "ran", before=clock.first_stop))
    return {
        "started": clock.start,
        "stopped": clock.stopped,
        "state": "cancelled" if clock.cancelled else state,
        "target": clock.target,
        "elapsed": clock.elapsed,
        "rested": len(walk_figures.minutes(walk, clock, "rested", before=walk.incident.now)),
        "first": first,
        "breach": clock.breach,
        "by change": clock.by_change,
        "due": None if rests and not clock.cancelled else walk_figures.due(walk, clock),
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
