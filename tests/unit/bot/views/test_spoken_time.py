"""Times as they are said on the phone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.views.spoken_time import SpokenTimes

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 2, 5, 10, 41, tzinfo=NEW_YORK)  # a Thursday
TIMES = SpokenTimes("America/New_York", NOW.astimezone(UTC))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC)


@pytest.mark.parametrize(
    ("instant", "time", "when", "day"),
    [
        ("2026-02-05 09:02", "9:02", "at 9:02", "9:02"),
        ("2026-02-05 00:05", "12:05", "at 12:05", "12:05"),
        ("2026-02-05 12:00", "noon", "at noon", "noon"),
        ("2026-02-05 13:02", "1:02 this afternoon", "at 1:02 this afternoon", "1:02 this afternoon"),
        ("2026-02-05 18:30", "6:30 this evening", "at 6:30 this evening", "6:30 this evening"),
        ("2026-02-05 22:15", "10:15 tonight", "at 10:15 tonight", "10:15 tonight"),
        ("2026-02-04 16:15", "yesterday at 4:15 in the afternoon", "yesterday at 4:15 in the afternoon", "yesterday"),
        ("2026-02-06 09:00", "tomorrow at 9:00 in the morning", "tomorrow at 9:00 in the morning", "tomorrow"),
        ("2026-02-03 12:00", "Tuesday at noon", "on Tuesday at noon", "Tuesday"),
        ("2026-02-03 23:30", "Tuesday at 11:30 at night", "on Tuesday at 11:30 at night", "Tuesday"),
        ("2026-01-12 08:00", "12 January at 8:00 in the morning", "on 12 January at 8:00 in the morning", "12 January"),
        ("2025-12-30 08:00", "30 December 2025 at 8:00 in the morning", None, "30 December 2025"),
    ],
)
def test_a_time_is_said_as_the_listener_understands_it(instant: str, time: str, when: str | None, day: str) -> None:
    assert TIMES.time(at(instant)) == time
    assert TIMES.when(at(instant)) == (when or f"on {time}")
    assert TIMES.day(at(instant)) == day


def test_the_part_of_the_day_is_named_where_it_is_another_than_now() -> None:
    afternoon = SpokenTimes("America/New_York", at("2026-02-05 15:00"))
    assert afternoon.time(at("2026-02-05 09:02")) == "9:02 this morning"
    assert afternoon.time(at("2026-02-05 16:02")) == "4:02"


def test_the_clock_on_the_wall_is_the_listener_s() -> None:
    assert TIMES.clock == "10:41"
    assert SpokenTimes("Europe/Berlin", TIMES.now).clock == "16:41"
