from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.time.calendar import Calendar, Closure, ClosureScope
from sla_engine.domain.time.calendar_week import CalendarDay, DayClosure, calendar_week
from sla_engine.domain.time.shifts import WEEKDAYS, Shift
from sla_engine.domain.time.versioned_calendar import spliced
from sla_engine.domain.time.weeks import Week

HOUR = timedelta(hours=1)
WORKDAYS = WEEKDAYS[:5]


def nights(zone: str) -> Calendar:
    return Calendar.weekly(zone, {day: ["22:00-06:00"] for day in WEEKDAYS})


def shown(day: CalendarDay) -> list[str]:
    """`22:00-24:00`, with the real length where it is another one."""
    return [
        f"{stretch.opens:%H:%M}-{'24:00' if stretch.closes.date() > day.date else f'{stretch.closes:%H:%M}'}"
        + ("" if stretch.length == stretch.shown_length else f" really {stretch.length / HOUR:g}h")
        for stretch in day.hours
    ]


def day_of(calendar: Calendar, on: date) -> CalendarDay:
    return calendar_week(calendar, Week.of_day(on)).days[on.weekday()]


def test_a_week_runs_from_monday_to_sunday_and_counts_what_is_open() -> None:
    office = Calendar.weekly("Europe/Berlin", {day: ["08:00-12:00", "13:00-17:30"] for day in WORKDAYS})
    drawn = calendar_week(office, Week(2026, 10))
    assert [day.date.day for day in drawn.days] == [2, 3, 4, 5, 6, 7, 8]
    assert shown(drawn.days[0]) == ["08:00-12:00", "13:00-17:30"]
    assert (drawn.days[0].total, drawn.days[6].total, drawn.total) == (8.5 * HOUR, timedelta(), 42.5 * HOUR)


def test_a_night_is_shown_on_both_of_its_dates() -> None:
    assert shown(day_of(nights("Europe/Berlin"), date(2026, 3, 4))) == ["00:00-06:00", "22:00-24:00"]


@pytest.mark.parametrize(
    ("zone", "on", "hours", "change"),
    [
        ("Europe/Berlin", date(2026, 3, 29), ["00:00-06:00 really 5h", "22:00-24:00"], "02:00 to 03:00"),
        ("Europe/Berlin", date(2026, 10, 25), ["00:00-06:00 really 7h", "22:00-24:00"], "03:00 to 02:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), ["00:00-06:00 really 5.5h", "22:00-24:00"], "02:00 to 02:30"),
        ("America/Santiago", date(2026, 9, 6), ["01:00-06:00", "22:00-24:00"], "00:00 to 01:00"),
        ("America/Santiago", date(2026, 4, 4), ["00:00-06:00", "22:00-24:00 really 3h"], "00:00 to 23:00"),
        ("America/Santiago", date(2026, 4, 5), ["00:00-06:00", "22:00-24:00"], None),
    ],
    ids=["an hour missing", "an hour twice", "half an hour", "midnight missing", "midnight back", "the day after"],
)
def test_a_date_with_a_clock_change_shows_real_lengths(
    zone: str, on: date, hours: list[str], change: str | None
) -> None:
    day = day_of(nights(zone), on)
    assert shown(day) == hours
    clock_change = day.clock_change
    labels = None if clock_change is None else f"{clock_change.before:%H:%M} to {clock_change.after:%H:%M}"
    assert labels == change
    assert clock_change is None or clock_change.goes_forward == (clock_change.after > clock_change.before)


def test_a_date_that_the_zone_skipped_has_nothing() -> None:
    apia = Calendar.always_open("Pacific/Apia")
    skipped = day_of(apia, date(2011, 12, 30))
    assert (skipped.exists, skipped.hours, skipped.clock_change) == (False, (), None)
    assert day_of(apia, date(2011, 12, 31)).total == 24 * HOUR


def test_closures_say_how_much_they_took_and_those_that_took_nothing_are_named_too() -> None:
    eve = Closure(date(2026, 12, 24), opens=12 * 3600, closes=24 * 3600, name="Office closes at noon")
    feast = Closure(date(2026, 12, 26), name="Second Day of Christmas")
    office = Calendar.weekly("UTC", {day: ["08:00-16:00"] for day in WORKDAYS}, closures=[eve, feast])
    assert day_of(office, eve.date).closures == (DayClosure(eve, 4 * HOUR),)
    assert shown(day_of(office, eve.date)) == ["08:00-12:00"]
    assert day_of(office, feast.date).closures == (DayClosure(feast, timedelta()),)


def test_a_closure_that_takes_the_morning_of_the_next_date_is_named_there() -> None:
    strike = Closure(date(2026, 3, 4), name="Strike", scope=ClosureScope.SHIFT)
    calendar = Calendar.weekly("UTC", {day: ["22:00-06:00"] for day in WEEKDAYS}, closures=[strike])
    assert day_of(calendar, date(2026, 3, 4)).closures == (DayClosure(strike, 2 * HOUR),)
    assert day_of(calendar, date(2026, 3, 5)).closures == (DayClosure(strike, 6 * HOUR),)


def test_an_override_shows_the_usual_hours_it_replaced() -> None:
    office = Calendar.weekly("UTC", {"mon": ["08:00-16:00"]}, overrides={date(2026, 3, 2): ["10:00-12:00"]})
    day = day_of(office, date(2026, 3, 2))
    assert (shown(day), day.usual) == (["10:00-12:00"], (Shift.of("08:00", "16:00"),))
    assert day_of(office, date(2026, 3, 3)).usual is None
    always = Calendar("UTC", always=True, overrides={date(2026, 3, 2): (Shift.of("10:00", "12:00"),)})
    assert day_of(always, date(2026, 3, 2)).usual == (Shift.of("00:00", "24:00"),)


def test_an_edited_calendar_shows_each_day_as_it_counted() -> None:
    before = Calendar.weekly("UTC", {day: ["08:00-16:00"] for day in WEEKDAYS})
    after = Calendar.weekly("UTC", {day: ["10:00-18:00"] for day in WEEKDAYS}, overrides={date(2026, 3, 8): []})
    drawn = calendar_week(
        spliced([(datetime.min.replace(tzinfo=UTC), before), (datetime(2026, 3, 4, 12, tzinfo=UTC), after)]),
        Week(2026, 10),
    )
    assert [shown(day) for day in drawn.days[1:4]] == [["08:00-16:00"], ["08:00-18:00"], ["10:00-18:00"]]
    assert (drawn.days[6].usual, drawn.days[6].hours) == ((Shift.of("10:00", "18:00"),), ())


@given(
    zone=st.sampled_from(["Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata"]),
    number=st.integers(1, 52),
    year=st.integers(2009, 2035),
)
def test_the_days_of_a_week_add_up_to_its_open_time(zone: str, number: int, year: int) -> None:
    calendar, week = nights(zone), Week(year, number)
    assert calendar_week(calendar, week).total == calendar.elapsed(*week.span(zone=zone))
