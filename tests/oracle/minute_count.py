"""Open time counted minute by minute, from nothing but a wall clock that is watched and a calendar as written.

For every minute of UTC the wall clock of the zone shows a label. A label means the minute in which it was *first*
shown; one that was jumped over means what was shown as much later as the jump was long. A shift marks the minutes
from its first label to its last, a closure takes its minutes away, and every question is answered by looking at
the marks. Nothing here knows of offsets in force, folds, spans or an index of sums.

Edges have to lie on whole minutes. Instants may lie anywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from tests.oracle.written_calendars import WrittenCalendar

HOUR_MINUTES = 60
DAY_MINUTES = 24 * HOUR_MINUTES
MINUTE = timedelta(minutes=1)
MICROSECOND = timedelta(microseconds=1)
MINUTE_MICROSECONDS = MINUTE // MICROSECOND
# A label lies up to a day from UTC, a shift reaches two dates, and a zone may have lost one.
WATCHED_AROUND = timedelta(days=7)
NEVER_SHOWN = -1

Minutes = NDArray[np.int64]
Marks = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class WatchedClock:
    """A wall clock from `begin` on: in each minute the label it shows, counted in minutes; shape (minutes,)."""

    begin: datetime
    shown: Minutes

    @cached_property
    def dates(self) -> list[date]:
        """Every date that was shown at all, oldest first."""
        return [date.fromordinal(int(day)) for day in np.unique(self.shown // DAY_MINUTES)]

    @cached_property
    def moved(self) -> Minutes:
        """The minutes that do not show the label after the one before."""
        return np.flatnonzero(np.diff(self.shown) != 1) + 1

    @cached_property
    def _lowest(self) -> int:
        return int(self.shown.min())

    @cached_property
    def _meant(self) -> Minutes:
        """For each label from the lowest on, the minute that it means."""
        meant = np.full(int(self.shown.max()) - self._lowest + 1, NEVER_SHOWN, dtype=np.int64)
        minutes = np.arange(len(self.shown))
        meant[self.shown[::-1] - self._lowest] = minutes[::-1]  # of several minutes the earliest is written last
        missing = np.flatnonzero(meant == NEVER_SHOWN)
        for jumped_over in np.split(missing, np.flatnonzero(np.diff(missing) != 1) + 1):
            meant[jumped_over] = meant[jumped_over + len(jumped_over)]
        return meant

    def minute_of(self, day: date, time_of_day: int) -> int:
        """The minute meant by a label: a date, and minutes from its midnight (1440 and more: a later date)."""
        label = day.toordinal() * DAY_MINUTES + time_of_day
        return int(self._meant[label - self._lowest])


@lru_cache(maxsize=64)
def watch(zone: ZoneInfo, *, begin: datetime, end: datetime) -> WatchedClock:
    """Look at the wall clock of a zone from one midnight of UTC to another.

    It is looked at every minute in an hour in which it was moved, and else once, since nothing else moves it.
    """
    hours = (end - begin) // (HOUR_MINUTES * MINUTE)
    each_hour = np.array([_label(begin + hour * HOUR_MINUTES * MINUTE, zone) for hour in range(hours + 1)])
    shown = (each_hour[:-1, None] + np.arange(HOUR_MINUTES)[None, :]).reshape(-1)
    for hour in np.flatnonzero(np.diff(each_hour) != HOUR_MINUTES):
        for minute in range(hour * HOUR_MINUTES, (hour + 1) * HOUR_MINUTES):
            shown[minute] = _label(begin + minute * MINUTE, zone)
    return WatchedClock(begin=begin, shown=shown)


def _label(at: datetime, zone: ZoneInfo) -> int:
    shown = at.astimezone(zone)
    if shown.second:
        message = f"{zone} showed {shown:%H:%M:%S} at a whole minute of UTC: minutes cannot count that"
        raise ValueError(message)
    return shown.toordinal() * DAY_MINUTES + shown.hour * HOUR_MINUTES + shown.minute


class MinuteCount:
    """The minutes of some years that are open, and what follows from them.

    Instants are microseconds from `begin`, the first instant that is judged; `end` is the first that is not.
    """

    def __init__(self, marks: Marks, *, clock: WatchedClock, begin: datetime) -> None:
        self.begin = begin
        self.clock = clock
        self.lead = (begin - clock.begin) // MINUTE
        self.open = marks
        self.each_open = np.flatnonzero(marks)
        self.edges = np.flatnonzero(np.diff(marks)) + 1
        self.clock_moved = np.array([m - self.lead for m in clock.moved if 0 <= m - self.lead < len(marks)])
        self.end = len(marks) * MINUTE_MICROSECONDS

    @classmethod
    def of(cls, written: WrittenCalendar) -> "MinuteCount":
        """Count a written calendar over its years."""
        first, last = written.years
        begin, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
        clock = watch(ZoneInfo(written.zone), begin=begin - WATCHED_AROUND, end=end + WATCHED_AROUND)
        lead = WATCHED_AROUND // MINUTE
        return cls(_open_minutes(written, clock)[lead:-lead], clock=clock, begin=begin)

    def until(self, at: int, other: "MinuteCount") -> "MinuteCount":
        """These minutes up to an instant (a whole minute), and from it on those of another count of the same years."""
        minute = at // MINUTE_MICROSECONDS
        marks = np.concatenate((self.open[:minute], other.open[minute:]))
        return MinuteCount(marks, clock=other.clock, begin=self.begin)

    def meant(self, day: date, time_of_day: int) -> int:
        """The instant meant by a label: a date, and minutes from its midnight."""
        return (self.clock.minute_of(day, time_of_day) - self.lead) * MINUTE_MICROSECONDS

    def instant(self, at: int) -> datetime:
        """An instant of this count, in UTC."""
        return self.begin + at * MICROSECOND

    def elapsed(self, start: int, end: int) -> int:
        """Open microseconds in `[start, end)`: whole minutes that are marked, and what is cut off at both ends."""
        if end <= start:
            return 0
        (first, into), (last, beyond) = divmod(start, MINUTE_MICROSECONDS), divmod(end, MINUTE_MICROSECONDS)
        whole = int(np.count_nonzero(self.open[first:last])) * MINUTE_MICROSECONDS
        unused = into if self.open[first] else 0
        return whole - unused + (beyond if beyond and self.open[last] else 0)

    def add(self, start: int, amount: int) -> int:
        """The end of the last open microsecond that is needed; `start` itself when none is."""
        if not amount:
            return start
        minute, into = divmod(start, MINUTE_MICROSECONDS)
        needed = amount + (into if self.open[minute] else 0)
        minutes, rest = divmod(needed - 1, MINUTE_MICROSECONDS)
        last = self.each_open[np.searchsorted(self.each_open, minute) + minutes]
        return int(last) * MINUTE_MICROSECONDS + rest + 1

    def subtract(self, start: int, amount: int) -> int:
        """The beginning of the first open microsecond that is needed, looking back; `start` when none is."""
        if not amount:
            return start
        minute, into = divmod(start, MINUTE_MICROSECONDS)
        if into:
            minute += 1  # the first minute that lies wholly after `start`
        unused = MINUTE_MICROSECONDS - into if into and self.open[minute - 1] else 0
        minutes, rest = divmod(amount + unused - 1, MINUTE_MICROSECONDS)
        first = self.each_open[np.searchsorted(self.each_open, minute) - 1 - minutes]
        return (int(first) + 1) * MINUTE_MICROSECONDS - rest - 1

    def is_open(self, at: int) -> bool:
        """Whether the minute of `at` is marked."""
        return bool(self.open[at // MINUTE_MICROSECONDS])

    def next_open(self, at: int) -> int:
        """`at` in an open minute, else the beginning of the next one."""
        minute = at // MINUTE_MICROSECONDS
        found = int(self.each_open[np.searchsorted(self.each_open, minute)])
        return at if found == minute else found * MINUTE_MICROSECONDS

    def prev_close(self, at: int) -> int:
        """`at` when the microsecond before it is open, else the end of the last open minute before it."""
        minute = (at - 1) // MINUTE_MICROSECONDS
        found = int(self.each_open[np.searchsorted(self.each_open, minute, side="right") - 1])
        return at if found == minute else (found + 1) * MINUTE_MICROSECONDS

    def spans(self, start: int, end: int) -> list[tuple[int, int]]:
        """The stretches of marked minutes within `[start, end)`, from whole minute to whole minute."""
        first, last = start // MINUTE_MICROSECONDS, end // MINUTE_MICROSECONDS
        marks = np.concatenate(([False], self.open[first:last], [False]))
        turns = ((np.flatnonzero(np.diff(marks)) + first) * MINUTE_MICROSECONDS).tolist()
        return list(zip(turns[::2], turns[1::2], strict=True))


def _open_minutes(written: WrittenCalendar, clock: WatchedClock) -> Marks:
    """The minutes of a watched clock that are open."""
    marks = np.zeros(len(clock.shown), dtype=np.bool_)
    inner = clock.dates[2:-2]  # of the others some labels lie outside what was watched
    without_shifts = {closure.day for closure in written.closures if closure.whole_shifts}
    for day in inner:
        if day not in without_shifts:
            for shift in written.shifts_on(day):
                marks[_minutes_of(shift, day, clock)] = True
    for closure in written.closures:
        if closure.day in inner and not closure.whole_shifts:
            marks[_minutes_of(closure.part, closure.day, clock)] = False
    return marks


def _minutes_of(part: str, day: date, clock: WatchedClock) -> slice:
    """The minutes from the first label of `22:00-06:00` to its last; none when they were shown the wrong way round."""
    opens, closes = _times_of_day(part)
    if closes <= opens:
        closes += DAY_MINUTES
    first, last = clock.minute_of(day, opens), clock.minute_of(day, closes)
    return slice(first, max(first, last))


def _times_of_day(part: str) -> Iterator[int]:
    for time_of_day in part.split("-"):
        hours, minutes = time_of_day.split(":")
        yield int(hours) * HOUR_MINUTES + int(minutes)
