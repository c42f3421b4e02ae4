from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from sla_engine.domain.time.closures import Closure, ClosureScope
from sla_engine.domain.time.local_time import date_exists, resolve
from sla_engine.domain.time.shifts import Shift, format_time_of_day, parse_time_of_day, resolve_label


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("00:00", 0),
        ("9:00", 32_400),
        (" 17:30 ", 63_000),
        ("08:15:30", 29_730),
        ("23:59:59", 86_399),
        ("24:00", 86_400),
    ],
)
def test_a_time_of_day_is_read_as_seconds_from_midnight(text: str, seconds: int) -> None:
    assert parse_time_of_day(text) == seconds


@pytest.mark.parametrize("text", ["", "9", "9am", "12:60", "12:30:60", "24:01", "25:00", "-1:00", "12:3"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="time of day"):
        parse_time_of_day(text)


@pytest.mark.parametrize("text", ["09:00", "08:15:30", "24:00", "00:00"])
def test_a_time_of_day_is_written_as_it_was_read(text: str) -> None:
    assert format_time_of_day(parse_time_of_day(text)) == text


def test_a_shift_is_read_and_written_as_a_pair_of_times() -> None:
    assert Shift.parse("22:00-06:00") == Shift(79_200, 21_600)
    assert str(Shift.parse("9:00 - 17:30")) == "09:00-17:30"


@pytest.mark.parametrize(
    ("text", "hours"), [("09:00-17:00", 17), ("22:00-06:00", 30), ("09:00-09:00", 33), ("00:00-24:00", 24)]
)
def test_a_shift_that_closes_at_or_before_its_opening_ends_on_the_next_day(text: str, hours: int) -> None:
    assert Shift.parse(text).closes_after == hours * 3600


@pytest.mark.parametrize("text", ["09:00", "24:00-06:00", "09:00-24:01", "9-17"])
def test_what_is_no_shift_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"shift|time of day"):
        Shift.parse(text)


def test_a_closure_without_a_part_closes_the_whole_date() -> None:
    assert Closure(date(2026, 12, 25)).is_whole_date
    assert not Closure(date(2026, 12, 24), 43_200, 86_400).is_whole_date
    assert Closure(date(2026, 12, 24), 43_200, 86_400).part == Shift.parse("12:00-24:00")


def test_a_closure_with_one_edge_or_a_part_of_whole_shifts_is_refused() -> None:
    with pytest.raises(ValueError, match="both edges"):
        Closure(date(2026, 12, 24), opens=43_200)
    with pytest.raises(ValueError, match="both edges"):
        Closure(date(2026, 12, 24), closes=43_200)
    with pytest.raises(ValueError, match="whole shifts"):
        Closure(date(2026, 12, 24), 43_200, 86_400, scope=ClosureScope.SHIFT)
    with pytest.raises(ValueError, match="shift"):
        Closure(date(2026, 12, 24), 43_200, 90_000)


@pytest.mark.parametrize(
    ("zone", "label", "instant"),
    [
        ("Europe/Berlin", "2026-06-01 09:00", "2026-06-01T09:00+02:00"),
        ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29T03:30+02:00"),  # in the gap: pushed forward by it
        ("Europe/Berlin", "2026-03-29 03:00", "2026-03-29T03:00+02:00"),
        ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25T02:30+02:00"),  # twice: the first
        ("Europe/Berlin", "2026-10-25 03:00", "2026-10-25T03:00+01:00"),
        ("America/Sao_Paulo", "2015-10-17T24:00", "2015-10-18T01:00-02:00"),  # a midnight that never was
        ("America/Santiago", "2026-09-06 00:00", "2026-09-06T01:00-03:00"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-04T02:45+11:00"),  # half an hour of gap
        ("America/St_Johns", "2006-10-29 00:00", "2006-10-29T00:00-02:30"),  # midnight came twice: the first
        ("Pacific/Apia", "2011-12-30 09:00", "2011-12-31T09:00+14:00"),  # a date that never was
        ("America/Nuuk", "2023-10-28 22:59", "2023-10-29T00:59+00:00"),
        ("America/Nuuk", "2023-10-28 23:30", "2023-10-29T01:30+00:00"),  # shown once, though zoneinfo says twice
        ("America/Nuuk", "2023-10-29 00:00", "2023-10-29T02:00+00:00"),
        ("America/Nuuk", "2024-10-26 23:30", "2024-10-27T00:30+00:00"),  # shown twice
    ],
)
def test_a_label_means_its_first_occurrence_or_is_pushed_over_the_gap(zone: str, label: str, instant: str) -> None:
    assert resolve_label(label, ZoneInfo(zone)) == datetime.fromisoformat(instant)


@pytest.mark.parametrize("text", ["2026-03-29", "02:30", "2026-13-01 02:30", "2026-03-29 2.30"])
def test_what_is_no_label_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"local time|time of day|month"):
        resolve_label(text, ZoneInfo("UTC"))


def test_labels_beyond_what_can_be_written_down_are_held_to_the_ends_of_time() -> None:
    assert resolve(datetime.min, ZoneInfo("Asia/Tokyo")).isoformat() == "0001-01-01T00:00:00+00:00"  # noqa: DTZ901
    assert resolve(datetime.max, ZoneInfo("America/New_York")).year == 9999  # noqa: DTZ901


def test_samoa_had_no_30_december_2011() -> None:
    samoa = ZoneInfo("Pacific/Apia")
    assert [date_exists(date(2011, 12, day), samoa) for day in (29, 30, 31)] == [True, False, True]
