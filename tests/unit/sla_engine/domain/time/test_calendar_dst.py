"""Calendars where the wall clock is not regular: gaps, repeated hours, half hours, missing dates."""

from datetime import date, datetime, timedelta

import pytest

from sla_engine.domain.time.calendar import Calendar, Closure, ClosureScope
from sla_engine.domain.time.closed_times import ClosedTime
from sla_engine.domain.time.spans import Span

ALL_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def daily(zone: str, *shifts: str) -> Calendar:
    return Calendar.weekly(zone, dict.fromkeys(ALL_DAYS, shifts))


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def hours(amount: float) -> timedelta:
    return timedelta(hours=amount)


@pytest.mark.parametrize(
    ("zone", "shift", "day", "expected_hours"),
    [
        pytest.param("America/New_York", "22:00-06:00", "2026-03-07", 7, id="night into the spring change"),
        pytest.param("America/New_York", "22:00-06:00", "2026-10-31", 9, id="night into the autumn change"),
        pytest.param("America/New_York", "22:00-06:00", "2026-06-10", 8, id="night in summer"),
        pytest.param("Europe/Berlin", "00:00-24:00", "2026-03-29", 23, id="a day of 23 hours"),
        pytest.param("Europe/Berlin", "00:00-24:00", "2026-10-25", 25, id="a day of 25 hours"),
        pytest.param("Europe/Berlin", "09:00-17:00", "2026-03-29", 8, id="office hours after the change"),
        pytest.param("Europe/Berlin", "02:30-05:00", "2026-03-29", 1.5, id="opens inside the gap: at 03:30"),
        pytest.param("Europe/Berlin", "01:00-02:30", "2026-03-29", 1.5, id="closes inside the gap: at 03:30"),
        pytest.param("Europe/Berlin", "02:15-02:45", "2026-03-29", 0.5, id="wholly inside the gap: pushed"),
        pytest.param("Europe/Berlin", "02:30-03:15", "2026-03-29", 0, id="pushed beyond its closing: dropped"),
        pytest.param("Europe/Berlin", "02:00-03:00", "2026-03-29", 0, id="exactly the gap: dropped"),
        pytest.param("Europe/Berlin", "02:30-05:00", "2026-10-25", 3.5, id="opens in the repeated hour: the first"),
        pytest.param("Europe/Berlin", "01:00-02:30", "2026-10-25", 1.5, id="closes in the repeated hour: the first"),
        pytest.param("Europe/Berlin", "02:15-02:45", "2026-10-25", 0.5, id="wholly in the repeated hour: the first"),
        pytest.param("Europe/Berlin", "02:00-03:00", "2026-10-25", 2, id="exactly the repeated hour: both"),
        pytest.param("America/Santiago", "00:00-24:00", "2026-09-06", 23, id="a day that begins at 01:00"),
        pytest.param("America/Santiago", "00:30-02:00", "2026-09-06", 0.5, id="opens in a gap at midnight"),
        pytest.param("America/Santiago", "20:00-00:30", "2026-09-05", 4.5, id="closes in a gap at midnight"),
        pytest.param("America/Santiago", "22:00-24:00", "2026-04-04", 3, id="the hour before midnight twice"),
        pytest.param("Australia/Lord_Howe", "00:00-24:00", "2026-10-04", 23.5, id="half an hour less"),
        pytest.param("Australia/Lord_Howe", "00:00-24:00", "2026-04-05", 24.5, id="half an hour more"),
        pytest.param("Australia/Lord_Howe", "02:15-04:00", "2026-10-04", 1.25, id="opens in the half hour's gap"),
        pytest.param("Asia/Kolkata", "09:00-17:30", "2026-03-02", 8.5, id="a zone of half an hour"),
        pytest.param("Africa/Casablanca", "00:00-24:00", "2026-02-15", 25, id="Ramadan begins"),
        pytest.param("Africa/Casablanca", "00:00-24:00", "2026-03-22", 23, id="Ramadan ends"),
        pytest.param("Asia/Tehran", "00:00-24:00", "2016-03-21", 23, id="a gap at midnight in Tehran"),
        pytest.param("Asia/Tehran", "00:00-24:00", "2015-09-21", 25, id="Tehran goes back"),
        pytest.param("Asia/Tehran", "00:00-24:00", "2024-03-21", 24, id="Tehran gave the change up"),
        pytest.param("Pacific/Apia", "09:00-17:00", "2011-12-29", 8, id="the last day before the date that never was"),
        pytest.param("Pacific/Apia", "22:00-06:00", "2011-12-29", 8, id="a night over the date that never was"),
        pytest.param("Pacific/Apia", "09:00-17:00", "2011-12-31", 8, id="the first day after it"),
    ],
)
def test_a_shift_lasts_its_real_hours(zone: str, shift: str, day: str, expected_hours: float) -> None:
    weekday = ALL_DAYS[date.fromisoformat(day).weekday()]
    calendar = Calendar.weekly(zone, {weekday: [shift]})
    around = calendar.resolve_local(f"{day} 12:00")
    assert calendar.elapsed(around - hours(36), around + hours(60)) == hours(expected_hours)


def test_a_date_that_does_not_exist_has_no_shifts_and_nothing_to_close() -> None:
    eve, after = instant("2011-12-29T00:00-10:00"), instant("2012-01-01T00:00+14:00")
    samoa = daily("Pacific/Apia", "09:00-17:00")
    assert samoa.elapsed(eve, after) == hours(16)
    assert samoa.add(instant("2011-12-29T16:00-10:00"), hours(2)) == instant("2011-12-31T10:00+14:00")
    never = date(2011, 12, 30)
    for closure in (Closure(never), Closure(never, 9 * 3600, 12 * 3600), Closure(never, scope=ClosureScope.SHIFT)):
        closed = Calendar.weekly("Pacific/Apia", dict.fromkeys(ALL_DAYS, ("09:00-17:00",)), closures=[closure])
        assert closed.elapsed(eve, after) == hours(16)
    only_friday = Calendar.weekly("Pacific/Apia", {"fri": ["09:00-17:00"]})
    assert only_friday.elapsed(eve, after) == hours(0)  # 30 December 2011 would have been a Friday


def test_a_closure_after_the_date_that_never_was_takes_the_rest_of_the_night_before_it() -> None:
    new_years_eve = Closure(date(2011, 12, 31))
    night = Calendar.weekly("Pacific/Apia", {"thu": ["22:00-06:00"]}, closures=[new_years_eve])
    eve, after = instant("2011-12-29T12:00-10:00"), instant("2012-01-01T12:00+14:00")
    midnight = instant("2011-12-31T00:00+14:00")
    assert night.elapsed(eve, after) == hours(2)
    assert night.closures_between(eve, after) == [ClosedTime(Span(midnight, midnight + hours(6)), new_years_eve)]


def test_a_closure_over_the_date_that_never_was_takes_hours_after_it() -> None:
    night = Closure(date(2011, 12, 29), 22 * 3600, 6 * 3600)
    early = Calendar.weekly("Pacific/Apia", {"sat": ["05:00-07:00"]}, closures=[night])
    eve, after = instant("2011-12-29T12:00-10:00"), instant("2012-01-01T12:00+14:00")
    five = instant("2011-12-31T05:00+14:00")
    assert early.elapsed(eve, after) == hours(1)
    assert early.closures_between(eve, after) == [ClosedTime(Span(five, five + hours(1)), night)]


def test_friday_came_back_a_week_later_in_samoa() -> None:
    only_friday = Calendar.weekly("Pacific/Apia", {"fri": ["09:00-17:00"]})
    assert only_friday.next_open(instant("2011-12-29T00:00-10:00")) == instant("2012-01-06T09:00+14:00")


def test_a_holiday_closes_a_day_of_25_hours_whole() -> None:
    calendar = Calendar.weekly(
        "Europe/Berlin", dict.fromkeys(ALL_DAYS, ("00:00-24:00",)), closures=[Closure(date(2026, 10, 25))]
    )
    assert calendar.elapsed(instant("2026-10-24T00:00+02:00"), instant("2026-10-27T00:00+01:00")) == hours(48)
    assert not calendar.is_open(instant("2026-10-25T23:59+01:00"))
    assert calendar.is_open(instant("2026-10-26T00:00+01:00"))


def test_days_tile_without_a_seam_through_every_change() -> None:
    for zone in ("Europe/Berlin", "America/Santiago", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia"):
        tiled = Calendar.weekly(zone, dict.fromkeys(ALL_DAYS, ("00:00-12:00", "12:00-24:00")))
        for year in (2006, 2011, 2026):
            start = instant(f"{year}-01-01T00:00+00:00")
            spans = list(tiled.open_spans(start, start + timedelta(days=365)))
            assert [span.duration for span in spans] == [timedelta(days=365)], (zone, year)


def test_a_due_time_over_the_change_counts_real_hours() -> None:
    nights = daily("America/New_York", "22:00-06:00")
    assert nights.add(instant("2026-10-31T23:00-04:00"), hours(5)) == instant("2026-11-01T03:00-05:00")
    assert nights.add(instant("2026-03-07T23:00-05:00"), hours(5)) == instant("2026-03-08T05:00-04:00")
    always = Calendar.always_open("Europe/Berlin")
    assert always.add(instant("2026-03-28T12:00+01:00"), hours(24)) == instant("2026-03-29T13:00+02:00")


@pytest.mark.parametrize(
    ("zone", "label", "expected"),
    [
        ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29T03:30+02:00"),
        ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25T02:30+02:00"),
        ("America/Sao_Paulo", "2015-10-17 24:00", "2015-10-18T01:00-02:00"),
    ],
)
def test_a_calendar_resolves_labels_in_its_zone(zone: str, label: str, expected: str) -> None:
    calendar = daily(zone, "09:00-17:00")
    assert calendar.resolve_local(label) == instant(expected)
    if "24:00" not in label:
        assert calendar.resolve_local(datetime.fromisoformat(label)) == instant(expected)


def test_a_long_shift_far_west_reaches_over_the_turn_of_the_utc_year() -> None:
    tuesday = Calendar.weekly("Pacific/Honolulu", {"tue": ["20:00-19:00"]})  # 30 December 2025 is a Tuesday
    assert tuesday.elapsed(instant("2025-12-30T00:00Z"), instant("2026-01-03T00:00Z")) == hours(23)
    assert not tuesday.is_open(instant("2025-12-31T05:59Z"))
    assert tuesday.is_open(instant("2026-01-01T04:59Z"))
    closed = Calendar.weekly(
        "Pacific/Honolulu",
        dict.fromkeys(ALL_DAYS, ("00:00-24:00",)),
        closures=[Closure(date(2025, 12, 30), 20 * 3600, 19 * 3600)],
    )
    assert closed.elapsed(instant("2025-12-30T00:00Z"), instant("2026-01-03T00:00Z")) == hours(96 - 23)
