from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.time.durations import (
    LONGEST,
    MOST_BUSINESS_DAYS,
    WrittenDuration,
    exact,
    in_business_days,
    read_duration,
    read_time,
    read_window,
    short,
)
from sla_engine.domain.time.errors import DayIsAmbiguous, UnreadableDuration


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("30m", timedelta(minutes=30)),
        ("4h", timedelta(hours=4)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("1h 30m", timedelta(hours=1, minutes=30)),
        ("90s", timedelta(seconds=90)),
        ("90 m", timedelta(minutes=90)),
        ("2 hours", timedelta(hours=2)),
        ("45 min", timedelta(minutes=45)),
        (" 1H30M ", timedelta(hours=1, minutes=30)),
        ("1 h 30 m", timedelta(hours=1, minutes=30)),
        ("90 minutes", timedelta(minutes=90)),
        ("1 hour", timedelta(hours=1)),
        ("2 hrs", timedelta(hours=2)),
        (" 15 MIN ", timedelta(minutes=15)),
        ("1h30m15s", timedelta(hours=1, minutes=30, seconds=15)),
    ],
)
def test_time_is_read_alike_in_a_file_and_after_a_command(text: str, meant: timedelta) -> None:
    assert read_duration(text) == WrittenDuration(time=meant)
    assert read_time(text) == meant


@pytest.mark.parametrize("text", ["1 business_day", "1 business day", "1business_days", "1 Business_Day"])
def test_a_business_day_is_kept_until_a_calendar_says_how_long_it_is(text: str) -> None:
    read = read_duration(text)
    assert read.on(timedelta(hours=8, minutes=30)) == timedelta(hours=8, minutes=30)
    assert read.on(None) is None


def test_time_needs_no_business_day() -> None:
    assert read_duration("4h").on(None) == timedelta(hours=4)


@pytest.mark.parametrize("text", ["1d", "2 days", "1 Day", "1w", "1d 4h"])
def test_a_day_is_refused_because_it_could_mean_two_things(text: str) -> None:
    with pytest.raises(DayIsAmbiguous) as refused:
        read_duration(text)
    with pytest.raises(DayIsAmbiguous):
        read_time(text)
    assert refused.value.text == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "h",
        "30",
        "0m",
        "0 business_days",
        "4x",
        "-30m",
        "1.5h",
        "30m4h",
        "4h4h",
        "4h and a bit",
        "9000h",
        "999 business_days",
        "soon",
        "99999999999999h",
        "30m later",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UnreadableDuration) as refused:
        read_duration(text)
    assert refused.value.text == text


def test_business_days_are_for_files_since_an_instant_has_no_calendar() -> None:
    with pytest.raises(UnreadableDuration):
        read_time("2 business_days")


@given(seconds=st.integers(1, LONGEST // timedelta(seconds=1)))
def test_what_is_written_reads_back_as_the_same_time(seconds: int) -> None:
    duration = timedelta(seconds=seconds)
    assert read_duration(exact(duration)) == WrittenDuration(time=duration)


@given(days=st.integers(1, MOST_BUSINESS_DAYS))
def test_business_days_read_back_as_the_same_number(days: int) -> None:
    assert read_duration(str(WrittenDuration(business_days=days))).business_days == days


def test_no_time_at_all_is_written_in_seconds() -> None:
    assert exact(timedelta()) == "0s"


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(hours=30), "30h"),
        (timedelta(minutes=90, seconds=7), "1h30m7s"),
        (-timedelta(minutes=1), "-1m"),
        (-timedelta(microseconds=1), "0s"),
    ],
)
def test_to_the_second_lengths_can_be_added_up(length: timedelta, text: str) -> None:
    assert exact(length) == text


@pytest.mark.parametrize(("text", "days"), [("30d", 30), ("2w", 14), ("1 day", 1), ("48h", 2)])
def test_a_window_counts_plain_days(text: str, days: int) -> None:
    assert read_window(text) == timedelta(days=days)


@pytest.mark.parametrize("text", ["2 business_days", "soon", "400d"])
def test_a_window_of_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UnreadableDuration):
        read_window(text)


@pytest.mark.parametrize(
    ("lasts", "words"),
    [
        (timedelta(0), "0 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(minutes=45, seconds=30), "45 m"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=1, minutes=25), "1 h 25 m"),
        (timedelta(hours=95, minutes=59), "95 h 59 m"),
        (timedelta(days=4), "4 d"),
        (timedelta(days=5, hours=4, minutes=59), "5 d 4 h"),
        (-timedelta(minutes=12), "−12 m"),
        (-timedelta(milliseconds=1), "0 s"),
    ],
)
def test_a_duration_is_said_in_two_units_at_most(lasts: timedelta, words: str) -> None:
    assert short(lasts) == words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (5 * timedelta(hours=8, minutes=30), "5 business days"),
        (timedelta(hours=8, minutes=30), "1 business day"),
        (timedelta(hours=41, minutes=30), "4 business days 7 h 30 m"),
        (timedelta(hours=8), "8 h"),
        (-timedelta(hours=17), "−2 business days"),
        (timedelta(0), "0 s"),
    ],
)
def test_open_time_that_was_promised_in_business_days_is_said_in_them(length: timedelta, words: str) -> None:
    assert in_business_days(length, timedelta(hours=8, minutes=30)) == words
    assert in_business_days(length, None) == short(length)
    assert in_business_days(timedelta(hours=18), timedelta(hours=8, minutes=30), write=exact) == "2 business days 1h"
