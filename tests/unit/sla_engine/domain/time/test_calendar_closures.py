from datetime import date, datetime, timedelta

import pytest

from sla_engine.domain.time.calendar import Calendar, Closure, ClosureScope, Shift
from sla_engine.domain.time.closed_times import ClosedTime
from sla_engine.domain.time.spans import Span

WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
ALL_DAYS = (*WORKDAYS, "sat", "sun")
EVE, CHRISTMAS, BOXING = date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 26)
OFFICE_HOURS = dict.fromkeys(WORKDAYS, ("09:00-17:00",))
NIGHT_HOURS = dict.fromkeys(ALL_DAYS, ("22:00-06:00",))


def when(text: str) -> datetime:
    """`25 13:00` in December 2026, UTC. The 25th is a Friday."""
    return datetime.fromisoformat(f"2026-12-{text.replace(' ', 'T')}+00:00")


def hours(amount: float) -> timedelta:
    return timedelta(hours=amount)


def part(day: date, text: str, name: str = "") -> Closure:
    shift = Shift.parse(text)
    return Closure(day, shift.opens, shift.closes, name=name)


def spans(calendar: Calendar, start: str, end: str) -> list[tuple[str, str]]:
    return [(f"{span.start:%d %H:%M}", f"{span.end:%d %H:%M}") for span in calendar.open_spans(when(start), when(end))]


def test_a_holiday_closes_its_date() -> None:
    office = Calendar.weekly("UTC", OFFICE_HOURS, closures=[Closure(CHRISTMAS)])
    assert office.add(when("24 16:00"), hours(2)) == when("28 10:00")
    assert office.elapsed(when("24 00:00"), when("26 00:00")) == hours(8)
    assert not office.is_open(when("25 12:00"))


def test_a_holiday_is_the_local_date_not_the_utc_date() -> None:
    tokyo = Calendar.weekly("Asia/Tokyo", dict.fromkeys(ALL_DAYS, ("00:00-24:00",)), closures=[Closure(CHRISTMAS)])
    assert spans(tokyo, "24 00:00", "26 00:00") == [("24 00:00", "24 15:00"), ("25 15:00", "26 00:00")]


def test_a_holiday_closes_midnight_to_midnight_inside_night_shifts() -> None:
    nights = Calendar.weekly("UTC", NIGHT_HOURS, closures=[Closure(CHRISTMAS)])
    assert spans(nights, "24 12:00", "26 12:00") == [("24 22:00", "25 00:00"), ("26 00:00", "26 06:00")]


def test_a_holiday_of_scope_shift_closes_the_shifts_that_start_on_it() -> None:
    nights = Calendar.weekly("UTC", NIGHT_HOURS, closures=[Closure(CHRISTMAS, scope=ClosureScope.SHIFT)])
    assert spans(nights, "24 12:00", "26 12:00") == [("24 22:00", "25 06:00")]


def test_the_scope_of_a_closure_may_be_given_as_it_is_written() -> None:
    assert Closure(CHRISTMAS, scope=ClosureScope("shift")) == Closure(CHRISTMAS, scope=ClosureScope.SHIFT)
    with pytest.raises(ValueError, match="week"):
        ClosureScope("week")


@pytest.mark.parametrize(
    ("closed", "open_spans"),
    [
        ("13:00-24:00", [("24 09:00", "24 13:00")]),
        ("00:00-10:00", [("24 10:00", "24 17:00")]),
        ("12:00-13:00", [("24 09:00", "24 12:00"), ("24 13:00", "24 17:00")]),
        ("17:00-20:00", [("24 09:00", "24 17:00")]),
        ("22:00-10:00", [("24 09:00", "24 17:00"), ("25 10:00", "25 17:00")]),  # ends on the next day
    ],
)
def test_a_partial_closure_closes_its_part(closed: str, open_spans: list[tuple[str, str]]) -> None:
    office = Calendar.weekly("UTC", OFFICE_HOURS, closures=[part(EVE, closed)])
    until = "26 00:00" if closed == "22:00-10:00" else "25 00:00"
    assert spans(office, "24 00:00", until) == open_spans


def test_an_override_replaces_the_hours_of_its_date_alone() -> None:
    office = Calendar.weekly("UTC", OFFICE_HOURS, overrides={EVE: ["08:00-12:00"], BOXING: ["10:00-11:00"]})
    assert spans(office, "24 00:00", "27 00:00") == [
        ("24 08:00", "24 12:00"),
        ("25 09:00", "25 17:00"),
        ("26 10:00", "26 11:00"),
    ]


def test_an_override_without_shifts_closes_what_starts_on_the_date() -> None:
    nights = Calendar.weekly("UTC", NIGHT_HOURS, overrides={CHRISTMAS: []})
    assert spans(nights, "24 12:00", "26 12:00") == [("24 22:00", "25 06:00")]


def test_a_closure_beats_an_override_of_the_same_date() -> None:
    whole = Calendar.weekly("UTC", OFFICE_HOURS, closures=[Closure(EVE)], overrides={EVE: ["08:00-12:00"]})
    partial = Calendar.weekly(
        "UTC", OFFICE_HOURS, closures=[part(EVE, "10:00-11:00")], overrides={EVE: ["08:00-12:00"]}
    )
    assert spans(whole, "24 00:00", "25 00:00") == []
    assert spans(partial, "24 00:00", "25 00:00") == [("24 08:00", "24 10:00"), ("24 11:00", "24 12:00")]


def test_a_24x7_calendar_may_be_closed_or_overridden_on_a_date() -> None:
    closed = Calendar("UTC", always=True, closures=(Closure(CHRISTMAS),))
    assert spans(closed, "24 12:00", "26 12:00") == [("24 12:00", "25 00:00"), ("26 00:00", "26 12:00")]
    shorter = Calendar("UTC", always=True, overrides={CHRISTMAS: (Shift.parse("10:00-14:00"),)})
    assert spans(shorter, "25 00:00", "26 00:00") == [("25 10:00", "25 14:00")]


def test_a_calendar_tells_what_is_declared_for_a_date() -> None:
    calendar = Calendar.weekly(
        "UTC",
        OFFICE_HOURS,
        closures=[part(EVE, "13:00-24:00", "Christmas Eve"), Closure(CHRISTMAS, name="Christmas Day")],
        overrides={BOXING: ["10:00-11:00"]},
    )
    assert [closure.name for closure in calendar.closures_on(CHRISTMAS)] == ["Christmas Day"]
    assert calendar.closures_on(BOXING) == ()
    assert calendar.shifts_on(BOXING) == (Shift.parse("10:00-11:00"),)
    assert calendar.shifts_on(CHRISTMAS) == (Shift.parse("09:00-17:00"),)
    assert calendar.shifts_on(date(2026, 12, 27)) == ()
    assert Calendar.always_open("UTC").shifts_on(EVE) == (Shift.parse("00:00-24:00"),)


def test_closures_between_name_the_hours_they_took() -> None:
    eve = part(EVE, "13:00-24:00", "Christmas Eve")
    christmas, boxing = Closure(CHRISTMAS, name="Christmas Day"), Closure(BOXING, name="Boxing Day")
    office = Calendar.weekly("UTC", OFFICE_HOURS, closures=[boxing, christmas, eve])
    assert office.closures_between(when("24 14:00"), when("28 00:00")) == [
        ClosedTime(Span(when("24 14:00"), when("24 17:00")), eve),
        ClosedTime(Span(when("25 09:00"), when("25 17:00")), christmas),
    ]  # Boxing Day is a Saturday: it took nothing
    assert office.closures_between(when("28 00:00"), when("29 00:00")) == []


def test_closures_between_see_into_night_shifts() -> None:
    christmas = Closure(CHRISTMAS, name="Christmas Day")
    nights = Calendar.weekly("UTC", NIGHT_HOURS, closures=[christmas])
    assert [closed.span for closed in nights.closures_between(when("20 00:00"), when("30 00:00"))] == [
        Span(when("25 00:00"), when("25 06:00")),
        Span(when("25 22:00"), when("26 00:00")),
    ]
    whole_shift = Closure(CHRISTMAS, scope=ClosureScope.SHIFT)
    nights = Calendar.weekly("UTC", NIGHT_HOURS, closures=[whole_shift])
    assert nights.closures_between(when("20 00:00"), when("30 00:00")) == [
        ClosedTime(Span(when("25 22:00"), when("26 06:00")), whole_shift)
    ]


def test_closures_between_are_in_the_order_of_time_not_of_writing() -> None:
    late, early = part(EVE, "15:00-16:00", "Concert"), part(EVE, "10:00-11:00", "Breakfast")
    office = Calendar.weekly("UTC", OFFICE_HOURS, closures=[late, early])
    taken = office.closures_between(when("24 00:00"), when("25 00:00"))
    assert [closed.closure.name for closed in taken] == ["Breakfast", "Concert"]
