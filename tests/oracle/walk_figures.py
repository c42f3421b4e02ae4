"""What can be said of a clock once its incident has been walked through: all of it is found by counting minutes."""

from tests.oracle.clock_walk import Walk, WalkedClock

GIVE_UP_AFTER = 60 * 24 * 60  # minutes without reaching a target


def rests(walk: Walk, clock: WalkedClock) -> bool:
    """Whether it rests at the minute at which it is read."""
    return clock.stopped is None and walk.rests(clock.metric)


def minutes(walk: Walk, clock: WalkedClock, what: str, *, before: int) -> list[int]:
    """The open minutes before another that a clock `ran` or `rested`, by the calendar of the target in force."""
    marks = walk.marks[clock.priority]
    return [minute for minute, was in clock.minutes if was.startswith(what) and minute < before and marks[minute]]


def stretches(walk: Walk, clock: WalkedClock) -> list[tuple[int, int, str]]:
    """What a clock's life was made of, from minute to minute."""
    end = walk.incident.now if clock.stopped is None else clock.stopped
    life = [(minute, _named(walk, clock, minute, was)) for minute, was in clock.minutes if minute < end]
    found: list[tuple[int, int, str]] = []
    for minute, name in life:
        if found and found[-1][2] == name:
            found[-1] = (found[-1][0], minute + 1, name)
        else:
            found.append((minute, minute + 1, name))
    return found


def _named(walk: Walk, clock: WalkedClock, minute: int, was: str) -> str:
    if was == "ran":
        return "running" if walk.marks[clock.priority][minute] else "closed"
    return "resolved" if was == "over" else was


def due(walk: Walk, clock: WalkedClock) -> int:
    """The earliest minute at which the target is used up, as things stand; a stopped clock as if it had run on.

    What is used up at a closing is not missed before the next opening: a version that comes before may promise more.
    """
    target = clock.target or 0
    ran = minutes(walk, clock, "ran", before=walk.incident.now + 1)
    used, found = len(ran), None if len(ran) < target else ran[target - 1] + 1
    first = walk.incident.now if clock.stopped is None else clock.stopped
    marks = walk.marks if clock.stopped is None else walk.marks_known(clock.stopped)
    for minute in range(first, first + GIVE_UP_AFTER):
        target = _foreseen(walk, clock, target, minute)
        if used < target:
            found = None
        elif found is None:
            found = minute
        missed = used > target or (used == target and marks[clock.priority][minute])
        if missed and found is not None:
            return found
        used += marks[clock.priority][minute]
    raise AssertionError(f"{clock.metric} is never due")


def _foreseen(walk: Walk, clock: WalkedClock, target: int, minute: int) -> int:
    """The target once a version that is known to come counts; a clock that stopped is not moved by it."""
    if minute <= walk.incident.now or clock.stopped is not None:
        return target
    before, after = (walk.version(at).promise(clock.metric, walk.priority) for at in (minute - 1, minute))
    if after is None or before == after:
        return target
    return after[1] if walk.pauses and after[1] is not None else after[0]
