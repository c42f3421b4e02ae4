"""The same questions put to the count and to whatever else answers them; what differs is kept."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.versioned_calendar import SplicedCalendar
from tests.oracle.minute_count import DAY_MINUTES, MICROSECOND, MINUTE_MICROSECONDS, MinuteCount
from tests.oracle.questions import Kind, Question

Asked = Calendar | SplicedCalendar
ONE_DAY = timedelta(days=1)
JUDGED_DATES = slice(8, -8)


@dataclass(frozen=True, slots=True)
class Difference:
    """A question that was answered differently."""

    calendar: str
    question: str
    counted: object
    answered: object

    def __str__(self) -> str:
        return f"{self.calendar}: {self.question}: counted {self.counted}, answered {self.answered}"


def differences(count: MinuteCount, asked: Asked, questions: Iterable[Question]) -> Iterator[Difference]:
    """Ask the count and a calendar, and yield where they differ."""
    for question in questions:
        counted = _counted(count, question)
        answered = ANSWERS[question.kind](asked, count, question)
        if counted != answered:
            yield Difference(asked.name, _in_words(count, question), counted, answered)


def _counted(count: MinuteCount, question: Question) -> object:
    found = COUNTED[question.kind](count, question)
    if question.kind is Kind.IS_OPEN:
        return bool(found)
    return found * MICROSECOND if question.kind is Kind.ELAPSED else count.instant(found)


COUNTED: Mapping[Kind, Callable[[MinuteCount, Question], int]] = {
    Kind.ELAPSED: lambda count, question: count.elapsed(question.at, question.other),
    Kind.ADD: lambda count, question: count.add(question.at, question.other),
    Kind.SUBTRACT: lambda count, question: count.subtract(question.at, question.other),
    Kind.IS_OPEN: lambda count, question: count.is_open(question.at),
    Kind.NEXT_OPEN: lambda count, question: count.next_open(question.at),
    Kind.PREV_CLOSE: lambda count, question: count.prev_close(question.at),
}
ANSWERS: Mapping[Kind, Callable[[Any, MinuteCount, Question], datetime | timedelta | bool]] = {
    Kind.ELAPSED: lambda asked, count, q: asked.elapsed(count.instant(q.at), count.instant(q.other)),
    Kind.ADD: lambda asked, count, q: asked.add(count.instant(q.at), q.other * MICROSECOND),
    Kind.SUBTRACT: lambda asked, count, q: asked.subtract(count.instant(q.at), q.other * MICROSECOND),
    Kind.IS_OPEN: lambda asked, count, q: asked.is_open(count.instant(q.at)),
    Kind.NEXT_OPEN: lambda asked, count, q: asked.next_open(count.instant(q.at)),
    Kind.PREV_CLOSE: lambda asked, count, q: asked.prev_close(count.instant(q.at)),
}


def _in_words(count: MinuteCount, question: Question) -> str:
    other = count.instant(question.other) if question.kind is Kind.ELAPSED else question.other * MICROSECOND
    asks_for_more = question.kind in (Kind.ELAPSED, Kind.ADD, Kind.SUBTRACT)
    return f"{question.kind} {count.instant(question.at)}" + (f", {other}" if asks_for_more else "")


def differing_spans(count: MinuteCount, asked: Asked) -> Iterator[Difference]:
    """Where the open minutes of all counted years and the calendar's open spans part."""
    begin, end = count.begin, count.instant(count.end)
    counted = {(count.instant(opens), count.instant(closes)) for opens, closes in count.spans(0, count.end)}
    answered = set(_joined((span.start, span.end) for span in asked.open_spans(begin, end)))
    for opens, closes in sorted(counted ^ answered):
        only = "counted only" if (opens, closes) in counted else "answered only"
        yield Difference(asked.name, f"open {opens} to {closes}", only, None)


def _joined(spans: Iterable[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    """Spans that touch made one: an edit of a calendar leaves a seam in open time."""
    pending: tuple[datetime, datetime] | None = None
    for opens, closes in spans:
        if pending is not None and pending[1] == opens:
            pending = (pending[0], closes)
            continue
        if pending is not None:
            yield pending
        pending = (opens, closes)
    if pending is not None:
        yield pending


def differing_labels(count: MinuteCount, calendar: Calendar, *, number: int, seed: int | str) -> Iterator[Difference]:
    """Where the count and the calendar take a wall-clock label for different instants; most near a change."""
    draw = random.Random(seed)
    days = count.clock.dates[JUDGED_DATES]
    changes = [count.instant(int(minute) * MINUTE_MICROSECONDS).date() for minute in count.clock_moved]
    for _ in range(number):
        day = draw.choice(days)
        if changes and draw.random() < 0.8:
            day = draw.choice(changes) + draw.choice((-1, 0, 1)) * ONE_DAY
        minute = draw.choice((draw.randrange(DAY_MINUTES + 1), draw.randrange(DAY_MINUTES // 8)))
        label = f"{day} {minute // 60:02}:{minute % 60:02}"
        counted, answered = count.instant(count.meant(day, minute)), calendar.resolve_local(label)
        if counted != answered:
            yield Difference(calendar.name, f"label {label}", counted, answered)
