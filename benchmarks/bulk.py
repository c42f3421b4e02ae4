"""The arithmetic of `Calendar` for many clocks at once: a million in a few hundredths of a second.

Instants are int64 microseconds since 1970 in UTC, as they are stored; durations are int64 microseconds.

The open spans of all calendars are laid out on two lines of numbers, one calendar after the other: a line of time, and
a line of open time, on which closed time takes no room. A position on either is found by its upper bits, which name the
first span that can hold it, and a comparison or two. Rows that the lines do not hold are left to `Calendar`, one by
one, so every answer and every refusal is the one that `Calendar` gives.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.local_time import EARLIEST, LATEST
from sla_engine.domain.time.spans import Span
from sla_engine.domain.time.versioned_calendar import SplicedCalendar

Int64s = NDArray[np.int64]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1) // MICROSECOND
LONGEST_LAID_OUT = 3660 * DAY  # longer durations are rare, and would need a longer line of open time
YEARS_AHEAD = 10  # how far beyond the last start the lines reach at most
LONG_REST = 19 * 365 * DAY  # a search gives up after twenty years: what comes near that is left to the search
ROWS_AT_ONCE = 1 << 15  # all that is computed for so many rows stays in the processor's cache
BUCKETS_PER_SPAN = 8  # a finer look-up table would not fit the cache, a coarser one would take more comparisons
MARGIN = timedelta(days=8)  # so that the first and the last span are as long as they are, not cut by a new year
SLACK = 32 * DAY  # keeps the calendars apart on the lines
NEVER = 1 << 61  # lies beyond both lines


def micros(at: datetime) -> int:
    """An aware instant as microseconds since 1970 in UTC."""
    return (at - EPOCH) // MICROSECOND


def instant(at: int) -> datetime:
    """The UTC instant that lies so many microseconds after 1970 began.

    Raises: OverflowError when it lies outside the years 1 to 9999.
    """
    return EPOCH + at * MICROSECOND


class BulkCalendar:
    """Several calendars that answer for many rows at once; `which` has the place of each row's calendar.

    The lines laid out for one question serve the next ones, as long as they are about the same years.
    """

    def __init__(self, calendars: Sequence[Calendar | SplicedCalendar]) -> None:
        self.calendars = tuple(calendars)
        self._lines: _Lines | None = None

    def add(self, starts: Int64s, durations: Int64s, *, which: NDArray[np.integer] | None = None) -> Int64s:
        """For each row, the earliest instant at which the open time since its start reaches its duration.

        `starts` (n,) int64 instants, `durations` (n,) int64 microseconds, `which` (n,) integers or None for the first
        calendar; the answer is (n,) int64 instants.
        Raises: CalendarNeverOpens for the first row whose duration is never reached; ValueError for columns of
        different lengths; IndexError for a calendar that is not there.
        """
        rows = self._columns(starts, durations, which)
        if not len(starts):
            return np.empty(0, np.int64)
        shortest, longest = int(durations.min()), int(durations.max())
        lines = self._laid_out(int(starts.min()), int(starts.max()), longest=min(max(longest, 0), LONGEST_LAID_OUT))
        if longest <= LONGEST_LAID_OUT:
            due = lines.reached(starts, durations, rows)
        else:
            due = lines.reached(starts, np.minimum(durations, LONGEST_LAID_OUT), rows)
        if shortest <= 0 or longest > LONGEST_LAID_OUT or due.max() >= NEVER or lines.long_rests.any():
            apart = (durations <= 0) | (durations > LONGEST_LAID_OUT) | (due >= NEVER) | lines.long_rests[rows]
            self._add_one_by_one(np.flatnonzero(apart), starts, durations, rows, due)
        return due

    def _add_one_by_one(
        self, chosen: NDArray[np.intp], starts: Int64s, durations: Int64s, rows: NDArray[np.intp], due: Int64s
    ) -> None:
        """Ask `Calendar` about the chosen rows, and write its answers into `due`."""
        for row in chosen.tolist():
            calendar = self.calendars[rows[row]]
            due[row] = micros(calendar.add(instant(int(starts[row])), int(durations[row]) * MICROSECOND))

    def elapsed(self, starts: Int64s, ends: Int64s, *, which: NDArray[np.integer] | None = None) -> Int64s:
        """For each row, the open time in `[start, end)`; 0 when the end does not come after the start.

        `starts` and `ends` (n,) int64 instants, `which` as for `add`; the answer is (n,) int64 microseconds.
        Raises: ValueError for columns of different lengths; IndexError for a calendar that is not there.
        """
        rows = self._columns(starts, ends, which)
        if not len(starts):
            return np.empty(0, np.int64)
        first, last = min(starts.min(), ends.min()), max(starts.max(), ends.max())
        lines = self._laid_out(int(first), int(last), longest=0)
        return lines.counted(starts, ends, rows)

    def _columns(self, one: Int64s, other: Int64s, which: NDArray[np.integer] | None) -> NDArray[np.intp]:
        """The place of each row's calendar, (n,) intp.

        Raises: ValueError for columns of different lengths; IndexError for a calendar that is not there.
        """
        rows = np.zeros(len(one), np.intp) if which is None else np.asarray(which).astype(np.intp, copy=False)
        if not one.shape == other.shape == rows.shape or one.ndim != 1:
            message = f"columns must be of one length, got {one.shape}, {other.shape} and {rows.shape}"
            raise ValueError(message)
        if len(rows) and not 0 <= rows.min() <= rows.max() < len(self.calendars):
            message = f"there are {len(self.calendars)} calendars, asked for {rows.min()} to {rows.max()}"
            raise IndexError(message)
        return rows

    def _laid_out(self, first: int, last: int, *, longest: int) -> "_Lines":
        """Lines that hold all instants from first to last, and as a rule `longest` of open time beyond."""
        lines = self._lines
        if lines is None or not lines.hold(first, last, longest=longest):
            last_year = instant(last).year
            if longest:
                last_year += _years_ahead(self.calendars, last_year, longest * MICROSECOND)
            years = range(instant(first).year, min(last_year, LATEST.year) + 1)
            lines = self._lines = _lay_out(self.calendars, years, longest)
        return lines


def _years_ahead(calendars: Sequence[Calendar | SplicedCalendar], year: int, longest: timedelta) -> int:
    """The number of years after `year` in which every calendar has `longest` of open time; at most `YEARS_AHEAD`."""
    first = _new_year(year + 1)
    for ahead in range(1, YEARS_AHEAD):
        if all(calendar.elapsed(first, _new_year(year + 1 + ahead)) >= longest for calendar in calendars):
            return ahead
    return YEARS_AHEAD


def _new_year(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC) if year <= LATEST.year else LATEST


class _Scratch:
    """Arrays for intermediate results, used again for every block of rows: allocating them would cost as much."""

    def __init__(self, rows: int) -> None:
        self.bucket = np.empty(rows, np.intp)
        self.first = np.empty(rows, np.int32)
        self.span = np.empty(rows, np.intp)
        self.number = np.empty(rows, np.int64)

    @classmethod
    def blocks(cls, rows: int) -> Iterator[tuple[slice, "_Scratch"]]:
        """The rows as blocks that fit the processor's cache, each with arrays of its length."""
        scratch = cls(min(rows, ROWS_AT_ONCE))
        for start in range(0, rows, ROWS_AT_ONCE):
            if rows - start < len(scratch.span):
                scratch = cls(rows - start)
            yield slice(start, start + ROWS_AT_ONCE), scratch


@dataclass(frozen=True, slots=True)
class _LookUp:
    """Spans that end one after another on a line, found by the upper bits of a position on it.

    `first` (buckets,) int32 are the spans to begin with; `ends` (spans,) int64 decide whether a span has ended;
    `steps` is the largest number of spans that end in one bucket.
    """

    first: NDArray[np.int32]
    ends: Int64s
    bits: int
    steps: int

    @classmethod
    def of(cls, places: Int64s, ends: Int64s) -> "_LookUp":
        """Index spans by the places where they end on their line; the last of them is the end of the line."""
        length, closest = int(places[-1]), int(np.diff(places).min(initial=int(places[-1])))
        bits = max(closest, length // (BUCKETS_PER_SPAN * len(places)), 1).bit_length() - 1
        begins = np.arange((length >> bits) + 1, dtype=np.int64) << bits
        sharing = np.bincount((places >> bits).astype(np.intp))
        return cls(np.searchsorted(places, begins).astype(np.int32), ends, bits, int(sharing.max()))

    def find(self, places: Int64s, at: Int64s, scratch: _Scratch) -> NDArray[np.intp]:
        """For each position, the first span that does not end before `at`, which is the same on the scale of `ends`."""
        bucket, span, step = scratch.bucket, scratch.span, scratch.number
        np.right_shift(places, self.bits, out=bucket)
        np.copyto(span, np.take(self.first, bucket, out=scratch.first, mode="clip"))
        for _ in range(self.steps):
            # The sign of the difference is minus where the span ended before: one step on.
            np.take(self.ends, span, out=step, mode="clip")
            step -= at
            step >>= 63
            span -= step
        return span


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lines:
    """The spans of all calendars on a line of time and on a line of open time.

    An instant of a calendar plus its `shift` is a place on the line of time. Of each span, `before` is where it begins
    on the line of open time; an instant in it less its `origin` is a place on that line, and such a place plus its
    `origin` is an instant. Each calendar's last span is one that is never reached.
    """

    held: range
    longest: int
    shift: Int64s
    by_time: _LookUp
    by_open_time: _LookUp
    before: Int64s
    origin: Int64s
    long_rests: NDArray[np.bool_]

    def hold(self, first: int, last: int, *, longest: int) -> bool:
        """Whether instants from first to last, and a duration of `longest` after them, have a place on the lines."""
        return first in self.held and last in self.held and longest <= self.longest

    def counted_before(self, at: Int64s, rows: NDArray[np.intp], scratch: _Scratch, *, out: Int64s) -> None:
        """Write the places of instants on the line of open time into `out`."""
        np.take(self.shift, rows, out=out, mode="clip")
        out += at
        span = self.by_time.find(out, at, scratch)
        np.subtract(at, np.take(self.origin, span, out=scratch.number, mode="clip"), out=out)
        np.maximum(out, np.take(self.before, span, out=scratch.number, mode="clip"), out=out)

    def counted(self, starts: Int64s, ends: Int64s, rows: NDArray[np.intp]) -> Int64s:
        """The open time from starts to ends, never negative."""
        counted, until = np.empty(len(rows), np.int64), np.empty(min(len(rows), ROWS_AT_ONCE), np.int64)
        for block, scratch in _Scratch.blocks(len(rows)):
            here, there = counted[block], until[: len(scratch.span)]
            self.counted_before(starts[block], rows[block], scratch, out=here)
            self.counted_before(ends[block], rows[block], scratch, out=there)
            np.subtract(there, here, out=here)
            np.maximum(here, 0, out=here)
        return counted

    def reached(self, starts: Int64s, durations: Int64s, rows: NDArray[np.intp]) -> Int64s:
        """The instants at which durations are reached; `NEVER` or later for those beyond the last span."""
        instants = np.empty(len(rows), np.int64)
        for block, scratch in _Scratch.blocks(len(rows)):
            here = instants[block]
            self.counted_before(starts[block], rows[block], scratch, out=here)
            here += durations[block]
            span = self.by_open_time.find(here, here, scratch)
            here += np.take(self.origin, span, out=scratch.number, mode="clip")
        return instants


def _lay_out(calendars: Sequence[Calendar | SplicedCalendar], years: range, longest: int) -> _Lines:
    """Lay out the open spans of some years, with room for a duration after them."""
    window = Span(_new_year(years.start), _new_year(years.stop))
    begins, until = micros(window.start), micros(window.end)
    parts: list[_Part] = []
    place = room = 0  # where the next calendar begins on the line of time, and on that of open time
    for calendar in calendars:
        parts.append(_part(calendar, window, shift=place - begins, room=room))
        place, room = place + until - begins + SLACK, int(parts[-1].before[-1]) + longest + SLACK
    before = np.concatenate([*(part.before for part in parts), [room]])
    closes = np.concatenate([part.closes for part in parts])
    return _Lines(
        held=range(begins, until),
        longest=longest,
        shift=np.array([part.shift for part in parts]),
        # What closes at an instant is over then, and a span reaches as far as to where the next one begins.
        by_time=_LookUp.of(np.concatenate([part.closes + part.shift for part in parts]) - 1, closes - 1),
        by_open_time=_LookUp.of(before[1:], before[1:]),
        before=before[:-1],
        origin=np.concatenate([part.origin for part in parts]),
        long_rests=np.array([part.has_long_rest for part in parts]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One calendar's part of the lines: its spans and the one that is never reached, as in `_Lines`."""

    shift: int
    closes: Int64s
    before: Int64s
    origin: Int64s
    has_long_rest: bool


def _part(calendar: Calendar | SplicedCalendar, window: Span, *, shift: int, room: int) -> _Part:
    around = calendar.open_spans(
        max(window.start, EARLIEST + MARGIN) - MARGIN, min(window.end, LATEST - MARGIN) + MARGIN
    )
    spans = [(micros(span.start), micros(span.end)) for span in around if span.end > window.start]
    opens, closes = np.array(spans, np.int64).reshape(-1, 2).T
    before = room + np.concatenate([[0], np.cumsum(closes - opens)])
    rests = np.diff(np.concatenate([[micros(window.start)], opens]))
    return _Part(
        shift=shift,
        closes=np.concatenate([closes, [micros(window.end) + SLACK // 2]]),
        before=before,
        origin=np.concatenate([opens - before[:-1], [NEVER]]),
        has_long_rest=bool(rests.max(initial=0) > LONG_REST),
    )
