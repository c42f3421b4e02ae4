"""Consecutive years of open time, laid out so that a question within them is two look-ups, however far it reaches.

Open time is a second time line, on which closed time takes no room. Every span knows the instant at which that line
would have begun if it had never been closed before, its `origin`: from there `instant - origin` is the open time before
an instant of the span, and `origin + amount` is the instant at which so much open time is reached. The span itself is
looked up by the date of an instant, or by the whole days in an amount, and then a step or two.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain, pairwise

from sla_engine.domain.time.local_time import LATEST
from sla_engine.domain.time.spans import Span

NO_TIME = timedelta()
ONE_DAY = timedelta(days=1)


class CountedSpan:
    """An open span among others: the open time up to its opening and through its closing, and the one after it."""

    __slots__ = ("before", "closes", "later", "opens", "origin", "through")

    def __init__(self, opens: datetime, closes: datetime, before: timedelta) -> None:
        # Copies, because values made one after another lie side by side: a look-up waits less for memory.
        self.closes = closes + NO_TIME
        self.opens = opens + NO_TIME
        self.origin = opens - before
        self.before = before
        self.through = before + (closes - opens)
        self.later = self


# By the ordinal of a UTC date: the first span that closes after its midnight. By whole days of open time: the first
# span that reaches so much. They are one value, because both count from the same beginning.
Horizon = tuple[dict[int, CountedSpan], list[CountedSpan]]
NOTHING_LAID_OUT: Horizon = ({}, [])


def laid_out(years: Mapping[int, Sequence[Span]]) -> Horizon:
    """Lay out consecutive years, each with its open spans, oldest first.

    The last year that can be written down must not be among them: a look-up ends at a span after all of them.
    """
    spans: list[CountedSpan] = []
    total = NO_TIME
    for span in chain.from_iterable(years.values()):
        spans.append(CountedSpan(span.start, span.end, total))
        total = spans[-1].through
    spans.append(_never_reached(total))
    for earlier, later in pairwise(spans):
        earlier.later = later
    return _by_date(spans[0], years), _by_amount(spans[0], total)


def years_laid_out(horizon: Horizon) -> range:
    """The years in which a horizon answers."""
    dates = horizon[0]
    if not dates:
        return range(0)
    return range(date.fromordinal(next(iter(dates))).year, date.fromordinal(next(reversed(dates))).year + 1)


def _never_reached(before: timedelta) -> CountedSpan:
    """The end of the look-up: no amount is left for it, and any amount added to its origin overflows."""
    never = CountedSpan(LATEST, LATEST, before)
    never.origin = LATEST
    never.through = timedelta.max
    return never


def _by_date(first: CountedSpan, years: Iterable[int]) -> dict[int, CountedSpan]:
    span_by_date: dict[int, CountedSpan] = {}
    span = first
    for year in years:
        midnight = datetime(year, 1, 1, tzinfo=UTC)
        while midnight.year == year:
            while span.closes <= midnight:
                span = span.later
            span_by_date[midnight.toordinal()] = span
            midnight += ONE_DAY
    return span_by_date


def _by_amount(first: CountedSpan, total: timedelta) -> list[CountedSpan]:
    span_by_days: list[CountedSpan] = []
    span = first
    for days in range(total.days + 1):
        while span.through < timedelta(days):
            span = span.later
        span_by_days.append(span)
    return span_by_days
