"""A calendar that was edited counts each stretch of time on the hours of its day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.time.calendar import Calendar, Closure
from sla_engine.domain.time.errors import CalendarNeverOpens
from sla_engine.domain.time.spans import Span
from sla_engine.domain.time.versioned_calendar import SplicedCalendar, spliced

WEEK = ("mon", "tue", "wed", "thu", "fri")
OFFICE = Calendar.weekly("UTC", {day: ["09:00-17:00"] for day in WEEK}, name="office")
LONGER = Calendar.weekly("UTC", {day: ["08:00-20:00"] for day in WEEK}, name="longer")
NIGHTS = Calendar.weekly("Europe/Berlin", {day: ["22:00-06:00"] for day in WEEK}, name="nights")
HOLIDAY = Calendar.weekly(
    "UTC", {day: ["09:00-17:00"] for day in WEEK}, closures=[Closure(date(2026, 3, 4), name="Founders' Day")]
)
CLOSED = Calendar("UTC", overrides={date(2026, 1, 5): ()})
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def at(day: int, clock: str) -> datetime:
    """`at(0, "09:30")` is Monday's half past nine."""
    hours, minutes = clock.split(":")
    return MONDAY + timedelta(days=day, hours=int(hours), minutes=int(minutes))


def edited(since: datetime, before: Calendar = OFFICE, after: Calendar = LONGER) -> SplicedCalendar:
    calendar = spliced([(MONDAY, before), (since, after)])
    assert isinstance(calendar, SplicedCalendar)
    return calendar


def test_time_before_an_edit_counts_on_the_hours_of_its_day() -> None:
    calendar = edited(at(1, "12:00"))
    assert calendar.elapsed(at(0, "00:00"), at(1, "00:00")) == timedelta(hours=8)
    assert calendar.elapsed(at(1, "00:00"), at(2, "00:00")) == timedelta(hours=3 + 8)
    assert calendar.elapsed(at(2, "00:00"), at(3, "00:00")) == timedelta(hours=12)


def test_an_edit_in_closed_time_moves_only_what_comes_after_it() -> None:
    calendar = edited(at(0, "22:00"), after=HOLIDAY)
    assert calendar.add(at(0, "09:00"), timedelta(hours=10)) == OFFICE.add(at(0, "09:00"), timedelta(hours=10))
    assert calendar.add(at(0, "09:00"), timedelta(hours=20)) == at(3, "13:00")


def test_used_up_exactly_at_an_edit_is_due_there() -> None:
    assert edited(at(0, "12:00")).add(at(0, "09:00"), timedelta(hours=3)) == at(0, "12:00")


def test_the_next_opening_may_lie_behind_an_edit() -> None:
    calendar = edited(at(1, "08:30"))
    assert calendar.next_open(at(0, "18:00")) == at(1, "08:30")
    assert calendar.next_open(at(0, "16:00")) == at(0, "16:00")
    assert calendar.next_open(at(1, "18:00")) == at(1, "18:00")


def test_a_calendar_that_never_opened_again_opens_with_the_edit() -> None:
    assert edited(at(1, "12:00"), before=CLOSED).next_open(at(0, "09:00")) == at(1, "12:00")


def test_a_calendar_that_an_edit_closes_for_good_is_refused() -> None:
    with pytest.raises(CalendarNeverOpens):
        edited(at(1, "12:00"), after=CLOSED).add(at(0, "09:00"), timedelta(hours=40))
    with pytest.raises(CalendarNeverOpens):
        edited(at(1, "12:00"), after=CLOSED).next_open(at(2, "09:00"))


def test_open_time_is_shown_up_to_the_edit_and_from_it_on() -> None:
    spans = list(edited(at(0, "12:00")).open_spans(at(0, "00:00"), at(1, "00:00")))
    assert spans == [Span(at(0, "09:00"), at(0, "12:00")), Span(at(0, "12:00"), at(0, "20:00"))]


def test_a_holiday_is_named_only_where_it_counts() -> None:
    known_late = edited(at(2, "12:00"), after=HOLIDAY)
    (closed,) = known_late.closures_between(at(2, "00:00"), at(3, "00:00"))
    assert (closed.span, closed.closure.name) == (Span(at(2, "12:00"), at(2, "17:00")), "Founders' Day")


def test_an_edit_that_changed_nothing_leaves_no_seam() -> None:
    assert spliced([(MONDAY, OFFICE), (at(1, "12:00"), OFFICE)]) is OFFICE


def test_the_zone_and_name_shown_are_the_latest() -> None:
    calendar = edited(at(1, "12:00"), after=NIGHTS)
    assert (calendar.zone, calendar.name, calendar.tz.key) == ("Europe/Berlin", "nights", "Europe/Berlin")
    assert (calendar.always, calendar.business_day, calendar.latest) == (False, None, NIGHTS)
    assert (calendar.local_date(at(0, "23:30")), calendar.local_date(at(2, "23:30"))) == (
        date(2026, 3, 2),
        date(2026, 3, 5),
    )


CALENDARS = st.sampled_from([OFFICE, LONGER, NIGHTS, HOLIDAY, Calendar.always_open("UTC")])
INSTANTS = st.integers(0, 21 * 24 * 12).map(lambda count: MONDAY + timedelta(minutes=5 * count))
AMOUNTS = st.integers(1, 60 * 60).map(lambda count: timedelta(minutes=count))


@st.composite
def edits(draw: st.DrawFn) -> Calendar | SplicedCalendar:
    seams = sorted(draw(st.sets(INSTANTS, max_size=3)))
    return spliced([(since, draw(CALENDARS)) for since in (MONDAY - timedelta(days=30), *seams)])


def counting(calendar: Calendar | SplicedCalendar, at: datetime) -> Calendar:
    return calendar.at(at) if isinstance(calendar, SplicedCalendar) else calendar


@given(edits(), INSTANTS, st.integers(0, 400))
def test_elapsed_is_the_sum_of_its_five_minutes(
    calendar: Calendar | SplicedCalendar, start: datetime, steps: int
) -> None:
    five = timedelta(minutes=5)
    pieces = [start + step * five for step in range(steps)]
    counted = sum((counting(calendar, at).elapsed(at, at + five) for at in pieces), timedelta())
    assert calendar.elapsed(start, start + steps * five) == counted


@given(edits(), INSTANTS, AMOUNTS)
def test_adding_finds_the_earliest_instant_with_that_much_open_time(
    calendar: Calendar | SplicedCalendar, start: datetime, amount: timedelta
) -> None:
    end = calendar.add(start, amount)
    assert calendar.elapsed(start, end) == amount
    assert calendar.elapsed(start, end - timedelta(microseconds=1)) < amount


@given(edits(), INSTANTS, AMOUNTS)
def test_subtracting_finds_the_latest_instant_with_that_much_open_time(
    calendar: Calendar | SplicedCalendar, end: datetime, amount: timedelta
) -> None:
    start = calendar.subtract(end, amount)
    assert calendar.elapsed(start, end) == amount
    assert calendar.elapsed(start + timedelta(microseconds=1), end) < amount
    assert calendar.add(end, -amount) == start


@given(edits(), INSTANTS)
def test_the_next_opening_is_open_and_nothing_before_it_is(
    calendar: Calendar | SplicedCalendar, start: datetime
) -> None:
    opening = calendar.next_open(start)
    assert calendar.is_open(opening)
    assert calendar.elapsed(start, opening) == timedelta()


@given(edits(), INSTANTS, AMOUNTS)
def test_the_open_spans_add_up_to_what_elapsed(
    calendar: Calendar | SplicedCalendar, start: datetime, length: timedelta
) -> None:
    spans = list(calendar.open_spans(start, start + length))
    assert sum((span.duration for span in spans), timedelta()) == calendar.elapsed(start, start + length)
    assert all(earlier.end <= later.start for earlier, later in pairwise(spans))
