"""The `ladders` part of a file: for each metric, or for all the rest, when to tell whom, how often again, when not."""

import re
from collections.abc import Mapping
from datetime import timedelta

from sla_engine.domain.agreements.ladders import LONGEST_WAIT, Ladder, Recipient, Repeat, Rung
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.time.shifts import DAY_SECONDS, Shift
from sla_engine.files.scalars import member, number, one_of, plain_time, whole_number, whole_percent
from sla_engine.files.yaml_document import Field, hint

DEFAULT = "default"
LADDER_KEYS = (DEFAULT, *(metric.value for metric in MetricName))
RUNG_KEYS = ("at", "tell", "repeat", "quiet")
REPEAT_KEYS = ("every", "wall", "backoff", "longest", "up_after")
HIGHEST_SHARE = 1000
SHORTEST_REPEAT = timedelta(minutes=1)
STEEPEST_BACKOFF = 10
MOST_RUNGS = 50
QUIET_ALL_DAY = DAY_SECONDS - 60
"""Seconds: quiet hours of this length leave only a minute in which anything is said."""
MOST_REPEATS_BEFORE_UP = 100
AT_EXAMPLES = "75%, 30m before due, 1h after due or 45m before due wall"

_OFFSET = re.compile(r"(?P<time>.+?)\s+(?P<side>before|after)\s+due(?P<wall>\s+wall)?")
_REPEAT_WORDS = re.compile(r"\s+(until\s+acknowledged|wall)\b")
_YES = ("yes", "true")


def ladders(field: Field) -> dict[str, Ladder]:
    """Ladders by metric name, or `default`; one that cannot be read is recorded as wrong and left out."""
    by_name = {name: _ladder(value) for name, value in field.keys(LADDER_KEYS).items()}
    return {name: ladder for name, ladder in by_name.items() if ladder is not None}


def merged(own: Mapping[str, Ladder], fallback: Mapping[str, Ladder]) -> dict[str, Ladder]:
    """An agreement's own ladders, and the MSP's for the other metrics unless there is an own default."""
    return dict(own) if DEFAULT in own else {**fallback, **own}


def _ladder(field: Field) -> Ladder | None:
    rungs: dict[object, Rung] = {}
    items = field.items("a list of rungs, such as {at: 50%, tell: assignee}")
    if field.findings.is_new and len(items) > MOST_RUNGS:
        field.wrong(f"{len(items)} rungs; a ladder has at most {MOST_RUNGS}")
        return None
    for item in items:
        read = rung(item)
        if read is None:
            continue
        if read.key in rungs:
            label = read.label.replace(" %", "%")
            item.wrong(f"two rungs at {label}; name everybody to tell in one 'tell: [..]'")
        rungs[read.key] = read
    if field.is_sequence and not items:
        field.wrong("a ladder without rungs would tell nobody; leave the key out to use the default")
    return Ladder.of(rungs.values()) if rungs else None


def rung(item: Field) -> Rung | None:
    """One rung of a ladder; None after recording what is wrong."""
    keys = item.keys(RUNG_KEYS, required=["at", "tell"])
    place = _place(keys["at"]) if "at" in keys else None
    tell = _recipients(keys["tell"]) if "tell" in keys else ()
    repeat = _repeat(keys["repeat"]) if "repeat" in keys else None
    quiet = _quiet(keys["quiet"]) if "quiet" in keys else None
    if place is None or not tell:
        return None
    percent, offset, wall = place
    return Rung(percent=percent, offset=offset, wall=wall, tell=tell, repeat=repeat, quiet=quiet)


def _place(field: Field) -> tuple[int | None, timedelta | None, bool] | None:
    """The point at which a rung is reached: its share, or its offset from due and whether that is wall time."""
    words = field.scalar(f"when it is reached, such as {AT_EXAMPLES},")
    if words is None:
        return None
    offset = _OFFSET.fullmatch(words)
    if offset is None and "due" in words.split():
        field.wrong(f"{words!r} does not say when the rung is reached; write it like {AT_EXAMPLES}")
        return None
    if offset is None:
        share = whole_percent(field, most=HIGHEST_SHARE)
        return None if share is None else (share, None, False)
    time = plain_time(field.reworded(offset["time"]))
    if time is None:
        return None
    return None, -time if offset["side"] == "before" else time, offset["wall"] is not None


def _recipients(field: Field) -> tuple[Recipient, ...]:
    items = field.items("whom to tell")
    if not items:
        field.wrong(f"nobody to tell{hint('', [recipient.value for recipient in Recipient])}")
    named = [member(item, Recipient, what="recipient") for item in items]
    return tuple(dict.fromkeys(recipient for recipient in named if recipient is not None))


def _repeat(field: Field) -> Repeat | None:
    """The repeat of a rung's nudge; `until acknowledged` may be written, and holds without being written."""
    if field.is_mapping:
        return _repeat_by_keys(field)
    words = field.scalar("a repeat such as '30m until acknowledged'")
    if words is None:
        return None
    extras = {" ".join(extra.split()) for extra in _REPEAT_WORDS.findall(words)}
    every = _wait(field.reworded(_REPEAT_WORDS.sub("", words)), words)
    return None if every is None else Repeat(every=every, wall="wall" in extras)


def _repeat_by_keys(field: Field) -> Repeat | None:
    keys = field.keys(REPEAT_KEYS, required=["every"])
    every = _repeat(keys["every"]) if "every" in keys else None
    backoff = _backoff(keys["backoff"]) if "backoff" in keys else None
    longest = plain_time(keys["longest"]) if "longest" in keys else None
    up_after = whole_number(keys["up_after"], least=1, most=MOST_REPEATS_BEFORE_UP) if "up_after" in keys else None
    wall = "wall" in keys and one_of(keys["wall"], (*_YES, "no", "false")) in _YES
    if every is None:
        return None
    if longest is not None and longest < every.every:
        keys["longest"].wrong("the longest wait is shorter than the first one; write at least what 'every' says")
    return Repeat(
        every=every.every,
        wall=wall or every.wall,
        backoff=backoff or 1.0,
        longest=LONGEST_WAIT if longest is None else longest,
        up_after=up_after,
    )


def _wait(field: Field, words: str) -> timedelta | None:
    every = plain_time(field)
    if every is not None and every < SHORTEST_REPEAT:
        field.wrong(f"{words!r} repeats more than once a minute; write at least 1m")
    return every


def _backoff(field: Field) -> float | None:
    factor = number(field, most=STEEPEST_BACKOFF)
    if factor is not None and factor < 1:
        field.wrong(f"a backoff of {factor} would repeat faster and faster; write 1 to {STEEPEST_BACKOFF}, such as 2")
        return None
    return None if factor is None else float(factor)


def _quiet(field: Field) -> Shift | None:
    words = field.scalar("quiet hours such as '22:00-07:00'")
    if words is None:
        return None
    try:
        hours = Shift.parse(words)
    except ValueError as error:
        field.wrong(f"{error}; quiet hours are written like '22:00-07:00'")
        return None
    if hours.closes % DAY_SECONDS == hours.opens:
        field.wrong(f"{words!r} is quiet round the clock; leave the rung out instead")
        return None
    if hours.closes_after - hours.opens >= QUIET_ALL_DAY:
        field.odd(f"{words!r} is quiet all day but for a minute, in which all of it is said; write shorter quiet hours")
    return hours
