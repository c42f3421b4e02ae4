"""The count itself, where the answer can be said without counting."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.oracle.minute_count import MICROSECOND, MINUTE_MICROSECONDS, MinuteCount
from tests.oracle.written_calendars import WrittenCalendar, closed, every_day, nights_off, partly

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def count_of(zone: str, *shifts: str, **more: object) -> MinuteCount:
    year = int(str(more.pop("year", 2026)))
    written = WrittenCalendar(name="", zone=zone, years=(year, year), week=every_day(*shifts), **more)  # type: ignore[arg-type]
    return MinuteCount.of(written)


def at(count: MinuteCount, text: str) -> int:
    return (datetime.fromisoformat(text) - count.begin) // MICROSECOND


@pytest.mark.parametrize(
    ("shift", "start", "end", "minutes"),
    [
        pytest.param("09:00-17:00", "2026-03-02T08:00+01:00", "2026-03-02T18:00+01:00", 480, id="a day"),
        pytest.param("22:00-06:00", "2026-03-28T12:00+01:00", "2026-03-29T12:00+02:00", 420, id="a short night"),
        pytest.param("22:00-06:00", "2026-10-24T12:00+02:00", "2026-10-25T12:00+01:00", 540, id="a long night"),
        pytest.param("02:30-03:15", "2026-03-28T12:00+01:00", "2026-03-29T12:00+02:00", 0, id="empty in the gap"),
        pytest.param("02:30-05:00", "2026-03-28T12:00+01:00", "2026-03-29T12:00+02:00", 90, id="opens in the gap"),
        pytest.param("02:15-02:45", "2026-10-24T12:00+02:00", "2026-10-25T12:00+01:00", 30, id="the first of two"),
        pytest.param("02:00-03:00", "2026-10-24T12:00+02:00", "2026-10-25T12:00+01:00", 120, id="both"),
    ],
)
def test_the_count_of_a_berlin_night_is_known(shift: str, start: str, end: str, minutes: int) -> None:
    count = count_of("Europe/Berlin", shift)
    assert count.elapsed(at(count, start), at(count, end)) == minutes * MINUTE_MICROSECONDS


def test_a_label_means_its_first_showing_and_one_jumped_over_what_came_as_much_later() -> None:
    count = count_of("Europe/Berlin", "09:00-17:00")
    assert count.instant(count.meant(SPRING, 2 * 60 + 30)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert count.instant(count.meant(AUTUMN, 2 * 60 + 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert count.instant(count.meant(AUTUMN, 24 * 60)) == datetime(2026, 10, 25, 23, 0, tzinfo=UTC)


def test_a_date_that_never_was_has_no_shifts() -> None:
    count = count_of("Pacific/Apia", "09:00-17:00", year=2011)
    assert date(2011, 12, 30) not in count.clock.dates
    eve, after = at(count, "2011-12-29T00:00-10:00"), at(count, "2011-12-31T23:00+14:00")
    assert count.elapsed(eve, after) == 16 * 60 * MINUTE_MICROSECONDS


def test_closures_take_dates_parts_and_whole_shifts() -> None:
    closures = (*closed("2026-05-01"), partly("2026-05-04", "22:00-23:00"), *nights_off("2026-05-10"))
    count = count_of("Europe/Berlin", "22:00-06:00", closures=closures)
    nights = {
        day: count.elapsed(at(count, f"2026-{day}T12:00+02:00"), at(count, f"2026-{day}T12:00+02:00") + 86_400_000_000)
        for day in ("04-30", "05-01", "05-02", "05-04", "05-09", "05-10")
    }
    hours = {day: found / MINUTE_MICROSECONDS / 60 for day, found in nights.items()}
    assert hours == {"04-30": 2, "05-01": 6, "05-02": 8, "05-04": 7, "05-09": 8, "05-10": 0}


def test_edges_are_half_open_whichever_way_one_looks() -> None:
    count = count_of("UTC", "09:00-17:00")
    nine, five, next_nine = (
        at(count, f"2026-03-{day}T{hour}:00Z") for day, hour in (("02", "09"), ("02", 17), ("03", "09"))
    )
    eight_hours = five - nine
    assert (count.is_open(nine), count.is_open(five), count.is_open(five - 1)) == (True, False, True)
    assert count.add(nine, eight_hours) == count.add(nine - 1, eight_hours) == five
    assert count.add(nine, eight_hours + 1) == next_nine + 1
    assert count.subtract(five, eight_hours) == count.subtract(next_nine, eight_hours) == nine
    assert count.subtract(five, eight_hours - 1) == nine + 1
    assert (count.next_open(five), count.prev_close(five), count.prev_close(next_nine)) == (next_nine, five, five)
    assert (count.next_open(nine), count.prev_close(nine + 1)) == (nine, nine + 1)
    assert count.elapsed(nine + 7, five + 5) == eight_hours - 7
    assert count.elapsed(five, nine) == 0
    assert count.spans(nine, next_nine) == [(nine, five)]


def test_a_wall_clock_that_shows_seconds_at_a_whole_minute_is_refused() -> None:
    with pytest.raises(ValueError, match="minutes cannot count that"):
        count_of("Africa/Monrovia", "09:00-17:00", year=1971)


def test_minutes_of_two_calendars_are_joined_at_an_instant() -> None:
    early, late = count_of("UTC", "06:00-12:00"), count_of("UTC", "12:00-20:00")
    joined = early.until(noon := at(early, "2026-03-02T11:00Z"), late)
    assert joined.elapsed(noon - 6 * 3600 * 10**6, noon + 3 * 3600 * 10**6) == timedelta(hours=7) // MICROSECOND
