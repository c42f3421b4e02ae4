"""A calendar's week, date by date: its open hours, the time that closures took away, and changes of the clocks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.closures import Closure
from sla_engine.domain.time.local_time import Zone, resolve
from sla_engine.domain.time.reach import WorkingTime
from sla_engine.domain.time.shifts import WHOLE_DAY, Shift
from sla_engine.domain.time.spans import Span, union
from sla_engine.domain.time.versioned_calendar import SplicedCalendar
from sla_engine.domain.time.weeks import Week

ONE_DAY = timedelta(days=1)
NO_TIME = timedelta()
ONE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class OpenStretch:
    """One stretch of open time of a date: its labels on the wall (`24:00` at the date's end) and its real length."""

    opens: datetime
    closes: datetime
    length: timedelta

    @property
    def shown_length(self) -> timedelta:
        """The length between the labels; it differs from the real one where the clocks change."""
        return self.closes - self.opens


@dataclass(frozen=True, slots=True)
class DayClosure:
    """A holiday or another closure that concerns a date, and how much open time it took from that date."""

    closure: Closure
    takes: timedelta


@dataclass(frozen=True, slots=True)
class DaylightSavingChange:
    """The wall clocks went from `before` to `after`, both labels of one instant."""

    before: datetime
    after: datetime

    @property
    def goes_forward(self) -> bool:
        """Whether an hour or so is missing, rather than lived twice."""
        return self.after > self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """One local date; `usual` are the weekly hours that an override replaced."""

    date: date
    hours: tuple[OpenStretch, ...]
    closures: tuple[DayClosure, ...] = ()
    usual: tuple[Shift, ...] | None = None
    clock_change: DaylightSavingChange | None = None
    exists: bool = True

    @property
    def total(self) -> timedelta:
        """Open time of the date."""
        return sum((stretch.length for stretch in self.hours), NO_TIME)


@dataclass(frozen=True, slots=True)
class CalendarWeek:
    """Monday to Sunday of an ISO week, as a calendar counts it."""

    week: Week
    days: tuple[CalendarDay, ...]

    @property
    def total(self) -> timedelta:
        """Open time of the week."""
        return sum((day.total for day in self.days), NO_TIME)


def calendar_week(calendar: WorkingTime, week: Week) -> CalendarWeek:
    """Lay out an ISO week date by date, in the calendar's zone."""
    return CalendarWeek(week, tuple(_day(calendar, week.monday + number * ONE_DAY) for number in range(7)))


def _day(calendar: WorkingTime, on: date) -> CalendarDay:
    zone = calendar.tz
    midnight = datetime(on.year, on.month, on.day)  # noqa: DTZ001  a wall-clock label
    whole = Span(resolve(midnight, zone), resolve(midnight + ONE_DAY, zone))
    counting = calendar.at(whole.start) if isinstance(calendar, SplicedCalendar) else calendar
    return CalendarDay(
        date=on,
        hours=tuple(_hours(span, whole, zone) for span in union(calendar.open_spans(whole.start, whole.end))),
        closures=tuple(_closures(calendar, counting, whole, on)),
        usual=_usual(counting, on) if on in counting.overrides else None,
        clock_change=_clock_change(whole, zone),
        exists=bool(whole),
    )


def _hours(span: Span, whole: Span, zone: Zone) -> OpenStretch:
    """A span of a date; what reaches the date's end closes at the label `24:00`, whatever the clocks do then."""
    opens = _label(span.start, zone)
    if span.end < whole.end:
        return OpenStretch(opens, _label(span.end, zone), span.duration)
    first = _label(whole.start, zone)
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    return OpenStretch(opens, midnight + ONE_DAY, span.duration)


def _closures(calendar: WorkingTime, counting: Calendar, whole: Span, on: date) -> Iterator[DayClosure]:
    """The closures that took open time from the date, and those declared for it though nothing was open."""
    taken: dict[Closure, timedelta] = dict.fromkeys(counting.closures_on(on), NO_TIME)
    for closed in calendar.closures_between(whole.start, whole.end):
        taken[closed.closure] = taken.get(closed.closure, NO_TIME) + closed.span.duration
    return (DayClosure(closure, takes) for closure, takes in taken.items())


def _usual(counting: Calendar, on: date) -> tuple[Shift, ...]:
    return (WHOLE_DAY,) if counting.always else counting.hours[on.weekday()]


def _clock_change(whole: Span, zone: Zone) -> DaylightSavingChange | None:
    """The change of the zone's offset within a date, or at its very beginning; zones change once a day at most."""
    low, high = whole.start - ONE_SECOND, whole.end - ONE_SECOND
    before, after = _offset(low, zone), _offset(high, zone)
    if before == after:
        return None
    while high - low > ONE_SECOND:
        middle = low + (high - low) / 2
        low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
    changed = high.replace(microsecond=0)
    label = changed.replace(tzinfo=None)
    return DaylightSavingChange(label + before, label + after)


def _offset(at: datetime, zone: Zone) -> timedelta:
    return at.astimezone(zone).utcoffset() or NO_TIME


def _label(at: datetime, zone: Zone) -> datetime:
    return at.astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0)
