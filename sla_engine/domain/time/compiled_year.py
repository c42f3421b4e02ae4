"""Open time as sorted UTC spans with prefix sums, compiled a year at a time, when a year is first asked for.

A year is the unit because it is immutable once compiled: nothing is locked, nothing moves as the index grows,
and a question about the year 2400 does not compile the centuries before it. A question within a year is one
table look-up or one bisect; across years it adds up totals, one addition a year.

The years that were asked about are also laid out in one `horizon`, which `Calendar` reads first. A horizon is replaced
whole, never changed, so that a thread that reads one sees all of it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice

from sla_engine.domain.time.horizon import NOTHING_LAID_OUT, Horizon, laid_out, years_laid_out
from sla_engine.domain.time.local_time import EARLIEST, LATEST
from sla_engine.domain.time.spans import Span

NO_TIME = timedelta()
ONE_DAY = timedelta(days=1)
GIVE_UP_AFTER_EMPTY_YEARS = 20
HORIZON_YEARS = 40  # years further apart are looked up one by one
MOVE_AFTER_QUESTIONS = 1000  # a horizon costs about as much to lay out as so many questions year by year


class NoOpenTime(Exception):
    """There is no open time within twenty years of `beyond`, nor before the calendar's last year."""

    def __init__(self, beyond: datetime) -> None:
        super().__init__(beyond)
        self.beyond = beyond


class OpenYear:
    """The open spans of one UTC year, each with the open time of the year before it.

    The lists end with a sentinel that opens at the end of time, so that a look-up never runs off them.
    """

    __slots__ = ("_first_day", "_first_open_of_day", "before", "closes", "count", "opens", "spans", "total")

    def __init__(self, year: int, spans: Sequence[Span]) -> None:
        self.spans = spans
        self.count = len(spans)
        self.opens = [span.start for span in spans] + [LATEST]
        self.closes = [span.end for span in spans] + [LATEST]
        self.before = [NO_TIME]
        for span in spans:
            self.before.append(self.before[-1] + span.duration)
        self.total = self.before[-1]
        self._first_day = datetime(year, 1, 1, tzinfo=UTC).toordinal()
        self._first_open_of_day: list[int] = []
        index, midnight = 0, datetime(year, 1, 1, tzinfo=UTC)
        for _ in range(366):
            while index < self.count and self.closes[index] <= midnight:
                index += 1
            self._first_open_of_day.append(index)
            midnight = midnight + ONE_DAY if midnight < LATEST - ONE_DAY else midnight

    def position(self, at: datetime) -> int:
        """The index of the span that contains `at`, else of the first one after it, else of the sentinel."""
        index = self._first_open_of_day[at.toordinal() - self._first_day]
        closes = self.closes
        while closes[index] <= at and index < self.count:
            index += 1
        return index

    def until(self, at: datetime) -> timedelta:
        """Open time of the year before `at`."""
        index = self.position(at)
        opened = self.opens[index]
        return self.before[index] + (at - opened) if opened < at else self.before[index]

    def reached(self, amount: timedelta) -> datetime:
        """The earliest instant with so much open time of the year before it; 0 < amount <= total."""
        index = bisect_left(self.before, amount) - 1
        return self.opens[index] + (amount - self.before[index])

    def left(self, amount: timedelta) -> datetime:
        """The latest instant with so much open time of the year before it; 0 <= amount < total."""
        index = bisect_right(self.before, amount) - 1
        return self.opens[index] + (amount - self.before[index])


class OpenTime:
    """Open time of a calendar whose years `spans_of_year` yields; every instant is UTC."""

    def __init__(self, spans_of_year: Callable[[int], Sequence[Span]]) -> None:
        self._spans_of_year = spans_of_year
        self._years: dict[int, OpenYear] = {}
        self._out_of_reach = 0
        self.horizon: Horizon = NOTHING_LAID_OUT

    def _year(self, year: int) -> OpenYear:
        compiled = self._years.get(year)
        if compiled is None:
            # Two threads may both compile a year: the results are equal, and either may be kept.
            compiled = self._years[year] = OpenYear(year, self._spans_of_year(year))
        return compiled

    def widen(self, *asked: int) -> None:
        """Add the years of a question to the horizon; move it there when such questions keep lying out of reach."""
        question = range(min(asked), max(asked) + 1)
        laid_out_now = years_laid_out(self.horizon)
        widened = _spanning(question, laid_out_now)
        if widened == laid_out_now:
            return
        if self._fits(widened):
            # Two threads may both widen it, each without the other's years: those come in when next asked about.
            self._lay_out(widened)
            return
        self._out_of_reach += 1
        if self._out_of_reach >= MOVE_AFTER_QUESTIONS and self._fits(question):
            self._lay_out(question)

    def _lay_out(self, years: range) -> None:
        self.horizon = laid_out({year: self._year(year).spans for year in years})
        self._out_of_reach = 0

    def _fits(self, years: range) -> bool:
        """Whether these years make a horizon: not too many, and no gap among them at which a search gives up."""
        if len(years) > HORIZON_YEARS or EARLIEST.year in years or LATEST.year in years:
            return False
        gaps = (len(list(run)) for is_empty, run in groupby(years, self._is_empty) if is_empty)
        return max(gaps, default=0) < GIVE_UP_AFTER_EMPTY_YEARS

    def _is_empty(self, year: int) -> bool:
        return self._year(year).total == NO_TIME

    def _years_from(self, at: datetime, step: int) -> Iterator[OpenYear]:
        """The years after (`step=1`) or before (`step=-1`) that of `at`, up to twenty empty ones in a row."""
        empty = 0
        year = at.year + step
        while EARLIEST.year <= year <= LATEST.year and empty < GIVE_UP_AFTER_EMPTY_YEARS:
            compiled = self._year(year)
            empty = empty + 1 if compiled.total == NO_TIME else 0
            yield compiled
            year += step

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Open time in `[start, end)`."""
        if end <= start:
            return NO_TIME
        first = self._year(start.year)
        if start.year == end.year:
            return first.until(end) - first.until(start)
        between = sum((self._year(year).total for year in range(start.year + 1, end.year)), NO_TIME)
        return first.total - first.until(start) + between + self._year(end.year).until(end)

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """Earliest instant with `duration` (more than nothing) of open time since `start`."""
        year = self._year(start.year)
        if duration > LATEST - start:
            raise NoOpenTime(start)
        needed = year.until(start) + duration
        if needed <= year.total:
            return year.reached(needed)
        needed -= year.total
        for later in self._years_from(start, 1):
            if needed <= later.total:
                return later.reached(needed)
            needed -= later.total
        raise NoOpenTime(start)

    def subtract(self, start: datetime, duration: timedelta) -> datetime:
        """Latest instant with `duration` (more than nothing) of open time from it to `start`."""
        year = self._year(start.year)
        had = year.until(start)
        if duration <= had:
            return year.left(had - duration)
        missing = duration - had
        for earlier in self._years_from(start, -1):
            if missing <= earlier.total:
                return earlier.left(earlier.total - missing)
            missing -= earlier.total
        raise NoOpenTime(start)

    def is_open(self, at: datetime) -> bool:
        """Whether `at` lies in a span."""
        year = self._year(at.year)
        return year.opens[year.position(at)] <= at

    def next_open(self, at: datetime) -> datetime:
        """`at` when it is open, else the next opening."""
        year = self._year(at.year)
        index = year.position(at)
        if index < year.count:
            return max(at, year.opens[index])
        for later in self._years_from(at, 1):
            if later.count:
                return later.opens[0]
        raise NoOpenTime(at)

    def prev_close(self, at: datetime) -> datetime:
        """`at` when the time just before it is open, else the last closing."""
        year = self._year(at.year)
        index = year.position(at)
        if year.opens[index] < at:
            return at
        if index:
            return year.closes[index - 1]
        for earlier in self._years_from(at, -1):
            if earlier.count:
                return earlier.closes[-2]  # the last one is the sentinel
        raise NoOpenTime(at)

    def spans(self, start: datetime, end: datetime) -> Iterator[Span]:
        """Open spans within `[start, end)`, oldest first, never touching each other."""
        pending: Span | None = None
        for number in range(start.year, end.year + 1):
            for span in self._spans_within(self._year(number), start, end):
                if pending is not None and pending.end == span.start:
                    pending = Span(pending.start, span.end)  # a shift across the turn of the year
                    continue
                if pending is not None:
                    yield pending
                pending = span
        if pending is not None:
            yield pending

    def _spans_within(self, year: OpenYear, start: datetime, end: datetime) -> Iterator[Span]:
        first = year.position(start) if year.spans and year.spans[0].start < start else 0
        for span in islice(year.spans, first, None):
            if span.start >= end:
                return
            if start <= span.start and span.end <= end:
                yield span
            else:
                yield Span(max(span.start, start), min(span.end, end))


class AlwaysOpen:
    """Open time of a calendar that never closes: it is simply time."""

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Time in `[start, end)`."""
        return end - start if start < end else NO_TIME

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The instant `duration` after `start`."""
        try:
            return start + duration
        except OverflowError:
            raise NoOpenTime(start) from None

    def subtract(self, start: datetime, duration: timedelta) -> datetime:
        """The instant `duration` before `start`."""
        try:
            return start - duration
        except OverflowError:
            raise NoOpenTime(start) from None

    def is_open(self, at: datetime) -> bool:
        """True at every instant."""
        return at >= EARLIEST

    def next_open(self, at: datetime) -> datetime:
        """`at` itself."""
        return at

    def prev_close(self, at: datetime) -> datetime:
        """`at` itself: the time just before it is open."""
        return at

    def spans(self, start: datetime, end: datetime) -> Iterator[Span]:
        """The whole of `[start, end)` as one span."""
        if start < end:
            yield Span(start, end)


def _spanning(one: range, other: range) -> range:
    """The smallest range of years that holds both; `other` may be empty."""
    return range(min(one.start, other.start), max(one.stop, other.stop)) if other else one
