"""Answers published test vectors; each `kind` of question is a row of `QUESTIONS`.

A `clock` vector becomes a history and is read by the same fold that reads real incidents; only its target changes
are added to the folded track, because a vector may name any number of targets and an agreement has five priorities.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sla_engine.domain.agreements.agreement import Agreement, Target
from sla_engine.domain.agreements.metrics import METRICS, Metric, MetricName
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.fold import tracks
from sla_engine.domain.clocks.reading import Reading, read
from sla_engine.domain.clocks.track import TargetChange
from sla_engine.domain.incidents.events import Event, Opened, Paused, Resolved, Resumed
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.closures import Closure
from sla_engine.domain.time.shifts import Shift

Vector = Mapping[str, Any]


NEVER = None  # how a vector writes an instant that is never reached
PRIORITY = Priority.P3  # any will do: a vector has one target at a time
TARGET_OF_THE_UNTIMED = timedelta(minutes=1)  # a vector without an amount asks for nothing that depends on it
EVENTS: Mapping[str, Event] = {
    "pause": Paused(reason=PauseReason.OTHER),
    "resume": Resumed(),
    "stop": Resolved(),
}
SET_TARGET = "set_target_minutes"


class Malformed(Exception):
    """A vector that cannot be run; its text is a sentence that says why."""


def calendar_of(written: Vector) -> Calendar:
    """The calendar of a vector.

    Raises: Malformed, ValueError or LookupError when it cannot be read.
    """
    overrides = written.get("overrides") or {}
    return Calendar.weekly(
        required(written, "timezone"),
        {day: _shifts(intervals) for day, intervals in required(written, "hours").items()},
        closures=[_closure(holiday) for holiday in written.get("holidays") or ()],
        overrides={date.fromisoformat(day): _shifts(intervals) for day, intervals in overrides.items()},
    )


def _shifts(intervals: Iterable[tuple[str, str]]) -> list[Shift]:
    return [Shift.of(opens, closes) for opens, closes in intervals]


def _closure(holiday: str | Vector) -> Closure:
    if isinstance(holiday, str):
        return Closure(date.fromisoformat(holiday))
    day = date.fromisoformat(required(holiday, "date"))
    if "from" not in holiday and "to" not in holiday:
        return Closure(day)
    part = Shift.of(required(holiday, "from"), required(holiday, "to"))
    return Closure(day, part.opens, part.closes)


def required(vector: Vector, name: str) -> Any:
    """The value of a field.

    Raises: Malformed when it is missing.
    """
    if name not in vector:
        message = f"it has no `{name}`"
        raise Malformed(message)
    return vector[name]


def instant_of(text: str) -> datetime:
    """An instant in UTC, from ISO 8601 with an offset.

    Raises: Malformed without an offset, ValueError when it cannot be read.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        message = f"the instant {text!r} has no offset"
        raise Malformed(message)
    return instant.astimezone(UTC)


def _at(vector: Vector, name: str) -> datetime:
    return instant_of(required(vector, name))


def _minutes(vector: Vector, name: str) -> timedelta:
    return timedelta(minutes=required(vector, name))


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
    history, changes = _history(start, events, metric, calendar)
    as_of = max(start, _at(vector, "as_of") if "as_of" in vector else _last_instant(start, events))
    first = _target(metric, calendar, _amount(vector) or TARGET_OF_THE_UNTIMED)
    agreement = Agreement(customer="", effective=start, calendar=calendar, targets=(first,))
    (track,) = tracks(history, metric, Terms.of(agreement), until=as_of)
    ends_at = track.stopped_at or as_of
    counting = [change for change in changes if change.at <= ends_at]
    track.changes.extend(sorted(counting, key=lambda change: change.at))
    return read(track, now=as_of)


def _history(
    start: datetime, events: Iterable[Vector], metric: Metric, calendar: Calendar
) -> tuple[list[Entry], list[TargetChange]]:
    """The opening and the events as a history, and the target changes among the events."""
    history, changes = [_entry(0, start, Opened(priority=PRIORITY, title=""))], []
    for number, event in enumerate(events, start=1):
        kind, at = required(event, "type"), _at(event, "at")
        if kind == SET_TARGET:
            changes.append(TargetChange(at, _target(metric, calendar, _minutes(event, "value"))))
        elif kind in EVENTS:
            history.append(_entry(number, at, EVENTS[kind]))
        else:
            message = f"its event type {kind!r} is none of {', '.join((*EVENTS, SET_TARGET))}"
            raise Malformed(message)
    return history, changes


def _last_instant(start: datetime, events: Iterable[Vector]) -> datetime:
    """The first stop, else the latest event, else the start."""
    stops = [_at(event, "at") for event in events if event.get("type") == "stop"]
    if stops:
        return min(stops)
    return max([start, *(_at(event, "at") for event in events)])


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
    "resolve_local": lambda vector, calendar: calendar.resolve_local(required(vector, "local")),
    "clock": _clock,
}
