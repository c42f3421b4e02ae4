"""What can be said of a clock once its incident has been walked through: all of it is found by counting minutes."""

from tests.oracle.clock_walk import OpenMinutes, Walk, WalkedClock

GIVE_UP_AFTER = 60 * 24 * 60  # minutes without reaching a target


def rests(walk: Walk, clock: WalkedClock) -> bool:
    """Whether it rests at the minute at which it is read."""
    return ended(clock) is None and walk.rests(clock.metric)


def ended(clock: WalkedClock) -> int | None:
    """When nothing was promised any more, else when it stopped."""
    return clock.stopped if clock.unpromised is None else clock.unpromised


def marks_of(clock: WalkedClock) -> OpenMinutes:
    """The open minutes of the target in force, or of the last one."""
    assert clock.marks is not None, f"nothing was ever promised for {clock.metric}"
    return clock.marks


def minutes(clock: WalkedClock, what: str, *, before: int) -> list[int]:
    """The open minutes before another that a clock `ran` or `rested`, by the calendar of the target in force."""
    marks = marks_of(clock)
    return [minute for minute, was in clock.minutes if was.startswith(what) and minute < before and marks[minute]]


def stretches(walk: Walk, clock: WalkedClock) -> list[tuple[int, int, str]]:
    """What a clock's life was made of, from minute to minute."""
    last = ended(clock)
    end = walk.incident.now if last is None else last
    life = [(minute, _named(clock, minute, was)) for minute, was in clock.minutes if minute < end]
    found: list[tuple[int, int, str]] = []
    for minute, name in life:
        if found and found[-1][2] == name:
            found[-1] = (found[-1][0], minute + 1, name)
        else:
            found.append((minute, minute + 1, name))
    return found


def _named(clock: WalkedClock, minute: int, was: str) -> str:
    if was == "ran":
        return "running" if marks_of(clock)[minute] else "closed"
    return "resolved" if was == "over" else was


def due(walk: Walk, clock: WalkedClock) -> int | None:
    """The earliest minute at which the target is used up, as things stand; one that ended as if it had run on.

    What is used up at a closing is not missed before the next opening: a version that comes before may promise more,
    or nothing. None where nothing will be promised any more by then.
    """
    last = ended(clock)
    target: int | None = clock.target
    marks = marks_of(clock)
    first = walk.incident.now if last is None else last
    ran = [minute for minute, was in clock.minutes if was == "ran" and minute < first]
    used, used_up = _used(ran, marks, target)
    if last is not None:
        marks = walk.marks(clock.metric, clock.priority, version=clock.version, known=last)
    for minute in range(first, first + GIVE_UP_AFTER):
        if last is None and _may_change(walk, minute):
            target, marks = _foreseen(walk, clock, target, marks, minute)
            used, now_used_up = _used(ran, marks, target)
            used_up = None if now_used_up is None else minute if used_up is None else used_up
        missed = target is not None and (used > target or (used == target and bool(marks[minute])))
        if missed and used_up is not None:
            return used_up
        ran.append(minute)
        used += marks[minute]
        if used_up is None and used == target:
            used_up = minute + 1
    assert target is None, f"{clock.metric} is never due"
    return None


def _used(ran: list[int], marks: OpenMinutes, target: int | None) -> tuple[int, int | None]:
    """How much of the minutes counted, and the end of the one that used the target up, if one did."""
    counted = [minute for minute in ran if marks[minute]]
    is_used_up = target is not None and len(counted) >= target
    return len(counted), counted[target - 1] + 1 if is_used_up and target else None


def _may_change(walk: Walk, minute: int) -> bool:
    return minute > walk.incident.now and any(version.since == minute for version in walk.incident.versions)


def _foreseen(
    walk: Walk, clock: WalkedClock, target: int | None, marks: OpenMinutes, minute: int
) -> tuple[int | None, OpenMinutes]:
    """The target and its minutes once a version that is known to come counts."""
    before, after = (walk.version(at).promise(clock.metric, walk.priority) for at in (minute - 1, minute))
    if before == after and after is not None:
        return target, walk.all_marks(clock, version=walk.number(minute))
    if after is None:
        return None, marks
    waits = walk.pauses and after[1] is not None
    return after[1] if waits else after[0], walk.all_marks(clock, version=walk.number(minute))
