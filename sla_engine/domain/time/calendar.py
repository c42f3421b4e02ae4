"""Business calendars: weekly hours, holidays and exceptions in one IANA zone, and the open time that follows.

Every instant given may carry any offset, every instant returned is UTC, and every duration is real elapsed
time. Labels become instants in `shifts`, the open spans follow from them in `opening_hours`; the arithmetic on the
compiled spans is in `compiled_year`, and its short cut in `horizon`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from types import MappingProxyType

from sla_engine.domain.time.closed_times import ClosedTime, ClosedTimes
from sla_engine.domain.time.closures import Closure, ClosureScope
from sla_engine.domain.time.compiled_year import NO_TIME, AlwaysOpen, NoOpenTime, OpenTime
from sla_engine.domain.time.errors import CalendarNeverOpens, UnknownZone
from sla_engine.domain.time.horizon import Horizon
from sla_engine.domain.time.instants import utc
from sla_engine.domain.time.local_time import Zone, resolve, zone_named
from sla_engine.domain.time.opening_hours import OpeningHours
from sla_engine.domain.time.shifts import WEEKDAYS, Shift, resolve_label
from sla_engine.domain.time.spans import Span

__all__ = ["Calendar", "CalendarNeverOpens", "ClosedTime", "Closure", "ClosureScope", "Shift", "UnknownZone"]

WEEK_OF_NOTHING: tuple[tuple[Shift, ...], ...] = ((),) * 7


@dataclass(frozen=True)
class Calendar:
    """The working hours of a team: weekly hours, closures and overrides, as wall-clock labels in one zone.

    `hours` holds the shifts of Monday to Sunday. An override replaces the weekly hours of its date; a closure
    beats both. `always` stands for 24x7, every instant but for closures and overrides. `business_day` is how
    long `1 business_day` lasts. Equal calendars share one compiled index.
    Raises: ValueError when there are not seven days; UnknownZone.
    """

    zone: str
    hours: tuple[tuple[Shift, ...], ...] = WEEK_OF_NOTHING
    closures: tuple[Closure, ...] = ()
    overrides: Mapping[date, tuple[Shift, ...]] = field(default_factory=dict)
    always: bool = False
    business_day: timedelta | None = None
    name: str = ""
    _horizon: Horizon | None = field(default=None, init=False, repr=False, compare=False)  # the years asked about

    def __post_init__(self) -> None:
        if len(self.hours) != len(WEEKDAYS):
            message = f"hours need seven days, Monday to Sunday, got {len(self.hours)}"
            raise ValueError(message)
        object.__setattr__(self, "hours", tuple(tuple(shifts) for shifts in self.hours))
        object.__setattr__(self, "closures", tuple(self.closures))
        frozen = {day: tuple(shifts) for day, shifts in sorted(self.overrides.items())}
        object.__setattr__(self, "overrides", MappingProxyType(frozen))
        _ = self.tz

    def __hash__(self) -> int:
        return hash((self.zone, self.hours, self.closures, tuple(self.overrides.items()), self.always, self.name))

    def __reduce__(self) -> tuple[object, ...]:
        rebuilt = (self.zone, self.hours, self.closures, dict(self.overrides), self.always)
        return Calendar, (*rebuilt, self.business_day, self.name)

    @classmethod
    def always_open(cls, zone: str, *, name: str = "") -> "Calendar":
        """The 24x7 calendar."""
        return cls(zone, always=True, business_day=timedelta(hours=24), name=name)

    @classmethod
    def weekly(
        cls,
        zone: str,
        hours: Mapping[str, Iterable[Shift | str]],
        *,
        closures: Iterable[Closure] = (),
        overrides: Mapping[date, Iterable[Shift | str]] = MappingProxyType({}),
        business_day: timedelta | None = None,
        name: str = "",
    ) -> "Calendar":
        """The calendar written as `{"mon": ["08:00-12:00", "13:00-17:30"], …}`; days left out are closed.

        Raises: ValueError for a day that is none of mon…sun, or a shift that cannot be read.
        """
        unknown = sorted(set(hours) - set(WEEKDAYS))
        if unknown:
            message = f"{unknown[0]!r} is not a weekday: use {', '.join(WEEKDAYS)}"
            raise ValueError(message)
        return cls(
            zone,
            hours=tuple(_shifts(hours.get(day, ())) for day in WEEKDAYS),
            closures=tuple(closures),
            overrides={day: _shifts(shifts) for day, shifts in overrides.items()},
            business_day=business_day,
            name=name,
        )

    @cached_property
    def tz(self) -> Zone:
        """The zone whose wall clocks the labels mean."""
        return zone_named(self.zone)

    @cached_property
    def _open_time(self) -> OpenTime | AlwaysOpen:
        return _compiled(self)

    # ------------------------------------------------------------------ arithmetic
    # `elapsed` and `add` are asked a million times: each looks into the horizon itself, without another call, and only
    # what is not there (another zone, another century, an amount that is not positive) takes the longer way.

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Open time in `[start, end)`; nothing when `end` does not come after `start`."""
        horizon = self._horizon
        if horizon is not None and start.tzinfo is UTC and end.tzinfo is UTC:
            by_date = horizon[0]
            try:
                span = by_date[start.toordinal()]
                while span.closes <= start:
                    span = span.later
                before = start - span.origin if start > span.opens else span.before
                span = by_date[end.toordinal()]
                while span.closes <= end:
                    span = span.later
                counted = (end - span.origin if end > span.opens else span.before) - before
            except KeyError:
                pass
            else:
                return counted if counted.days >= 0 else NO_TIME
        return self._elapsed_anywhere(utc(start, "start"), utc(end, "end"))

    def _elapsed_anywhere(self, start: datetime, end: datetime) -> timedelta:
        compiled = self._open_time
        if isinstance(compiled, OpenTime):
            self._widen_horizon(compiled, start.year, end.year)
        return compiled.elapsed(start, end)

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The earliest instant at which the open time since `start` reaches `duration`.

        Used up exactly at closing means at closing. Nothing added is `start` itself, open or not; a negative
        duration goes back, like `subtract`.
        Raises: CalendarNeverOpens when it is never reached, or not for twenty years without open time.
        """
        horizon = self._horizon
        if horizon is not None and start.tzinfo is UTC and duration > NO_TIME:
            by_date, by_amount = horizon
            try:
                span = by_date[start.toordinal()]
                while span.closes <= start:
                    span = span.later
                needed = (start - span.origin if start > span.opens else span.before) + duration
                span = by_amount[needed.days]
                while span.through < needed:
                    span = span.later
                return span.origin + needed
            except (LookupError, OverflowError):
                pass
        return self._add_anywhere(utc(start, "start"), duration)

    def _add_anywhere(self, start: datetime, duration: timedelta) -> datetime:
        if duration <= NO_TIME:
            return self.subtract(start, -duration) if duration else start
        compiled = self._open_time
        try:
            due = compiled.add(start, duration)
        except NoOpenTime as nowhere:
            raise self._never_opens(nowhere) from None
        if isinstance(compiled, OpenTime):
            self._widen_horizon(compiled, start.year, due.year)
        return due

    def _widen_horizon(self, compiled: OpenTime, *years: int) -> None:
        """Lay out the years of a question for the next ones; equal calendars have one horizon."""
        compiled.widen(*years)
        object.__setattr__(self, "_horizon", compiled.horizon)

    def subtract(self, start: datetime, duration: timedelta) -> datetime:
        """The latest instant such that the open time from it to `start` is `duration`.

        Used up exactly at an opening means at that opening. Nothing subtracted is `start` itself; a negative
        duration goes forward, like `add`.
        Raises: CalendarNeverOpens when there is not so much open time before `start`.
        """
        if duration <= NO_TIME:
            return self.add(start, -duration) if duration else utc(start, "start")
        try:
            return self._open_time.subtract(utc(start, "start"), duration)
        except NoOpenTime as nowhere:
            raise self._never_opens(nowhere) from None

    # ------------------------------------------------------------------ questions

    def is_open(self, at: datetime) -> bool:
        """Whether `at` lies in working hours; the closing itself does not."""
        return self._open_time.is_open(utc(at, "at"))

    def next_open(self, at: datetime) -> datetime:
        """`at` when it is open, else the next opening.

        Raises: CalendarNeverOpens when there is none for twenty years.
        """
        horizon = self._horizon
        if horizon is not None and at.tzinfo is UTC:
            span = horizon[0].get(at.toordinal())
            while span is not None and span.closes <= at:
                span = span.later
            if span is not None and span.later is not span:
                return max(at, span.opens)
        try:
            return self._open_time.next_open(utc(at, "at"))
        except NoOpenTime as nowhere:
            raise self._never_opens(nowhere) from None

    def prev_close(self, at: datetime) -> datetime:
        """The last open instant up to `at`, where a closing counts as open when looking back.

        That is `at` itself within a shift and at its closing, else the closing before.
        Raises: CalendarNeverOpens when there is none for twenty years.
        """
        try:
            return self._open_time.prev_close(utc(at, "at"))
        except NoOpenTime as nowhere:
            raise self._never_opens(nowhere) from None

    @property
    def closes_for_good(self) -> datetime | None:
        """The last closing, where only single dates are open; None for hours that go on every week."""
        opened = [day for day, shifts in self.overrides.items() if shifts]
        if self.always or any(self.hours) or not opened:
            return None
        try:
            return self.prev_close(resolve(datetime.combine(max(opened) + timedelta(days=3), time()), self.tz))
        except CalendarNeverOpens:
            return None

    def open_spans(self, start: datetime, end: datetime) -> Iterator[Span]:
        """The open spans within `[start, end)`, oldest first, joined where they touch."""
        return self._open_time.spans(utc(start, "start"), utc(end, "end"))

    def resolve_local(self, local: datetime | str) -> datetime:
        """The instant of a wall-clock label of this zone, such as `2015-10-17 24:00`.

        Its first occurrence when it repeats, pushed forward by the gap when it does not exist.
        Raises: ValueError when the label cannot be read, or carries an offset and so is no label.
        """
        if isinstance(local, str):
            return resolve_label(local, self.tz)
        if local.tzinfo is not None:
            message = f"local must be a wall-clock label without an offset, got {local.isoformat()}"
            raise ValueError(message)
        return resolve(local, self.tz)

    def local_date(self, at: datetime) -> date:
        """The date the wall calendar of this zone shows at an instant."""
        return utc(at, "at").astimezone(self.tz).date()

    def shifts_on(self, day: date) -> tuple[Shift, ...]:
        """The shifts that would start on a local date if nothing closed it: an override, or the week's."""
        return self._opening_hours.shifts_on(day)

    def closures_on(self, day: date) -> tuple[Closure, ...]:
        """The closures declared for a local date."""
        return self._opening_hours.closures_on(day)

    def closures_between(self, start: datetime, end: datetime) -> list[ClosedTime]:
        """The time that closures took from the hours within `[start, end)`, oldest first.

        Closures that fell where nothing was open took nothing and are left out; two that closed the same time
        both appear.
        """
        return self._closed.between(utc(start, "start"), utc(end, "end"))

    def open_spans_of_year(self, year: int) -> list[Span]:
        """The open spans within a UTC year, straight from the labels: what the index is compiled from."""
        return self._opening_hours.spans_of_year(year)

    @cached_property
    def _opening_hours(self) -> OpeningHours:
        return OpeningHours(self.tz, self.hours, self.closures, self.overrides, self.always)

    @cached_property
    def _closed(self) -> ClosedTimes:
        return ClosedTimes(self._opening_hours)

    def _never_opens(self, nowhere: NoOpenTime) -> CalendarNeverOpens:
        return CalendarNeverOpens(calendar=self.name, zone=self.zone, beyond=nowhere.beyond)


@lru_cache(maxsize=512)
def _compiled(calendar: Calendar) -> OpenTime | AlwaysOpen:
    """One index for all equal calendars: agreements are read from the database again and again."""
    opening_hours = calendar._opening_hours
    return AlwaysOpen() if opening_hours.is_round_the_clock else OpenTime(opening_hours.spans_of_year)


def _shifts(written: Iterable[Shift | str]) -> tuple[Shift, ...]:
    return tuple(Shift.parse(shift) if isinstance(shift, str) else shift for shift in written)
