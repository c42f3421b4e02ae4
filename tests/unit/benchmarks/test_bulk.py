"""The bulk arithmetic gives, row by row, the answers of `Calendar`; these are judged elsewhere."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks import bulk
from benchmarks.bulk import BulkCalendar, instant, micros
from sla_engine.domain.time.calendar import Calendar, CalendarNeverOpens, Closure, ClosureScope, Shift
from sla_engine.domain.time.versioned_calendar import SplicedCalendar, spliced

WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
ALL_DAYS = (*WORKDAYS, "sat", "sun")
HOUR = timedelta(hours=1) // timedelta(microseconds=1)
DAY = 24 * HOUR
HOLIDAYS = (Closure(date(2026, 5, 1)), Closure(date(2026, 12, 24), 12 * 3600, 24 * 3600), Closure(date(2027, 1, 1)))
OFFICE = Calendar.weekly("Europe/Berlin", dict.fromkeys(WORKDAYS, ("08:00-12:00", "13:00-17:30")), closures=HOLIDAYS)
NIGHTS = Calendar.weekly(
    "America/New_York",
    dict.fromkeys(WORKDAYS, ("22:00-06:00",)),
    closures=(Closure(date(2026, 11, 26), scope=ClosureScope.SHIFT),),
)
ALWAYS = Calendar.always_open("Asia/Kolkata")
FIVE_MINUTES = Calendar.weekly("UTC", {"mon": [f"{hour:02}:00-{hour:02}:05" for hour in range(24)]}, name="5 minutes")
SEVEN_PIECES = [
    *((datetime(2026, month, 1, 12, 30, tzinfo=UTC), (OFFICE, NIGHTS, ALWAYS)[month % 3]) for month in range(1, 7)),
    (datetime(2026, 7, 1, tzinfo=UTC), OFFICE),
]
CALENDARS: Sequence[Calendar | SplicedCalendar] = (
    OFFICE,
    Calendar.weekly("Europe/Berlin", {"sun": ["02:30-03:30", "01:00-02:15"], "sat": ["22:00-02:30"]}),
    NIGHTS,
    ALWAYS,
    Calendar.weekly("America/Santiago", dict.fromkeys(ALL_DAYS, ("00:00-08:00",))),
    Calendar.weekly("Australia/Lord_Howe", dict.fromkeys(ALL_DAYS, ("01:45-02:15", "09:00-17:00"))),
    Calendar.weekly("Asia/Kolkata", dict.fromkeys(WORKDAYS, ("09:30-18:30",))),
    Calendar.weekly("Africa/Casablanca", dict.fromkeys(ALL_DAYS, ("02:00-03:00", "20:00-04:00"))),
    FIVE_MINUTES,
    Calendar("UTC", always=True, closures=HOLIDAYS),
    Calendar("UTC", hours=OFFICE.hours, overrides={date(2026, 7, 4): (Shift.parse("10:00-11:00"),)}),
    spliced(SEVEN_PIECES),
)


def columns(rows: int, *, seed: int, span: timedelta = timedelta(days=500)) -> tuple[NDArray[np.int64], ...]:
    """Starts, ends and amounts: half of the instants on a quarter of an hour, where shifts begin and end."""
    chosen = np.random.default_rng(seed)
    first, length = micros(datetime(2025, 12, 20, tzinfo=UTC)), span // timedelta(microseconds=1)
    starts, ends = first + chosen.integers(0, length, rows), first + chosen.integers(0, length, rows)
    amounts = np.exp(chosen.uniform(0, np.log(600 * HOUR), rows)).astype(np.int64)
    on_the_quarter = chosen.random(rows) < 0.5
    quarter = HOUR // 4
    for column in (starts, ends, amounts):
        column[on_the_quarter] -= column[on_the_quarter] % quarter
    return starts, ends, np.maximum(amounts, 1)


@pytest.mark.parametrize("seed", range(3))
def test_every_row_is_what_its_calendar_answers(seed: int) -> None:
    starts, ends, amounts = columns(4000, seed=seed)
    which = np.random.default_rng(seed).integers(0, len(CALENDARS), len(starts))
    many = BulkCalendar(CALENDARS)
    due, counted = many.add(starts, amounts, which=which), many.elapsed(starts, ends, which=which)
    for row, calendar in enumerate(CALENDARS[place] for place in which):
        start = instant(int(starts[row]))
        assert instant(int(due[row])) == calendar.add(start, timedelta(microseconds=int(amounts[row])))
        elapsed = calendar.elapsed(start, instant(int(ends[row])))
        assert timedelta(microseconds=int(counted[row])) == elapsed
    assert np.array_equal(many.elapsed(starts, due, which=which), amounts)


def test_blocks_of_rows_meet_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    starts, ends, amounts = columns(100, seed=5)
    which = np.arange(100) % len(CALENDARS)
    many = BulkCalendar(CALENDARS)
    whole = many.add(starts, amounts, which=which), many.elapsed(starts, ends, which=which)
    monkeypatch.setattr(bulk, "ROWS_AT_ONCE", 32)
    assert np.array_equal(many.add(starts, amounts, which=which), whole[0])
    assert np.array_equal(many.elapsed(starts, ends, which=which), whole[1])


def test_openings_and_closings_count_as_they_do_one_by_one() -> None:
    edges = [
        edge
        for span in OFFICE.open_spans(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC))
        for edge in (micros(span.start), micros(span.end))
    ]
    starts = np.array([edge + off for edge in edges for off in (-1, 0, 1)])
    amounts = np.full(len(starts), 8 * HOUR + HOUR // 2)
    due = BulkCalendar([OFFICE]).add(starts, amounts)
    assert [instant(at) for at in due.tolist()] == [
        OFFICE.add(instant(start), timedelta(hours=8.5)) for start in starts.tolist()
    ]


def test_what_was_laid_out_is_widened_by_a_question_about_other_years() -> None:
    many = BulkCalendar([OFFICE])
    for year, hours in ((2026, 4), (2031, 4), (2024, 4), (2026, 9000), (2026, 40)):
        start = datetime(year, 6, 1, tzinfo=UTC)
        due = many.add(np.array([micros(start)]), np.array([hours * HOUR]))
        assert instant(int(due[0])) == OFFICE.add(start, timedelta(hours=hours))


def test_amounts_that_are_not_positive_or_very_long_are_taken_too() -> None:
    start = datetime(2026, 6, 3, 23, tzinfo=UTC)
    amounts = [0, -HOUR, -900 * HOUR, HOUR, 30 * 365 * DAY, 5 * 365 * DAY]
    for calendar in (OFFICE, ALWAYS):
        due = BulkCalendar([calendar]).add(np.full(len(amounts), micros(start)), np.array(amounts))
        expected = [calendar.add(start, timedelta(microseconds=amount)) for amount in amounts]
        assert [instant(at) for at in due.tolist()] == expected


def test_a_duration_that_is_never_reached_is_refused() -> None:
    once = Calendar("UTC", overrides={date(2026, 3, 2): (Shift.parse("09:00-17:00"),)}, name="once")
    start = micros(datetime(2026, 3, 2, tzinfo=UTC))
    assert BulkCalendar([once]).add(np.array([start]), np.array([8 * HOUR])).tolist() == [start + 17 * HOUR]
    with pytest.raises(CalendarNeverOpens) as refusal:
        BulkCalendar([ALWAYS, once]).add(np.full(2, start), np.array([8 * HOUR, 9 * HOUR]), which=np.array([0, 1]))
    assert refusal.value.calendar == "once"


def test_a_rest_of_twenty_years_is_refused_as_it_is_one_by_one() -> None:
    rare = Calendar("UTC", overrides={date(year, 3, 2): (Shift.parse("09:00-10:00"),) for year in (2000, 2031)})
    starts = np.array([micros(datetime(year, 1, 1, tzinfo=UTC)) for year in (2000, 2031)])
    many = BulkCalendar([rare])
    assert many.add(starts, np.full(2, HOUR)).tolist() == [
        micros(datetime(y, 3, 2, 10, tzinfo=UTC)) for y in (2000, 2031)
    ]
    assert many.elapsed(starts, starts[::-1].copy()).tolist() == [HOUR, 0]
    with pytest.raises(CalendarNeverOpens):
        many.add(starts, np.array([2 * HOUR, HOUR]))


@pytest.mark.parametrize("calendar", [OFFICE, ALWAYS], ids=["office", "24x7"])
def test_the_ends_of_the_calendar_are_no_different(calendar: Calendar) -> None:
    last = datetime.max.replace(tzinfo=UTC)
    starts = [datetime.min.replace(tzinfo=UTC), last - timedelta(days=7)]
    found = BulkCalendar([calendar]).elapsed(np.array([micros(starts[1])]), np.array([micros(last)]))
    assert timedelta(microseconds=int(found[0])) == calendar.elapsed(starts[1], last)
    due = BulkCalendar([calendar]).add(np.array([micros(starts[0])]), np.array([100 * HOUR]))
    assert instant(int(due[0])) == calendar.add(starts[0], timedelta(hours=100))
    with pytest.raises(CalendarNeverOpens):
        BulkCalendar([calendar]).add(np.array([micros(starts[1])]), np.array([200 * HOUR]))


def test_no_rows_are_no_question() -> None:
    nothing = np.empty(0, np.int64)
    assert BulkCalendar([OFFICE]).add(nothing, nothing).shape == (0,)
    assert BulkCalendar([]).elapsed(nothing, nothing).shape == (0,)


def test_columns_that_do_not_fit_each_other_are_refused() -> None:
    two, three = np.full(2, HOUR), np.full(3, HOUR)
    with pytest.raises(ValueError, match="one length"):
        BulkCalendar([OFFICE]).add(two, three)
    with pytest.raises(ValueError, match="one length"):
        BulkCalendar([OFFICE]).elapsed(two, two, which=np.zeros(3, np.int8))
    for which in ([0, 2], [-1, 0]):
        with pytest.raises(IndexError, match="there are 2 calendars"):
            BulkCalendar([OFFICE, NIGHTS]).add(two, two, which=np.array(which))
