"""The earliest instant at which an edit of an agreement can change anything: nothing before it need be checked.

An incident that is open now is measured from now on by whichever versions take effect, the same for all incidents of
one subject. Where two versions promise the same on calendars that open and close at the same instants up to some day,
no clock that is due by then moves.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from sla_engine.domain.agreements.agreement import Agreement, Subject, Target
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.versions import AppliedVersion, Terms
from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.spans import Span
from sla_engine.domain.time.versioned_calendar import SplicedCalendar, spliced

Prospect = tuple[tuple[datetime, Agreement], ...]
"""The agreements that count from some instant on, oldest first, each with the instant from which it counts (UTC)."""


@dataclass(frozen=True, slots=True)
class FirstMove:
    """The instant from which on hours differ: a clock due up to it keeps its due time.

    A clock that is due before `last_closing`, the end of the last open time before `at`, is decided before `at` too;
    None when nothing is open in between.
    """

    at: datetime
    last_closing: datetime | None


def prospect(versions: Sequence[AppliedVersion], *, since: datetime, read: Callable[[int], Agreement]) -> Prospect:
    """The versions that count from `since` on for an incident that is open then; empty where none is in effect."""
    begins = sorted({version.effective for version in versions if version.effective > since})
    numbers: list[tuple[datetime, int]] = []
    for at in (since, *begins):
        begun = [version for version in versions if version.effective <= at]
        if begun:
            numbers.append((at, max(begun, key=lambda version: (version.effective, version.number)).number))
    return tuple((at, read(number)) for at, number in numbers)


def only_hours_differ(before: Prospect, after: Prospect, metric: MetricName, subject: Subject) -> bool:
    """Whether all versions promise the same but for the calendar it is counted on, or none promises anything."""
    choices = [agreement.choose(metric, subject) for _, agreement in (*before, *after)]
    targets = [choice.target for choice in choices if choice is not None]
    if len(targets) not in (0, len(choices)):
        return False
    return all(target.on(targets[0].calendar) == targets[0] for target in targets)


def first_move(
    before: Prospect, after: Prospect, metric: MetricName, subject: Subject, *, until: datetime
) -> FirstMove | None:
    """The first move where only the hours differ; None when they do not differ up to `until`."""
    old, new = _calendar(before, metric, subject), _calendar(after, metric, subject)
    if old is None or new is None:
        return None
    start = min(before[0][0], after[0][0])
    at = first_difference(old, new, start=start, end=until)
    if at is None:
        return None
    last_closing = max((span.end for span in old.open_spans(start, at) if span), default=None)
    return FirstMove(at, last_closing)


def first_difference(
    one: Calendar | SplicedCalendar, other: Calendar | SplicedCalendar, *, start: datetime, end: datetime
) -> datetime | None:
    """The first instant in `[start, end)` at which one of two calendars is open and the other is not."""
    if one == other:
        return None
    spans = (_joined(calendar.open_spans(start, end)) for calendar in (one, other))
    for left, right in zip_longest(*spans):
        if left is None or right is None:
            return next(span.start for span in (left, right) if span is not None)
        if left.start != right.start:
            return min(left.start, right.start)
        if left.end != right.end:
            return min(left.end, right.end)
    return None


def next_target_change(terms: Terms, subject: Subject, *, after: datetime) -> datetime | None:
    """The instant at which a known later version changes a target; None where all of them promise the same."""
    before = _targets(terms, subject, after)
    for at in terms.changes(after=after):
        if _targets(terms, subject, at) != before:
            return at
    return None


def _targets(terms: Terms, subject: Subject, at: datetime) -> list[Target | None]:
    promises = [terms.promised(metric, subject, at=at) for metric in MetricName]
    return [None if promise is None else promise.target for promise in promises]


def _calendar(prospect: Prospect, metric: MetricName, subject: Subject) -> Calendar | SplicedCalendar | None:
    choices = [(since, agreement.choose(metric, subject)) for since, agreement in prospect]
    pieces = [(since, choice.target.calendar) for since, choice in choices if choice is not None]
    plain = [(since, calendar) for since, calendar in pieces if isinstance(calendar, Calendar)]
    return spliced(plain) if plain else None


def _joined(spans: Iterator[Span]) -> Iterator[Span]:
    """The spans, with those that meet joined."""
    held: Span | None = None
    for span in filter(None, spans):  # an empty one where the question begins and ends at once
        if held is not None and held.end == span.start:
            held = Span(held.start, span.end)
            continue
        if held is not None:
            yield held
        held = span
    if held is not None:
        yield held
