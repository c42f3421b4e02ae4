import copy
import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from sla_engine.domain.time.calendar import Calendar, CalendarNeverOpens, Shift, UnknownZone
from sla_engine.domain.time.compiled_year import AlwaysOpen
from sla_engine.domain.time.spans import Span

WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
ALL_DAYS = (*WORKDAYS, "sat", "sun")
OFFICE = Calendar.weekly("UTC", dict.fromkeys(WORKDAYS, ("09:00-17:00",)))
SPLIT = Calendar.weekly(
    "UTC",
    dict.fromkeys(
        WORKDAYS,
        (
            "08:00-12:00",
            "13:00-17:30",
        ),
    ),
)
NIGHTS = Calendar.weekly("UTC", dict.fromkeys(WORKDAYS, ("22:00-06:00",)))
ALWAYS = Calendar.always_open("Europe/Berlin")

# 2 March 2026 is a Monday.
DAY = {"mon": 2, "tue": 3, "wed": 4, "thu": 5, "fri": 6, "sat": 7, "sun": 8, "next": 9}


def when(text: str) -> datetime:
    """`fri 16:30` in that one week; `next` is the Monday after."""
    day, _, time = text.partition(" ")
    return datetime.fromisoformat(f"2026-03-{DAY[day]:02}T{time}+00:00")


def hours(amount: float) -> timedelta:
    return timedelta(hours=amount)


@pytest.mark.parametrize(
    ("calendar", "start", "amount", "expected"),
    [
        pytest.param(OFFICE, "mon 10:00", 2, "mon 12:00", id="within a shift"),
        pytest.param(OFFICE, "mon 09:00", 8, "mon 17:00", id="used up at closing is due at closing"),
        pytest.param(OFFICE, "mon 16:00", 2, "tue 10:00", id="over night"),
        pytest.param(OFFICE, "fri 16:00", 2, "next 10:00", id="over the weekend"),
        pytest.param(OFFICE, "mon 07:00", 1, "mon 10:00", id="a start outside counts from the opening"),
        pytest.param(OFFICE, "mon 17:00", 1, "tue 10:00", id="closing time is closed"),
        pytest.param(OFFICE, "sat 12:00", 8, "next 17:00", id="a start on a closed day"),
        pytest.param(OFFICE, "mon 09:00", 40, "fri 17:00", id="a whole week"),
        pytest.param(OFFICE, "sat 12:00", 0, "sat 12:00", id="nothing is the start, though closed"),
        pytest.param(OFFICE, "tue 10:00", -2, "mon 16:00", id="a negative amount goes back"),
        pytest.param(SPLIT, "mon 11:00", 1, "mon 12:00", id="split: due at the first closing"),
        pytest.param(SPLIT, "mon 11:00", 1.5, "mon 13:30", id="split: over lunch"),
        pytest.param(SPLIT, "mon 12:30", 0.5, "mon 13:30", id="split: a start at lunch"),
        pytest.param(NIGHTS, "mon 23:00", 4, "tue 03:00", id="night: over midnight"),
        pytest.param(NIGHTS, "fri 23:00", 7, "sat 06:00", id="night: friday's shift ends on saturday"),
        pytest.param(NIGHTS, "sat 06:00", 1, "next 23:00", id="night: nothing opens at the weekend"),
        pytest.param(ALWAYS, "fri 16:00", 48, "sun 16:00", id="24x7"),
    ],
)
def test_add_finds_the_earliest_instant_with_so_much_open_time(
    calendar: Calendar, start: str, amount: float, expected: str
) -> None:
    assert calendar.add(when(start), hours(amount)) == when(expected)


@pytest.mark.parametrize(
    ("calendar", "start", "amount", "expected"),
    [
        pytest.param(OFFICE, "mon 12:00", 2, "mon 10:00", id="within a shift"),
        pytest.param(OFFICE, "mon 17:00", 8, "mon 09:00", id="used up at an opening means that opening"),
        pytest.param(OFFICE, "tue 10:00", 2, "mon 16:00", id="over night"),
        pytest.param(OFFICE, "tue 08:00", 1, "mon 16:00", id="a start outside counts from the closing before"),
        pytest.param(OFFICE, "tue 10:00", 1, "tue 09:00", id="latest: this opening, not the closing before"),
        pytest.param(OFFICE, "sun 12:00", 0, "sun 12:00", id="nothing is the start, though closed"),
        pytest.param(OFFICE, "mon 16:00", -2, "tue 10:00", id="a negative amount goes forward"),
        pytest.param(ALWAYS, "sun 16:00", 48, "fri 16:00", id="24x7"),
    ],
)
def test_subtract_finds_the_latest_instant_with_so_much_open_time_to_the_start(
    calendar: Calendar, start: str, amount: float, expected: str
) -> None:
    assert calendar.subtract(when(start), hours(amount)) == when(expected)


@pytest.mark.parametrize(
    ("calendar", "start", "end", "expected"),
    [
        pytest.param(OFFICE, "mon 10:00", "mon 12:30", 2.5, id="within a shift"),
        pytest.param(OFFICE, "mon 08:00", "mon 18:00", 8, id="around a shift"),
        pytest.param(OFFICE, "mon 17:00", "tue 09:00", 0, id="from closing to opening"),
        pytest.param(OFFICE, "fri 16:00", "next 10:00", 2, id="over the weekend"),
        pytest.param(OFFICE, "mon 12:00", "mon 10:00", 0, id="reversed is nothing"),
        pytest.param(OFFICE, "tue 09:00", "mon 09:00", 0, id="reversed over days is nothing"),
        pytest.param(OFFICE, "mon 12:00", "mon 12:00", 0, id="no time is nothing"),
        pytest.param(SPLIT, "mon 11:00", "mon 14:00", 2, id="over lunch"),
        pytest.param(NIGHTS, "mon 20:00", "wed 00:00", 10, id="two night shifts"),
        pytest.param(ALWAYS, "sat 00:00", "sun 12:00", 36, id="24x7"),
        pytest.param(ALWAYS, "sun 12:00", "sat 00:00", 0, id="24x7 reversed"),
    ],
)
def test_elapsed_counts_open_time_only(calendar: Calendar, start: str, end: str, expected: float) -> None:
    assert calendar.elapsed(when(start), when(end)) == hours(expected)


@pytest.mark.parametrize(
    ("calendar", "at", "is_open", "next_open", "prev_close"),
    [
        pytest.param(OFFICE, "tue 08:00", False, "tue 09:00", "mon 17:00", id="before opening"),
        pytest.param(OFFICE, "tue 09:00", True, "tue 09:00", "mon 17:00", id="at opening"),
        pytest.param(OFFICE, "tue 12:00", True, "tue 12:00", "tue 12:00", id="within"),
        pytest.param(OFFICE, "tue 17:00", False, "wed 09:00", "tue 17:00", id="at closing"),
        pytest.param(OFFICE, "sat 12:00", False, "next 09:00", "fri 17:00", id="at the weekend"),
        pytest.param(ALWAYS, "sat 12:00", True, "sat 12:00", "sat 12:00", id="24x7"),
    ],
)
def test_a_calendar_says_when_it_opens_and_closed(
    calendar: Calendar, at: str, is_open: bool, next_open: str, prev_close: str
) -> None:
    assert calendar.is_open(when(at)) is is_open
    assert calendar.next_open(when(at)) == when(next_open)
    assert calendar.prev_close(when(at)) == when(prev_close)


def test_overlapping_and_touching_shifts_count_once() -> None:
    crowded = Calendar.weekly("UTC", {"mon": ["09:00-13:00", "12:00-15:00", "15:00-17:00", "10:00-11:00"]})
    assert crowded.elapsed(when("mon 00:00"), when("tue 00:00")) == hours(8)
    assert list(crowded.open_spans(when("mon 00:00"), when("tue 00:00"))) == [
        Span(when("mon 09:00"), when("mon 17:00"))
    ]
    assert crowded.next_open(when("mon 15:00")) == when("mon 15:00")


def test_a_night_shift_and_the_next_day_count_their_common_hours_once() -> None:
    both = Calendar.weekly("UTC", {"mon": ["22:00-06:00"], "tue": ["05:00-09:00"]})
    assert both.elapsed(when("mon 00:00"), when("wed 00:00")) == hours(11)


def test_equal_edges_are_a_shift_of_24_hours() -> None:
    long = Calendar.weekly("UTC", {"mon": ["09:00-09:00"]})
    assert long.elapsed(when("mon 00:00"), when("sun 00:00")) == hours(24)
    assert long.is_open(when("tue 08:59"))
    assert not long.is_open(when("tue 09:00"))


def test_open_spans_are_cut_to_the_window_and_never_touch() -> None:
    spans = list(SPLIT.open_spans(when("mon 11:00"), when("tue 09:00")))
    assert spans == [
        Span(when("mon 11:00"), when("mon 12:00")),
        Span(when("mon 13:00"), when("mon 17:30")),
        Span(when("tue 08:00"), when("tue 09:00")),
    ]
    assert list(SPLIT.open_spans(when("sat 00:00"), when("sun 00:00"))) == []
    assert list(ALWAYS.open_spans(when("sat 00:00"), when("sun 00:00"))) == [Span(when("sat 00:00"), when("sun 00:00"))]
    assert list(ALWAYS.open_spans(when("sun 00:00"), when("sat 00:00"))) == []


def test_seven_days_from_midnight_to_midnight_are_the_same_as_always() -> None:
    spelled = Calendar.weekly("Europe/Berlin", dict.fromkeys(ALL_DAYS, ("00:00-24:00",)))
    start, end = when("mon 00:00"), when("mon 00:00") + timedelta(days=400)
    assert spelled.elapsed(start, end) == ALWAYS.elapsed(start, end) == timedelta(days=400)
    assert list(spelled.open_spans(start, end)) == [Span(start, end)]
    assert isinstance(spelled._open_time, AlwaysOpen)  # and answer in constant time


def test_a_shift_over_new_year_is_one_span() -> None:
    nights = Calendar.weekly("UTC", dict.fromkeys(ALL_DAYS, ("22:00-06:00",)))
    eve, noon = datetime(2025, 12, 31, 12, tzinfo=UTC), datetime(2026, 1, 1, 12, tzinfo=UTC)
    opens, closes = datetime(2025, 12, 31, 22, tzinfo=UTC), datetime(2026, 1, 1, 6, tzinfo=UTC)
    midnight = datetime(2026, 1, 1, tzinfo=UTC)
    assert list(nights.open_spans(eve, noon)) == [Span(opens, closes)]
    assert nights.elapsed(eve, noon) == hours(8)
    assert nights.add(eve, hours(8)) == closes
    assert nights.add(eve, hours(2)) == midnight
    assert nights.subtract(noon, hours(8)) == opens
    assert nights.subtract(noon, hours(6)) == midnight
    assert nights.prev_close(midnight) == nights.next_open(midnight) == midnight


def test_a_year_or_five_of_open_time_is_added_as_exactly_as_an_hour() -> None:
    start = when("mon 09:00")
    due = OFFICE.add(start, hours(8 * 5 * 52 * 5))
    assert due == datetime(2031, 2, 21, 17, tzinfo=UTC)
    assert OFFICE.elapsed(start, due) == hours(8 * 5 * 52 * 5)
    assert OFFICE.subtract(due, hours(8 * 5 * 52 * 5)) == start


def test_microseconds_are_counted() -> None:
    start = when("mon 16:59") + timedelta(seconds=59, microseconds=999_999)
    assert OFFICE.add(start, timedelta(microseconds=1)) == when("mon 17:00")
    assert OFFICE.add(start, timedelta(microseconds=2)) == when("tue 09:00") + timedelta(microseconds=1)
    assert OFFICE.elapsed(start, when("tue 09:00")) == timedelta(microseconds=1)


@pytest.mark.parametrize("year", [1, 2, 400, 1500, 2399, 9990])
def test_any_year_that_can_be_written_down_is_served(year: int) -> None:
    berlin = Calendar.weekly("Europe/Berlin", dict.fromkeys(ALL_DAYS, ("09:00-17:00",)))
    start = datetime(year, 1, 1, tzinfo=UTC)
    assert berlin.elapsed(start, start + timedelta(days=7)) == hours(56)
    assert berlin.elapsed(start, berlin.add(start, hours(56))) == hours(56)


def test_the_first_and_the_last_year_do_not_break_the_search() -> None:
    opened = OFFICE.next_open(datetime.min.replace(tzinfo=UTC))
    assert (opened.year, opened.month, opened.day) == (1, 1, 1)
    assert OFFICE.elapsed(datetime(9999, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)) > hours(8 * 255)
    with pytest.raises(CalendarNeverOpens):
        OFFICE.next_open(datetime.max.replace(tzinfo=UTC))
    with pytest.raises(CalendarNeverOpens):
        OFFICE.prev_close(datetime.min.replace(tzinfo=UTC))


def test_any_offset_is_taken_and_utc_is_given() -> None:
    eastern = timezone(timedelta(hours=-5))
    due = OFFICE.add(datetime(2026, 3, 2, 7, tzinfo=eastern), hours(1))
    assert due == when("mon 13:00")
    assert due.tzinfo is UTC
    assert OFFICE.add(datetime(2026, 3, 2, 7, tzinfo=eastern), hours(0)).tzinfo is UTC
    assert OFFICE.local_date(datetime(2026, 3, 2, 20, tzinfo=eastern)) == date(2026, 3, 3)


@pytest.mark.parametrize(
    ("name", "ask"),
    [
        pytest.param("start", lambda naive: OFFICE.add(naive, hours(1)), id="add"),
        pytest.param("start", lambda naive: OFFICE.add(naive, hours(0)), id="add nothing"),
        pytest.param("start", lambda naive: OFFICE.subtract(naive, hours(1)), id="subtract"),
        pytest.param("start", lambda naive: OFFICE.elapsed(naive, when("mon 09:00")), id="elapsed since"),
        pytest.param("end", lambda naive: OFFICE.elapsed(when("mon 09:00"), naive), id="elapsed until"),
        pytest.param("at", OFFICE.is_open, id="is_open"),
        pytest.param("at", OFFICE.next_open, id="next_open"),
        pytest.param("at", OFFICE.prev_close, id="prev_close"),
        pytest.param("at", ALWAYS.is_open, id="24x7 is_open"),
        pytest.param("at", OFFICE.local_date, id="local_date"),
        pytest.param("start", lambda naive: list(OFFICE.open_spans(naive, when("mon 09:00"))), id="open_spans"),
        pytest.param("end", lambda naive: OFFICE.closures_between(when("mon 09:00"), naive), id="closures_between"),
    ],
)
def test_a_naive_instant_is_refused_by_name(name: str, ask: Callable[[datetime], object]) -> None:
    with pytest.raises(ValueError, match=f"{name} must be an aware instant"):
        ask(when("mon 09:00").replace(tzinfo=None))


def test_a_label_with_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="local must be a wall-clock label"):
        OFFICE.resolve_local(when("mon 09:00"))


@pytest.mark.parametrize(
    "ask",
    [
        lambda calendar: calendar.add(when("mon 09:00"), hours(1)),
        lambda calendar: calendar.subtract(when("mon 09:00"), hours(1)),
        lambda calendar: calendar.next_open(when("mon 09:00")),
        lambda calendar: calendar.prev_close(when("mon 09:00")),
    ],
    ids=["add", "subtract", "next_open", "prev_close"],
)
def test_a_calendar_without_open_time_says_so_with_facts(ask: Callable[[Calendar], datetime]) -> None:
    silent = Calendar.weekly("Europe/Berlin", {}, name="Nobody's")
    with pytest.raises(CalendarNeverOpens) as refusal:
        ask(silent)
    assert (refusal.value.calendar, refusal.value.zone) == ("Nobody's", "Europe/Berlin")
    assert refusal.value.beyond == when("mon 09:00")
    assert not silent.is_open(when("mon 09:00"))
    assert silent.elapsed(when("mon 09:00"), when("fri 09:00")) == hours(0)


def test_open_time_that_runs_out_is_refused_and_a_long_rest_is_not() -> None:
    once = Calendar("UTC", overrides={date(2026, 3, 2): (Shift.parse("09:00-17:00"),)})
    assert once.add(when("mon 09:00"), hours(8)) == when("mon 17:00")
    with pytest.raises(CalendarNeverOpens):
        once.add(when("mon 09:00"), hours(9))
    assert once.next_open(datetime(2006, 1, 1, tzinfo=UTC)) == when("mon 09:00")
    assert once.prev_close(datetime(2046, 1, 1, tzinfo=UTC)) == when("mon 17:00")
    assert once.add(datetime(2024, 1, 1, tzinfo=UTC), hours(8)) == when("mon 17:00")
    assert once.subtract(datetime(2028, 1, 1, tzinfo=UTC), hours(8)) == when("mon 09:00")
    with pytest.raises(CalendarNeverOpens):
        once.next_open(datetime(2005, 12, 31, tzinfo=UTC))  # twenty whole years without an opening
    with pytest.raises(CalendarNeverOpens):
        once.prev_close(datetime(2047, 1, 1, tzinfo=UTC))


def test_rests_that_are_long_only_together_are_no_reason_to_give_up() -> None:
    rare = Calendar("UTC", overrides={date(year, 3, 2): (Shift.parse("09:00-10:00"),) for year in (2011, 2026, 2041)})
    first, last = datetime(2000, 1, 1, tzinfo=UTC), datetime(2050, 1, 1, tzinfo=UTC)
    assert rare.add(first, hours(3)) == datetime(2041, 3, 2, 10, tzinfo=UTC)
    assert rare.subtract(last, hours(3)) == datetime(2011, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize("calendar", [OFFICE, ALWAYS], ids=["office", "24x7"])
def test_more_time_than_there_is_until_the_year_9999_is_refused(calendar: Calendar) -> None:
    with pytest.raises(CalendarNeverOpens):
        calendar.add(datetime(9990, 1, 1, tzinfo=UTC), timedelta(days=365 * 40))
    with pytest.raises(CalendarNeverOpens):
        calendar.subtract(datetime(10, 1, 1, tzinfo=UTC), timedelta(days=365 * 40))


def test_equal_calendars_are_one_value_and_share_one_index() -> None:
    twin = Calendar.weekly("UTC", dict.fromkeys(WORKDAYS, ("09:00-17:00",)))
    assert twin == OFFICE
    assert hash(twin) == hash(OFFICE)
    assert twin._open_time is OFFICE._open_time
    assert Calendar.weekly("Europe/Berlin", dict.fromkeys(WORKDAYS, ("09:00-17:00",))) != OFFICE


def test_a_calendar_can_be_copied_and_stored() -> None:
    calendar = Calendar.weekly(
        "UTC", {"mon": ["09:00-17:00"]}, overrides={date(2026, 3, 3): ["10:00-11:00"]}, business_day=hours(8), name="A"
    )
    calendar.next_open(when("mon 00:00"))
    assert pickle.loads(pickle.dumps(calendar)) == copy.deepcopy(calendar) == calendar  # noqa: S301  our own bytes


def test_what_was_given_cannot_change_a_calendar_later() -> None:
    overrides = {date(2026, 3, 2): (Shift.parse("09:00-10:00"),)}
    calendar = Calendar("UTC", overrides=overrides)
    overrides[date(2026, 3, 3)] = (Shift.parse("09:00-10:00"),)
    assert calendar.elapsed(when("mon 00:00"), when("sun 00:00")) == hours(1)


def test_a_week_of_six_days_or_an_unknown_weekday_is_refused() -> None:
    with pytest.raises(ValueError, match="seven days"):
        Calendar("UTC", hours=((),) * 6)
    with pytest.raises(ValueError, match="'monday' is not a weekday"):
        Calendar.weekly("UTC", {"monday": ["09:00-17:00"]})


@pytest.mark.parametrize("zone", ["Berlin", "America", "../etc", ""])
def test_an_unknown_zone_is_refused_with_names_that_look_like_it(zone: str) -> None:
    with pytest.raises(UnknownZone) as refusal:
        Calendar(zone)
    assert refusal.value.zone == zone
    assert zone != "Berlin" or "Europe/Berlin" in refusal.value.near
