"""The opening hours of a calendar as somebody wrote them, and the spans that holidays and closures leave open."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import chain

from sla_engine.domain.time.closures import Closure, ClosureScope
from sla_engine.domain.time.local_time import LATEST, Zone
from sla_engine.domain.time.shifts import LAST_LOCAL_DATE, WHOLE_DAY, Shift, dates_between, spans_on
from sla_engine.domain.time.spans import Span, intersect, subtract, union

WEEK_ROUND_THE_CLOCK: tuple[tuple[Shift, ...], ...] = ((WHOLE_DAY,),) * 7
# A shift may last a day, a zone lies up to a day from UTC, and Samoa once skipped one: labels of a date
# lie within four days of the same UTC date.
LABEL_REACH = timedelta(days=4)


@dataclass(frozen=True)
class OpeningHours:
    """Weekly hours, closures and overrides as labels in one zone; `always` stands for every instant of the week."""

    tz: Zone
    hours: tuple[tuple[Shift, ...], ...]
    closures: tuple[Closure, ...]
    overrides: Mapping[date, tuple[Shift, ...]]
    always: bool

    @property
    def is_round_the_clock(self) -> bool:
        """Whether nothing ever closes."""
        week = self.always or self.hours == WEEK_ROUND_THE_CLOCK
        return week and not self.closures and not self.overrides

    def shifts_on(self, day: date) -> tuple[Shift, ...]:
        """The shifts that would start on a local date if nothing closed it: an override, or the week's."""
        override = self.overrides.get(day)
        if override is not None:
            return override
        return WEEK_ROUND_THE_CLOCK[0] if self.always else self.hours[day.weekday()]

    def closures_on(self, day: date) -> tuple[Closure, ...]:
        """The closures declared for a local date."""
        return self._closures_by_date.get(day, ())

    def closure_dates_around(self, start: datetime, end: datetime) -> list[date]:
        """The dates with closures whose labels could fall within `[start, end)`."""
        days, dates = self._closure_days
        first = bisect_left(days, start.toordinal() - LABEL_REACH.days)
        return dates[first : bisect_right(days, end.toordinal() + LABEL_REACH.days, first)]

    def taken_by(self, closure: Closure) -> list[Span]:
        """The hours that one closure removes."""
        shifts_of_date = spans_on(closure.date, self.shifts_on(closure.date), self.tz)
        if closure.scope == ClosureScope.SHIFT:
            return shifts_of_date
        closed = spans_on(closure.date, [closure.part], self.tz)
        # A night reaches into the next date, and over a date that the zone skipped into the one after.
        around = (closure.date + timedelta(days=offset) for offset in (-2, -1, 0, 1, 2))
        return intersect(closed, chain.from_iterable(self._shift_spans(day) for day in around))

    def spans_of_year(self, year: int) -> list[Span]:
        """The open spans within a UTC year: the shifts, without the time that holidays and other closures take away."""
        last = datetime(year + 1, 1, 1, tzinfo=UTC) if year < LATEST.year else LATEST
        window = Span(datetime(year, 1, 1, tzinfo=UTC), last)
        days = list(dates_between(*_reach(window)))
        shifts = union(chain.from_iterable(self._shift_spans(day) for day in days))
        holes = chain.from_iterable(self._closed_spans(day) for day in days)
        return intersect(subtract(shifts, holes), [window])

    def _shift_spans(self, day: date) -> list[Span]:
        """The shifts that start on a local date and that no closure removes whole."""
        if any(closure.scope == ClosureScope.SHIFT for closure in self.closures_on(day)):
            return []
        return spans_on(day, self.shifts_on(day), self.tz)

    def _closed_spans(self, day: date) -> Iterator[Span]:
        """The time that holidays and other closures of a local date take away."""
        for closure in self.closures_on(day):
            if closure.scope == ClosureScope.DATE:
                yield from spans_on(day, [closure.part], self.tz)

    @cached_property
    def _closures_by_date(self) -> dict[date, tuple[Closure, ...]]:
        by_date: dict[date, tuple[Closure, ...]] = {}
        for closure in self.closures:
            by_date[closure.date] = (*by_date.get(closure.date, ()), closure)
        return by_date

    @cached_property
    def _closure_days(self) -> tuple[list[int], list[date]]:
        """The dates with closures in their order: their ordinals, and the dates themselves."""
        dates = sorted(self._closures_by_date)
        return [day.toordinal() for day in dates], dates


def _reach(window: Span) -> tuple[date, date]:
    """The first and the last local date with a label that could fall within the window."""
    first = max(window.start.date(), date.min + LABEL_REACH) - LABEL_REACH
    last = min(window.end.date(), LAST_LOCAL_DATE - LABEL_REACH) + LABEL_REACH
    return first, last
