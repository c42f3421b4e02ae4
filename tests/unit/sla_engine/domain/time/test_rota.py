"""Dispatchers in turn: handed over at the same time of day all year, or after real time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sla_engine.domain.time.local_time import resolve
from sla_engine.domain.time.rota import Rota, WallDays
from tests.unit.sla_engine.domain.histories import MONDAY, at

EARLIEST, LATEST = (datetime.fromisoformat(written) for written in ("2010-01-01", "2030-01-01"))
ROTA = Rota(members=("U0DANA", "U0DEV"), starts=at("mon 08:00"), turn=timedelta(days=7))


@pytest.mark.parametrize(
    ("when", "week", "who"),
    [
        ("mon 07:59", 0, "U0DANA"),
        ("mon 08:00", 0, "U0DANA"),
        ("mon 07:59", 1, "U0DANA"),
        ("mon 08:00", 1, "U0DEV"),
        ("mon 08:00", 2, "U0DANA"),
    ],
)
def test_dispatchers_take_turns(when: str, week: int, who: str) -> None:
    assert ROTA.on_duty(at(when, week=week)) == who


def test_before_the_first_turn_the_first_of_them_dispatches() -> None:
    assert ROTA.on_duty(MONDAY - timedelta(days=100)) == "U0DANA"


def test_without_a_rota_nobody_dispatches() -> None:
    assert replace(ROTA, members=()).on_duty(MONDAY) is None


def in_new_york(turn: WallDays | timedelta) -> Rota:
    """Handed over at eight in the morning of New York, from 5 January 2026 on."""
    return Rota(members=("U0DANA", "U0DEV"), starts=datetime(2026, 1, 5, 13, tzinfo=UTC), turn=turn)


@pytest.mark.parametrize(
    ("turn", "now", "who"),
    [
        (WallDays(7, "America/New_York"), "2026-03-09T07:59:59-04:00", "U0DANA"),
        (WallDays(7, "America/New_York"), "2026-03-09T08:00:00-04:00", "U0DEV"),
        (WallDays(7, "America/New_York"), "2026-11-02T07:59:59-05:00", "U0DANA"),
        (WallDays(7, "America/New_York"), "2026-11-02T08:00:00-05:00", "U0DEV"),
        (WallDays(1, "America/New_York"), "2026-03-08T07:59:59-04:00", "U0DEV"),
        (WallDays(1, "America/New_York"), "2026-03-08T08:00:00-04:00", "U0DANA"),
        (timedelta(hours=12), "2026-03-09T08:59:59-04:00", "U0DEV"),
        (timedelta(hours=12), "2026-03-09T09:00:00-04:00", "U0DANA"),
        (timedelta(days=7), "2026-03-09T08:30:00-04:00", "U0DANA"),
    ],
    ids=[
        "weekly, before eight in summer time",
        "weekly, at eight in summer time",
        "weekly, before eight in winter time again",
        "weekly, at eight in winter time again",
        "daily, before eight on the day of 23 hours",
        "daily, at eight on the day of 23 hours",
        "twelve real hours, before",
        "twelve real hours, after",
        "168h is real time: an hour late by the wall",
    ],
)
def test_named_turns_are_days_on_the_wall_and_others_are_real_time(
    turn: WallDays | timedelta, now: str, who: str
) -> None:
    assert in_new_york(turn).on_duty(datetime.fromisoformat(now)) == who


@pytest.mark.parametrize(
    ("now", "who"),
    [("2026-03-29T03:29:59+02:00", "U0DANA"), ("2026-03-29T03:30:00+02:00", "U0DEV")],
    ids=["before the gap is made up for", "pushed forward by the gap"],
)
def test_a_handover_in_an_hour_that_does_not_exist_is_pushed_forward(now: str, who: str) -> None:
    nightly = Rota(
        members=("U0DEV", "U0DANA"),
        starts=datetime(2026, 3, 27, 1, 30, tzinfo=UTC),
        turn=WallDays(1, "Europe/Berlin"),
    )
    assert nightly.on_duty(datetime.fromisoformat(now)) == who


def test_a_handover_in_an_hour_that_comes_twice_is_its_first() -> None:
    nightly = Rota(
        members=("U0DANA", "U0DEV"),
        starts=datetime(2026, 10, 24, 0, 30, tzinfo=UTC),
        turn=WallDays(1, "Europe/Berlin"),
    )
    times = ("2026-10-25T02:29:59+02:00", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00")
    assert [nightly.on_duty(datetime.fromisoformat(now)) for now in times] == ["U0DANA", "U0DEV", "U0DEV"]


@pytest.mark.parametrize(
    ("now", "who"),
    [
        ("2011-12-29T08:59:59-10:00", "U0DANA"),
        ("2011-12-29T09:00:00-10:00", "U0DEV"),
        ("2011-12-31T00:00:00+14:00", "U0DEV"),
        ("2011-12-31T08:59:59+14:00", "U0DEV"),
        ("2011-12-31T09:00:00+14:00", "U0TOM"),
    ],
    ids=["the day before", "handed over", "across the skipped date", "before the handover", "the next day in turn"],
)
def test_nobody_takes_over_on_a_date_that_the_zone_skipped(now: str, who: str) -> None:
    daily = Rota(
        members=("U0DANA", "U0DEV", "U0ANN", "U0TOM"),
        starts=datetime.fromisoformat("2011-12-28T09:00:00-10:00"),
        turn=WallDays(1, "Pacific/Apia"),
    )
    assert daily.on_duty(datetime.fromisoformat(now)) == who


@example(zone="Pacific/Apia", first=datetime(2011, 12, 29, 9), days=1, turns=1)  # noqa: DTZ001 - a wall-clock label
@given(
    zone=st.sampled_from(["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"]),
    first=st.datetimes(min_value=EARLIEST, max_value=LATEST),
    days=st.integers(min_value=1, max_value=28),
    turns=st.integers(min_value=1, max_value=800),
)
def test_every_turn_begins_at_the_time_of_day_of_the_first(zone: str, first: datetime, days: int, turns: int) -> None:
    there = ZoneInfo(zone)
    starts = resolve(first, there)
    wall = starts.astimezone(there)
    handover = resolve(datetime.combine(wall.date() + timedelta(days=days * turns), wall.time()), there)
    turn = WallDays(days, zone)
    assert turn.turns_since(starts, handover) >= turns
    assert turn.turns_since(starts, handover - timedelta(seconds=1)) < turns


@given(
    zone=st.sampled_from(["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]),
    now=st.datetimes(min_value=EARLIEST, max_value=LATEST, timezones=st.just(UTC)),
    later=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=40)),
)
def test_turns_never_go_back(zone: str, now: datetime, later: timedelta) -> None:
    turn, starts = WallDays(1, zone), datetime.combine(date(2025, 6, 1), time(1, 30), UTC)
    assert turn.turns_since(starts, now) <= turn.turns_since(starts, now + later)
