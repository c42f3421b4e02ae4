"""Laws of open time on random calendars, against a count that knows nothing of spans or offsets.

The count walks a wall clock minute by minute, notes when each label was first shown, and from that alone decides
which minutes are open. It shares no code with the engine.
"""

import random
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from zoneinfo import ZoneInfo

import workclock
from hypothesis import given, settings
from hypothesis import strategies as st

from sla_engine.domain.time.calendar import Calendar, Closure, ClosureScope, Shift

MINUTE = timedelta(minutes=1)
ZERO = timedelta()
DAY_MINUTES = 1440
WALKED_DAYS = 16
MARGIN_DAYS = 4  # labels of the first and last days may lie outside the walk: only the middle is judged

# Where walks start: each has a change of the wall clock about eight days later, or of the year.
WALKS = {
    "Europe/Berlin spring": ("Europe/Berlin", date(2026, 3, 21)),
    "Europe/Berlin autumn": ("Europe/Berlin", date(2026, 10, 17)),
    "New York spring": ("America/New_York", date(2026, 2, 28)),
    "New York autumn": ("America/New_York", date(2026, 10, 24)),
    "Santiago spring": ("America/Santiago", date(2026, 8, 29)),
    "Santiago autumn": ("America/Santiago", date(2026, 3, 28)),
    "St John's autumn": ("America/St_Johns", date(2006, 10, 21)),
    "Lord Howe spring": ("Australia/Lord_Howe", date(2026, 9, 26)),
    "Lord Howe autumn": ("Australia/Lord_Howe", date(2026, 3, 28)),
    "Casablanca, Ramadan": ("Africa/Casablanca", date(2026, 2, 7)),
    "Tehran spring": ("Asia/Tehran", date(2016, 3, 13)),
    "Apia, a date skipped": ("Pacific/Apia", date(2011, 12, 22)),
    "Kolkata over new year": ("Asia/Kolkata", date(2025, 12, 24)),
    "UTC over new year": ("UTC", date(2025, 12, 24)),
    "Honolulu over new year": ("Pacific/Honolulu", date(2025, 12, 24)),
    "Kiritimati over new year": ("Pacific/Kiritimati", date(2025, 12, 24)),
}


@dataclass(frozen=True)
class Written:
    """A calendar as somebody wrote it: minutes of the day, nothing else."""

    walk: str
    week: tuple[tuple[tuple[int, int], ...], ...]
    whole: Mapping[date, ClosureScope] = field(default_factory=dict)
    parts: tuple[tuple[date, int, int], ...] = ()
    overrides: Mapping[date, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    @property
    def start(self) -> datetime:
        """The first instant that is judged."""
        first = WALKS[self.walk][1] + timedelta(days=MARGIN_DAYS)
        return datetime.combine(first, time(), UTC)

    @property
    def minutes(self) -> int:
        """How many minutes are judged."""
        return (WALKED_DAYS - 2 * MARGIN_DAYS) * DAY_MINUTES

    @property
    def end(self) -> datetime:
        return self.start + self.minutes * MINUTE

    def calendar(self) -> Calendar:
        """The same calendar, for the engine."""
        return Calendar(
            WALKS[self.walk][0],
            hours=tuple(_shifts(shifts) for shifts in self.week),
            closures=(
                *(Closure(day, scope=scope) for day, scope in self.whole.items()),
                *(Closure(day, opens * 60, closes * 60) for day, opens, closes in self.parts),
            ),
            overrides={day: _shifts(shifts) for day, shifts in self.overrides.items()},
        )

    @cached_property
    def open_minutes(self) -> list[int]:
        """The judged minutes that are open, counted from `start`."""
        shown = labels_shown(self.walk)
        open_now: set[int] = set()
        for day in shown.dates:
            if self.whole.get(day) is not ClosureScope.SHIFT:
                for opens, closes in self.overrides.get(day, self.week[day.weekday()]):
                    open_now.update(shown.between(day, opens, closes))
        for day, scope in self.whole.items():
            if scope is ClosureScope.DATE and day in shown.dates:
                open_now.difference_update(shown.between(day, 0, DAY_MINUTES))
        for day, opens, closes in self.parts:
            if day in shown.dates:
                open_now.difference_update(shown.between(day, opens, closes))
        lead = MARGIN_DAYS * DAY_MINUTES
        return sorted(minute - lead for minute in open_now if lead <= minute < lead + self.minutes)


def _shifts(pairs: tuple[tuple[int, int], ...]) -> tuple[Shift, ...]:
    return tuple(Shift(opens * 60, closes * 60) for opens, closes in pairs)


@dataclass(frozen=True)
class Shown:
    """When each label of a walk was first shown, in minutes of the walk, and which dates there were."""

    first: Mapping[datetime, int]
    dates: frozenset[date]

    def between(self, day: date, opens: int, closes: int) -> range:
        """The minutes from one label to another, which lies on the next day if it is not later."""
        midnight = datetime.combine(day, time())
        last = closes if closes > opens else closes + DAY_MINUTES
        return range(self._minute(midnight + opens * MINUTE), self._minute(midnight + last * MINUTE))

    def _minute(self, label: datetime) -> int:
        return self.first.get(label, WALKED_DAYS * DAY_MINUTES)


@cache
def labels_shown(walk: str) -> Shown:
    """Watch the wall clock for a whole walk; a label it jumped over counts as that much later."""
    zone_name, first_date = WALKS[walk]
    zone = ZoneInfo(zone_name)
    begin = datetime.combine(first_date, time(), UTC)
    first: dict[datetime, int] = {}
    dates: set[date] = set()
    jumps: list[tuple[datetime, timedelta]] = []
    before: datetime | None = None
    for minute in range(WALKED_DAYS * DAY_MINUTES):
        label = (begin + minute * MINUTE).astimezone(zone).replace(tzinfo=None)
        if before is not None and label > before + MINUTE:
            jumps.append((before + MINUTE, label - before - MINUTE))
        first.setdefault(label, minute)
        dates.add(label.date())
        before = label
    for missing, gap in jumps:
        for step in range(gap // MINUTE):
            first[missing + step * MINUTE] = first[missing + step * MINUTE + gap]
    return Shown(first, frozenset(dates))


TIMES = st.integers(0, 95).map(lambda quarter: quarter * 15)
NIGHT_TIMES = st.integers(0, 16).map(lambda quarter: quarter * 15)  # where wall clocks are changed
OPENINGS = st.one_of(TIMES, NIGHT_TIMES)
CLOSINGS = st.one_of(TIMES, NIGHT_TIMES, st.just(DAY_MINUTES))
DAY_SHIFTS = st.lists(st.tuples(OPENINGS, CLOSINGS), max_size=3).map(tuple)


@st.composite
def written_calendars(draw: st.DrawFn) -> Written:
    walk = draw(st.sampled_from(sorted(WALKS)))
    first = WALKS[walk][1]
    days = st.integers(2, WALKED_DAYS - 2).map(lambda offset: first + timedelta(days=offset))
    return Written(
        walk=walk,
        week=draw(st.tuples(*[DAY_SHIFTS] * 7)),
        whole=draw(st.dictionaries(days, st.sampled_from(ClosureScope), max_size=2)),
        parts=tuple(draw(st.lists(st.tuples(days, OPENINGS, CLOSINGS), max_size=2))),
        overrides=draw(st.dictionaries(days, DAY_SHIFTS, max_size=2)),
    )


@given(written_calendars(), st.data())
@settings(max_examples=150)
def test_open_time_is_what_a_count_minute_by_minute_finds(written: Written, data: st.DataObject) -> None:
    calendar, minutes = written.calendar(), written.open_minutes
    answers = [
        minute
        for span in calendar.open_spans(written.start, written.end)
        for minute in range((span.start - written.start) // MINUTE, (span.end - written.start) // MINUTE)
    ]
    assert answers == minutes

    within = st.integers(0, written.minutes)
    a, b = sorted((data.draw(within), data.draw(within)))
    start, end = written.start + a * MINUTE, written.start + b * MINUTE
    before_a, before_b = bisect_left(minutes, a), bisect_left(minutes, b)
    assert calendar.elapsed(start, end) == (before_b - before_a) * MINUTE
    assert calendar.is_open(start) is (a in minutes)
    if before_b > before_a:
        amount = data.draw(st.integers(1, before_b - before_a))
        last_used = minutes[before_a + amount - 1]
        assert calendar.add(start, amount * MINUTE) == written.start + (last_used + 1) * MINUTE
        assert calendar.next_open(start) == written.start + minutes[before_a] * MINUTE
        first_used = minutes[before_b - amount]
        assert calendar.subtract(end, amount * MINUTE) == written.start + first_used * MINUTE
        assert calendar.prev_close(end) == written.start + (minutes[before_b - 1] + 1) * MINUTE


@given(written_calendars(), st.data())
@settings(max_examples=100)
def test_the_hours_that_closures_took_are_open_without_them(written: Written, data: st.DataObject) -> None:
    calendar = written.calendar()
    bare = Written(walk=written.walk, week=written.week, overrides=written.overrides)
    reopened = set(bare.open_minutes) - set(written.open_minutes)
    start = data.draw(st.integers(0, written.minutes))
    taken = {
        minute
        for closed in calendar.closures_between(written.start + start * MINUTE, written.end)
        for minute in range((closed.span.start - written.start) // MINUTE, (closed.span.end - written.start) // MINUTE)
    }
    whole_shifts = any(scope is ClosureScope.SHIFT for scope in written.whole.values())
    wanted = {minute for minute in reopened if minute >= start}
    # A shift closed whole may overlap another one that stays open: what it took is then more than what was lost.
    assert taken >= wanted
    assert whole_shifts or taken == wanted


SOME_CALENDARS = written_calendars().filter(lambda written: any(written.week)).map(Written.calendar)
INSTANTS = st.datetimes(
    datetime(2024, 1, 1),  # noqa: DTZ001  Hypothesis wants the bounds without a zone
    datetime(2028, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
SHORT = st.timedeltas(timedelta(microseconds=1), timedelta(hours=100))
LONG = st.timedeltas(ZERO, timedelta(days=500))


def has_open_time(calendar: Calendar) -> bool:
    start = datetime(2024, 6, 1, tzinfo=UTC)  # a day's only shift may still fall into a gap and be dropped
    return calendar.elapsed(start, start + timedelta(days=7)) > timedelta(minutes=10)


@given(SOME_CALENDARS, INSTANTS, LONG, LONG)
@settings(max_examples=60)
def test_elapsed_adds_up_and_never_exceeds_real_time(
    calendar: Calendar, start: datetime, first: timedelta, second: timedelta
) -> None:
    middle, end = start + first, start + first + second
    whole = calendar.elapsed(start, end)
    assert calendar.elapsed(start, middle) + calendar.elapsed(middle, end) == whole
    assert ZERO <= whole <= end - start
    assert sum((span.duration for span in calendar.open_spans(start, end)), ZERO) == whole
    assert calendar.elapsed(end, start) == ZERO


@given(SOME_CALENDARS.filter(has_open_time), INSTANTS, SHORT)
@settings(max_examples=60)
def test_add_is_the_earliest_instant_and_subtract_the_latest(
    calendar: Calendar, start: datetime, amount: timedelta
) -> None:
    tick = timedelta(microseconds=1)
    due = calendar.add(start, amount)
    assert calendar.elapsed(start, due) == amount
    assert calendar.elapsed(start, due - tick) == amount - tick
    since = calendar.subtract(start, amount)
    assert calendar.elapsed(since, start) == amount
    assert calendar.elapsed(since + tick, start) == amount - tick


@given(SOME_CALENDARS.filter(has_open_time), INSTANTS, SHORT)
@settings(max_examples=60)
def test_subtract_undoes_add_and_openings_agree(calendar: Calendar, start: datetime, amount: timedelta) -> None:
    due = calendar.add(start, amount)
    assert calendar.subtract(due, amount) == calendar.next_open(start)
    assert calendar.add(calendar.subtract(start, amount), amount) == calendar.prev_close(start)
    opening, closing = calendar.next_open(start), calendar.prev_close(start)
    assert closing <= start <= opening
    assert calendar.is_open(opening)
    assert calendar.elapsed(closing, opening) == ZERO
    assert calendar.is_open(start) is (opening == start)


def test_another_engine_agrees_on_random_pairs(seed: int) -> None:
    """`workclock` has the same policy for gaps, repeated hours and holidays; closures of a part are its breaks."""
    draw = random.Random(seed)
    for _ in range(40):
        zone = draw.choice(["Europe/Berlin", "America/New_York", "America/Santiago", "Asia/Kolkata", "UTC"])
        shifts = [
            (day, draw.randrange(0, 96) * 15, draw.randrange(0, 96) * 15)
            for day in draw.sample(range(7), 5)
            for _ in range(draw.choice([1, 1, 2]))
        ]
        holidays = [date(2026, 1, 1) + timedelta(days=draw.randrange(365)) for _ in range(6)]
        theirs = workclock.Schedule(
            [
                *(workclock.WorkDay(_time(opens), _time(closes), days=[day]) for day, opens, closes in shifts),
                workclock.Holidays(holidays),
            ],
            time_zone=zone,
        )
        week = tuple(tuple(Shift(o * 60, c * 60) for day, o, c in shifts if day == weekday) for weekday in range(7))
        ours = Calendar(zone, hours=week, closures=tuple(Closure(day) for day in holidays))
        for _ in range(25):
            start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=draw.randrange(365 * 86_400))
            end = start + timedelta(seconds=draw.randrange(40 * 86_400))
            amount = timedelta(seconds=draw.randrange(1, 80 * 3600))
            assert ours.elapsed(start, end) == theirs.between(start, end), (zone, shifts, holidays, start, end)
            assert ours.add(start, amount) == theirs.add(start, amount), (zone, shifts, holidays, start, amount)
            assert ours.subtract(start, amount) == theirs.sub(start, amount), (zone, shifts, holidays, start, amount)


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)
