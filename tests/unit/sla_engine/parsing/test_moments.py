"""Days that lie behind, and days without a time; the rest of the grammar of times is tested where people type it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.time.errors import UnreadableMoment
from sla_engine.parsing import moments

NOON = datetime(2026, 1, 5, 11, tzinfo=UTC)  # Monday noon in Berlin
TODAY = date(2026, 1, 5)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("yesterday 16:45", "2026-01-04 15:45"),
        ("last friday 16:45", "2026-01-02 15:45"),
        ("last monday", "2025-12-29 08:00"),
        ("last tue 9am", "2025-12-30 08:00"),
        ("monday 9am", "2026-01-12 08:00"),
    ],
)
def test_a_day_may_lie_behind_when_it_says_so(text: str, meant: str) -> None:
    assert moments.moment(text, zone="Europe/Berlin", now=NOON).strftime("%Y-%m-%d %H:%M") == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("friday", date(2026, 1, 9)),
        ("next Friday", date(2026, 1, 9)),
        ("last friday", date(2026, 1, 2)),
        ("monday", date(2026, 1, 12)),
        ("today", TODAY),
        ("on tomorrow", date(2026, 1, 6)),
        ("2026-12-24", date(2026, 12, 24)),
    ],
)
def test_a_day_alone_is_read_as_a_date(text: str, meant: date) -> None:
    assert moments.day(text, today=TODAY) == meant


@pytest.mark.parametrize("text", ["", "last", "last week", "friday 9am", "2026-02-30", "mo"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(UnreadableMoment) as refusal:
        moments.day(text, today=TODAY)
    assert refusal.value.text == text


@pytest.mark.parametrize(
    ("now", "text", "meant"),
    [
        ("2026-10-25T01:30:00+02:00", "02:45", "2026-10-25T00:45:00+00:00"),
        ("2026-10-25T02:45:00+02:00", "02:45", "2026-10-25T01:45:00+00:00"),
        ("2026-10-25T02:15:00+01:00", "02:45", "2026-10-25T01:45:00+00:00"),
        ("2026-10-25T02:50:00+01:00", "02:45", "2026-10-26T01:45:00+00:00"),
        ("2026-10-25T02:15:00+01:00", "today 02:45", "2026-10-25T00:45:00+00:00"),
        ("2026-03-29T01:45:00+01:00", "02:30", "2026-03-29T01:30:00+00:00"),
        ("2026-03-29T03:10:00+02:00", "02:30", "2026-03-30T00:30:00+00:00"),
        ("2026-03-29T03:10:00+02:00", "03:30", "2026-03-29T01:30:00+00:00"),
        ("2026-03-28T23:00:00+01:00", "02:30", "2026-03-29T01:30:00+00:00"),
        ("2026-10-24T23:00:00+02:00", "02:30", "2026-10-25T00:30:00+00:00"),
    ],
    ids=[
        "before the hour that comes twice: its first occurrence",
        "at its first occurrence: its second",
        "between the two: its second",
        "after both: the next day",
        "with a day: its first occurrence",
        "before a gap: pushed forward by it",
        "after a gap: the clocks have passed it, so the next day",
        "after a gap: a time that is still to come",
        "the day before a gap",
        "the day before the hour that comes twice",
    ],
)
def test_a_time_without_a_day_is_its_next_occurrence_also_where_the_clocks_change(
    now: str, text: str, meant: str
) -> None:
    found = moments.moment(text, zone="Europe/Berlin", now=datetime.fromisoformat(now))
    assert found.astimezone(UTC).isoformat() == meant


@given(
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kolkata"]),
    now=st.datetimes(
        min_value=datetime.fromisoformat("2025-01-01"),
        max_value=datetime.fromisoformat("2028-01-01"),
        timezones=st.just(UTC),
    ),
    minutes=st.integers(min_value=0, max_value=24 * 60 - 1),
)
def test_the_next_occurrence_lies_ahead_and_the_clocks_show_the_time_nowhere_before_it(
    zone: str, now: datetime, minutes: int
) -> None:
    there, wanted = ZoneInfo(zone), f"{minutes // 60:02}:{minutes % 60:02}"
    meant = moments.moment(wanted, zone=zone, now=now)
    next_minute = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    shown = (next_minute + timedelta(minutes=ahead) for ahead in range(2 * 24 * 60))
    first = next(at for at in shown if f"{at.astimezone(there):%H:%M}" == wanted)
    assert now < meant <= first
    assert meant == first or f"{meant.astimezone(there):%H:%M}" != wanted  # pushed forward on a day that skips it


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("14.00", "2026-01-05 13:00"),
        ("eod", "2026-01-05 16:00"),
        ("tomorrow eod", "2026-01-06 16:00"),
        ("5 dec", "2026-12-05 08:00"),
        ("dec 5", "2026-12-05 08:00"),
        ("5. december 14:00", "2026-12-05 13:00"),
        ("5th jan", "2026-01-05 08:00"),
        ("4 jan", "2027-01-04 08:00"),
        ("29 feb", "2028-02-29 08:00"),
        ("2h30", "2026-01-05 13:30"),
        ("2h 5", "2026-01-05 13:05"),
    ],
)
def test_times_and_days_are_read_as_people_write_them(text: str, meant: str) -> None:
    assert moments.moment(text, zone="Europe/Berlin", now=NOON).strftime("%Y-%m-%d %H:%M") == meant


def test_the_end_of_a_day_that_is_over_lies_behind_and_is_not_tomorrows() -> None:
    evening = NOON + timedelta(hours=7)
    assert moments.moment("eod", zone="Europe/Berlin", now=evening) < evening


@pytest.mark.parametrize("text", ["30 feb", "dec", "5", "5 dec 2026", "32 dec", "5 6", "14.6", "eod eod"])
def test_what_is_no_point_in_time_is_refused(text: str) -> None:
    with pytest.raises(UnreadableMoment):
        moments.moment(text, zone="Europe/Berlin", now=NOON)


@pytest.mark.parametrize("text", ["5.12", "14.05", "1.10"])
def test_what_may_be_a_date_is_no_time_of_day(text: str) -> None:
    with pytest.raises(UnreadableMoment):
        moments.moment(text, zone="Europe/Berlin", now=NOON)


@pytest.mark.parametrize(
    ("words", "moment", "rest"),
    [
        ("14:00 they call back", "14:00", "they call back"),
        ("tomorrow 9 am with the part", "tomorrow 9 am", "with the part"),
        ("next monday", "next monday", ""),
        ("2h30 at most", "2h30", "at most"),
        ("2026-12-01 14:00 new disk", "2026-12-01 14:00", "new disk"),
        ("eod", "eod", ""),
        ("5 dec new disk", "", "5 dec new disk"),
        ("2 disks are missing", "", "2 disks are missing"),
        ("sat on it", "", "sat on it"),
        ("fri 14:00", "fri 14:00", ""),
        ("fri 14:00 they wait for a part", "fri 14:00", "they wait for a part"),
        ("wed", "wed", ""),
        ("5 dec", "5 dec", ""),
        ("14.00", "14.00", ""),
        ("today", "", "today"),
        ("last friday", "", "last friday"),
        ("may call back", "", "may call back"),
        ("waiting for RMA", "", "waiting for RMA"),
        ("", "", ""),
    ],
)
def test_a_remark_may_follow_a_time_that_nothing_announces(words: str, moment: str, rest: str) -> None:
    assert moments.split_plain_moment(words.split()) == (moment, rest.split())


def test_after_until_any_time_may_come() -> None:
    assert moments.split_moment(["5", "dec", "new", "disk"]) == ("5 dec", ["new", "disk"])
