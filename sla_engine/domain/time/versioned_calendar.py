"""A calendar that was edited: up to each edit the hours as they were, from it on the hours as they are.

This is how time that has passed stays frozen: whatever a later version of an agreement says about its calendar, the
open time before the edit is counted on the calendar of its day. It has the methods of `Calendar` about open time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.closed_times import ClosedTime
from sla_engine.domain.time.compiled_year import NO_TIME
from sla_engine.domain.time.errors import CalendarNeverOpens
from sla_engine.domain.time.instants import utc
from sla_engine.domain.time.local_time import Zone
from sla_engine.domain.time.spans import Span

_START_OF_TIME = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CalendarPiece:
    """From `since` on (UTC) this calendar counts, until the next piece begins."""

    since: datetime
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class SplicedCalendar:
    """Calendars in the order in which they took effect, oldest first; the first one counts from the beginning."""

    pieces: tuple[CalendarPiece, ...]

    @property
    def latest(self) -> Calendar:
        """The calendar that counts last."""
        return self.pieces[-1].calendar

    @property
    def zone(self) -> str:
        """The zone of the latest calendar."""
        return self.latest.zone

    @property
    def tz(self) -> Zone:
        """The zone whose wall clocks the latest calendar's labels mean."""
        return self.latest.tz

    @property
    def name(self) -> str:
        """The name of the latest calendar."""
        return self.latest.name

    @property
    def always(self) -> bool:
        """Whether the latest calendar is open round the clock."""
        return self.latest.always

    @property
    def business_day(self) -> timedelta | None:
        """The length of `1 business_day` on the latest calendar."""
        return self.latest.business_day

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Open time in `[start, end)`; nothing when `end` does not come after `start`."""
        total = NO_TIME
        for calendar, span in self._within(start, end):
            total += calendar.elapsed(span.start, span.end)
        return total

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The earliest instant at which the open time since `start` reaches `duration`.

        Raises: CalendarNeverOpens when it is never reached.
        """
        if duration <= NO_TIME:
            return self.subtract(start, -duration) if duration else utc(start, "start")
        at, left = utc(start, "start"), duration
        for piece, ends in self._from(at):
            at = max(at, piece.since)
            if ends is None:
                return piece.calendar.add(at, left)
            counted = piece.calendar.elapsed(at, ends)
            if counted >= left:
                return piece.calendar.add(at, left)
            left -= counted
        return at  # not reached: the last piece has no end

    def subtract(self, start: datetime, duration: timedelta) -> datetime:
        """The latest instant such that the open time from it to `start` is `duration`.

        Raises: CalendarNeverOpens when there is not so much open time before `start`.
        """
        if duration <= NO_TIME:
            return self.add(start, -duration) if duration else utc(start, "start")
        at, left = utc(start, "start"), duration
        for piece in reversed(self.pieces):
            if piece.since >= at:
                continue
            counted = NO_TIME if piece is self.pieces[0] else piece.calendar.elapsed(piece.since, at)
            if piece is self.pieces[0] or counted >= left:
                return piece.calendar.subtract(at, left)
            left -= counted
            at = piece.since
        return self.pieces[0].calendar.subtract(at, left)

    def is_open(self, at: datetime) -> bool:
        """Whether `at` lies in working hours; the closing itself does not."""
        return self.at(at).is_open(at)

    def next_open(self, at: datetime) -> datetime:
        """`at` when it is open, else the next opening.

        Raises: CalendarNeverOpens when there is none for twenty years.
        """
        at = utc(at, "at")
        for piece, ends in self._from(at):
            try:
                opens = piece.calendar.next_open(max(at, piece.since))
            except CalendarNeverOpens:
                if ends is None:
                    raise
                continue
            if ends is None or opens < ends:
                return opens
        return at  # not reached: the last piece has no end

    def open_spans(self, start: datetime, end: datetime) -> Iterator[Span]:
        """The open spans within `[start, end)`, oldest first; two meet where an edit fell into open time."""
        for calendar, span in self._within(start, end):
            yield from calendar.open_spans(span.start, span.end)

    def closures_between(self, start: datetime, end: datetime) -> list[ClosedTime]:
        """The time that closures took from the hours within `[start, end)`, oldest first."""
        return [
            closed
            for calendar, span in self._within(start, end)
            for closed in calendar.closures_between(span.start, span.end)
        ]

    def local_date(self, at: datetime) -> date:
        """The date the wall calendar shows at an instant, in the zone that counted then."""
        return self.at(at).local_date(at)

    def at(self, at: datetime) -> Calendar:
        """The calendar that counts at an instant."""
        instant = utc(at, "at")
        counting = (piece.calendar for piece in reversed(self.pieces) if piece.since <= instant)
        return next(counting, self.pieces[0].calendar)

    def until(self, at: datetime) -> "Calendar | SplicedCalendar":
        """The calendar without the pieces that took effect after `at`."""
        return spliced([(piece.since, piece.calendar) for piece in self.pieces if piece.since <= at])

    def _from(self, at: datetime) -> Iterator[tuple[CalendarPiece, datetime | None]]:
        """The pieces that count from `at` on, each with its end."""
        ends = [*(piece.since for piece in self.pieces[1:]), None]
        for piece, end in zip(self.pieces, ends, strict=True):
            if end is None or end > at:
                yield piece, end

    def _within(self, start: datetime, end: datetime) -> Iterator[tuple[Calendar, Span]]:
        """The part of `[start, end)` that each piece counts."""
        at, until = utc(start, "start"), utc(end, "end")
        for piece, ends in self._from(at):
            first = max(at, piece.since) if piece is not self.pieces[0] else at
            last = until if ends is None else min(ends, until)
            if first < last:
                yield piece.calendar, Span(first, last)


def spliced(pieces: Sequence[tuple[datetime, Calendar]]) -> Calendar | SplicedCalendar:
    """The calendars one after another, oldest first; edits that changed nothing leave no seam."""
    kept: list[CalendarPiece] = []
    for since, calendar in pieces:
        if not kept or kept[-1].calendar != calendar:
            kept.append(CalendarPiece(since if kept else _START_OF_TIME, calendar))
    return kept[0].calendar if len(kept) == 1 else SplicedCalendar(tuple(kept))
