"""Runs published business-time vectors against this engine and says where it differs.

A vector is a JSON object: a calendar, a `kind` of question, and what is expected. Each kind is a row of `QUESTIONS`.
A `clock` vector becomes a history and is read by the same fold that reads real incidents; only its target changes
are laid on the folded track, because a vector may name any number of targets and an agreement has five priorities.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sla_engine.domain.agreements.agreement import Agreement, Target
from sla_engine.domain.agreements.metrics import METRICS, Metric, MetricName
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.fold import tracks
from sla_engine.domain.clocks.reading import Reading, read
from sla_engine.domain.clocks.track import TargetChange
from sla_engine.domain.incidents.events import Entry, Event, Opened, Paused, Resolved, Resumed
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.calendar import Calendar, CalendarNeverOpens, UnknownZone
from sla_engine.domain.time.shifts import Closure, Shift

Vector = Mapping[str, Any]
NEVER = None  # what an instant that is never reached is written as

PRIORITY = Priority.P3  # any will do: a vector has one target at a time
TARGET_OF_THE_UNTIMED = timedelta(minutes=1)  # a vector without an amount asks for nothing that depends on it
EVENTS: Mapping[str, Event] = {
    "pause": Paused(reason=PauseReason.OTHER),
    "resume": Resumed(),
    "stop": Resolved(),
}
SET_TARGET = "set_target_minutes"


class Malformed(Exception):
    """A vector cannot be run; the sentence says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class VectorResult:
    """How one vector went; `problem` is a sentence when it could not be run at all."""

    id: str
    passed: bool
    expected: object = None
    got: object = None
    problem: str = ""

    def __str__(self) -> str:
        if self.problem:
            return f"{self.id}: cannot be run: {self.problem}"
        return f"{self.id}: expected {_shown(self.expected)}, got {_shown(self.got)}"


def report(path: Path, echo: Callable[[str], None]) -> bool:
    """Run every vector of a file: a line for each that fails, then the count; True when none failed."""
    try:
        vectors = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        echo(f"{path} cannot be read: {error.strerror}.")
        return False
    except ValueError as error:
        echo(f"{path} is not JSON: {error}.")
        return False
    if not isinstance(vectors, list):
        echo(f"{path} must hold a JSON list of vectors.")
        return False
    passed = failed = 0
    for result in run(vectors):
        if result.passed:
            passed += 1
        else:
            failed += 1
            echo(str(result))
    echo(f"{passed} passed, {failed} failed")
    return failed == 0


def run(vectors: Iterable[object]) -> Iterator[VectorResult]:
    """Run vectors in turn; one that is malformed fails with a sentence and the rest go on."""
    for number, vector in enumerate(vectors, start=1):
        name = f"vector {number}"
        if isinstance(vector, Mapping) and vector.get("id"):
            name = str(vector["id"])
        try:
            expected, got = _answer(vector)
        except (Malformed, UnknownZone, ValueError, TypeError, AttributeError, LookupError, OverflowError) as error:
            yield VectorResult(name, passed=False, problem=_sentence(error))
        else:
            yield VectorResult(name, passed=_same(expected, got), expected=expected, got=got)


def _answer(vector: object) -> tuple[object, object]:
    """What the vector expects and what this engine says, in the same form."""
    if not isinstance(vector, Mapping):
        message = "it is not a JSON object"
        raise Malformed(message)
    kind = _field(vector, "kind")
    if kind not in QUESTIONS:
        message = f"its kind {kind!r} is none of {', '.join(QUESTIONS)}"
        raise Malformed(message)
    expected = _field(vector, "expected")
    if kind in FACTS_ASKED:
        _check_facts(expected, FACTS_ASKED[kind])
    calendar = calendar_of(_field(vector, "calendar"))
    try:
        got = QUESTIONS[kind](vector, calendar)
    except CalendarNeverOpens:
        got = NEVER
    if kind in FACTS_ASKED:
        return dict(expected), {name: got[name] for name in expected} if isinstance(got, dict) else got
    return expected, got


def _check_facts(expected: object, known: tuple[str, ...]) -> None:
    if not isinstance(expected, Mapping) or not expected:
        message = f"its `expected` must be an object with any of {', '.join(known)}"
        raise Malformed(message)
    for name in expected:
        if name not in known:
            message = f"its `expected` asks for {name!r}, which is none of {', '.join(known)}"
            raise Malformed(message)


def _same(expected: object, got: object) -> bool:
    """Whether two answers agree: instants in any offset, numbers exactly, true and false never as numbers."""
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        return expected.keys() == got.keys() and all(_same(expected[key], got[key]) for key in expected)
    if isinstance(got, datetime):
        return isinstance(expected, str) and _instant(expected) == got
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    return expected == got


# ---------------------------------------------------------------------- reading a vector


def calendar_of(written: Vector) -> Calendar:
    """The calendar of a vector.

    Raises: Malformed, ValueError or LookupError when it cannot be read.
    """
    overrides = written.get("overrides") or {}
    return Calendar.weekly(
        _field(written, "timezone"),
        {day: _shifts(intervals) for day, intervals in _field(written, "hours").items()},
        closures=[_closure(holiday) for holiday in written.get("holidays") or ()],
        overrides={date.fromisoformat(day): _shifts(intervals) for day, intervals in overrides.items()},
    )


def _shifts(intervals: Iterable[tuple[str, str]]) -> list[Shift]:
    return [Shift.of(opens, closes) for opens, closes in intervals]


def _closure(holiday: str | Vector) -> Closure:
    if isinstance(holiday, str):
        return Closure(date.fromisoformat(holiday))
    day = date.fromisoformat(_field(holiday, "date"))
    if "from" not in holiday and "to" not in holiday:
        return Closure(day)
    part = Shift.of(_field(holiday, "from"), _field(holiday, "to"))
    return Closure(day, part.opens, part.closes)


def _field(vector: Vector, name: str) -> Any:
    if name not in vector:
        message = f"it has no `{name}`"
        raise Malformed(message)
    return vector[name]


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        message = f"the instant {text!r} has no offset"
        raise Malformed(message)
    return instant.astimezone(UTC)


def _at(vector: Vector, name: str) -> datetime:
    return _instant(_field(vector, name))


def _minutes(vector: Vector, name: str) -> timedelta:
    return timedelta(minutes=_field(vector, name))


def _amount(vector: Vector) -> timedelta | None:
    """The amount of open time in minutes or seconds, or None when there is neither."""
    if "minutes" in vector:
        return _minutes(vector, "minutes")
    return timedelta(seconds=vector["seconds"]) if "seconds" in vector else None


def _needed_amount(vector: Vector) -> timedelta:
    amount = _amount(vector)
    if amount is None:
        message = "it has neither `minutes` nor `seconds`"
        raise Malformed(message)
    return amount


# ---------------------------------------------------------------------- the questions


def _elapsed(vector: Vector, calendar: Calendar) -> dict[str, object]:
    seconds = calendar.elapsed(_at(vector, "start"), _at(vector, "end")).total_seconds()
    whole_minutes = isinstance(vector["expected"].get("minutes"), int)
    return {"seconds": seconds, "minutes": seconds // 60 if whole_minutes else seconds / 60}


def _clock(vector: Vector, calendar: Calendar) -> dict[str, object]:
    reading = _reading(vector, calendar)
    due = reading.due_at
    facts: dict[str, object] = {
        "due_at": due,
        "elapsed_seconds": reading.elapsed.total_seconds(),
        "remaining_seconds": reading.remaining.total_seconds(),
        "paused_open_seconds": reading.paused_open.total_seconds(),
        "breached": reading.elapsed > reading.target.duration,
        "warn_at": None,
        "after_due_at": None,
    }
    if due is not None and "warn_before_minutes" in vector:
        facts["warn_at"] = calendar.subtract(due, _minutes(vector, "warn_before_minutes"))
    if due is not None and "after_due_minutes" in vector:
        facts["after_due_at"] = calendar.add(due, _minutes(vector, "after_due_minutes"))
    return facts


def _reading(vector: Vector, calendar: Calendar) -> Reading:
    """The clock of the vector, read at `as_of`, or else at its stop, or else at its last event."""
    metric = METRICS[MetricName.RESOLUTION if vector.get("pausable", True) else MetricName.FIRST_RESPONSE]
    start = _at(vector, "start")
    events = vector.get("events") or []
    history, changes = [_entry(0, start, Opened(priority=PRIORITY, title=""))], []
    for number, event in zip(count(1), events, strict=False):
        kind, at = _field(event, "type"), _at(event, "at")
        if kind == SET_TARGET:
            changes.append(TargetChange(at, _target(metric, calendar, _minutes(event, "value"))))
        elif kind in EVENTS:
            history.append(_entry(number, at, EVENTS[kind]))
        else:
            message = f"its event type {kind!r} is none of {', '.join((*EVENTS, SET_TARGET))}"
            raise Malformed(message)
    as_of = max(start, _at(vector, "as_of") if "as_of" in vector else _last_word(start, events))
    first = _target(metric, calendar, _amount(vector) or TARGET_OF_THE_UNTIMED)
    promised = Agreement(customer="", effective=start, calendar=calendar, targets=(first,))
    (track,) = tracks(history, metric, Terms.of(promised), until=as_of)
    over = track.stopped_at or as_of
    track.changes.extend(sorted((c for c in changes if c.at <= over), key=lambda change: change.at))
    return read(track, now=as_of)


def _last_word(start: datetime, events: Iterable[Vector]) -> datetime:
    stops = [_at(event, "at") for event in events if event.get("type") == "stop"]
    return min(stops) if stops else max([start, *(_at(event, "at") for event in events)])


def _entry(seq: int, at: datetime, event: Event) -> Entry:
    return Entry(event=event, at=at, seq=seq, recorded_at=at)


def _target(metric: Metric, calendar: Calendar, duration: timedelta) -> Target:
    return Target(metric=metric.name, priority=PRIORITY, duration=duration, calendar=calendar)


QUESTIONS: Mapping[str, Callable[[Vector, Calendar], Any]] = {
    "add": lambda vector, calendar: calendar.add(_at(vector, "start"), _needed_amount(vector)),
    "sub": lambda vector, calendar: calendar.subtract(_at(vector, "start"), _needed_amount(vector)),
    "elapsed": _elapsed,
    "is_open": lambda vector, calendar: calendar.is_open(_at(vector, "start")),
    "next_open": lambda vector, calendar: calendar.next_open(_at(vector, "start")),
    "prev_close": lambda vector, calendar: calendar.prev_close(_at(vector, "start")),
    "resolve_local": lambda vector, calendar: calendar.resolve_local(_field(vector, "local")),
    "clock": _clock,
}
FACTS_ASKED: Mapping[str, tuple[str, ...]] = {
    "elapsed": ("seconds", "minutes"),
    "clock": (
        "due_at",
        "elapsed_seconds",
        "remaining_seconds",
        "paused_open_seconds",
        "breached",
        "warn_at",
        "after_due_at",
    ),
}


# ---------------------------------------------------------------------- words


def _shown(answer: object) -> str:
    if isinstance(answer, Mapping):
        return ", ".join(f"{name} {_shown(value)}" for name, value in answer.items())
    if isinstance(answer, datetime):
        return answer.isoformat()
    if isinstance(answer, float) and answer.is_integer():
        return str(int(answer))
    return answer if isinstance(answer, str) else json.dumps(answer)


def _sentence(error: Exception) -> str:
    if isinstance(error, UnknownZone):
        return f"{error.zone!r} is no IANA time zone"
    if isinstance(error, Malformed | ValueError):
        return str(error)
    return f"a value has the wrong form ({type(error).__name__}: {error})"
