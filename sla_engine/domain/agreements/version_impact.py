"""The earliest instant an edit of an agreement can change anything at: nothing before it need be looked at.

An incident that is open now is measured from now on by whichever versions take effect, the same for all that are alike.
Where two versions promise the same on calendars that open and close at the same instants up to some day, no clock that
is due by then moves.
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
"""What counts from some instant on, oldest first: from when (UTC), and the agreement."""


@dataclass(frozen=True, slots=True)
class FirstMove:
    """The instant from which on hours differ: a clock due up to it keeps its due time.

    One that is due before `last_closing`, the end of the last open time before it, is decided before it too; None when
    nothing is open in between.
    """

    at: datetime
    last_closing: datetime | None


def prospect(versions: Sequence[AppliedVersion], *, since: datetime, read: Callable[[int], Agreement]) -> Prospect:
    """Which versions count from `since` on for an incident that is open then; nothing where none has begun."""
    begins = sorted({version.effective for version in versions if version.effective > since})
    found: list[tuple[datetime, int]] = []
    for at in (since, *begins):
        begun = [version for version in versions if version.effective <= at]
        if begun:
            found.append((at, max(begun, key=lambda version: (version.effective, version.number)).number))
    return tuple((at, read(number)) for at, number in found)


def only_hours_differ(before: Prospect, after: Prospect, metric: MetricName, subject: Subject) -> bool:
    """Whether all versions promise the same but for the calendar it is counted on, or all of them nothing."""
    choices = [agreement.choose(metric, subject) for _, agreement in (*before, *after)]
    targets = [choice.target for choice in choices if choice is not None]
    return len(targets) in (0, len(choices)) and all(each.on(targets[0].calendar) == targets[0] for each in targets)


def first_move(
    before: Prospect, after: Prospect, metric: MetricName, subject: Subject, *, until: datetime
) -> FirstMove | None:
    """Where only the hours differ: from when on they do; None when they do not, up to `until`."""
    old, new = (_calendar(each, metric, subject) for each in (before, after))
    if old is None or new is None:
        return None
    start = min(before[0][0], after[0][0])
    at = first_difference(old, new, start=start, end=until)
    if at is None:
        return None
    return FirstMove(at, max((span.end for span in old.open_spans(start, at) if span), default=None))


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
    """When a version that is known to come promises something else; one that promises the same moves nothing then."""
    before = _targets(terms, subject, after)
    for at in terms.changes(after=after):
        if _targets(terms, subject, at) != before:
            return at
    return None


def _targets(terms: Terms, subject: Subject, at: datetime) -> list[Target | None]:
    promised = [terms.promised(metric, subject, at=at) for metric in MetricName]
    return [None if found is None else found.target for found in promised]


def _calendar(of: Prospect, metric: MetricName, subject: Subject) -> Calendar | SplicedCalendar | None:
    choices = [(since, agreement.choose(metric, subject)) for since, agreement in of]
    pieces = [(since, choice.target.calendar) for since, choice in choices if choice is not None]
    plain = [(since, calendar) for since, calendar in pieces if isinstance(calendar, Calendar)]
    return spliced(plain) if plain else None


def _joined(spans: Iterator[Span]) -> Iterator[Span]:
    """Spans that meet, as one."""
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
