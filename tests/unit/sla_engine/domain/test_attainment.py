"""Shares with their uncertainty, weeks in a zone, and ages in business days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.reporting.attainment import Attainment, mean_share, median, p90, wilson
from sla_engine.domain.reporting.backlog import AGE_LABELS, age_bounds
from sla_engine.domain.reporting.digest import Share
from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.errors import UnknownWeek
from sla_engine.domain.time.local_time import local_day, local_hour
from sla_engine.domain.time.weeks import Week


@pytest.mark.parametrize(
    ("met", "of", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (81, 263, 0.2553, 0.3662),
        (1, 1, 0.2065, 1.0),
    ],
)
def test_the_interval_is_wilsons(met: int, of: int, low: float, high: float) -> None:
    assert wilson(met, of) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_interval_holds_the_share_and_narrows_with_more_outcomes(found: tuple[int, int]) -> None:
    met, of = found
    low, high = wilson(met, of)
    assert 0.0 <= low <= met / of + 1e-12
    assert met / of - 1e-12 <= high <= 1.0
    more_low, more_high = wilson(met * 4, of * 4)
    assert more_high - more_low < high - low


def test_without_outcomes_there_is_no_share() -> None:
    nothing = Attainment(0, 0)
    assert (nothing.share, nothing.interval, nothing.rankable) == (None, None, False)
    assert Share.of_attainment(nothing) == Share(met=0, of=0, percent=None, low=None, high=None)


def test_attainments_add_up() -> None:
    assert Attainment(1, 2) + Attainment(3, 3) == Attainment(4, 5)
    assert (Attainment(4, 5).missed, Attainment(4, 5).rankable) == (1, True)
    assert Share.of_attainment(Attainment(2, 3)).percent == 66.67
    assert Share.of_attainment(Attainment(2, 3)).missed == 1


def test_the_mean_of_weeks_leaves_empty_ones_out() -> None:
    assert mean_share([Attainment(1, 2), Attainment(0, 0), Attainment(1, 1)]) == 0.75
    assert mean_share([Attainment(0, 0)]) is None


def minutes(*numbers: int) -> list[timedelta]:
    return [timedelta(minutes=number) for number in numbers]


def test_medians_and_ninth_deciles() -> None:
    assert median(minutes(5, 1, 3)) == timedelta(minutes=3)
    assert median(minutes(4, 1, 2, 3)) == timedelta(minutes=2, seconds=30)
    assert p90(minutes(*range(1, 11))) == timedelta(minutes=9)
    assert p90(minutes(7)) == timedelta(minutes=7)
    assert (median([]), p90([])) == (None, None)


# ------------------------------------------------------------------------------------- weeks


def test_a_week_is_written_and_read_the_same_way() -> None:
    assert str(Week.parse(" 2016-w01 ")) == "2016-W01"
    assert Week.parse("2020-W53").monday == date(2020, 12, 28)


@pytest.mark.parametrize("text", ["2016-W00", "2016-W54", "2021-W53", "2016W12", "1816-W12", "week 12", ""])
def test_a_week_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(UnknownWeek):
        Week.parse(text)


@pytest.mark.parametrize(
    ("week", "hours"), [("2026-W10", 167), ("2026-W44", 169), ("2026-W20", 168)], ids=["spring", "autumn", "plain"]
)
def test_a_week_lasts_from_monday_to_monday_on_the_wall(week: str, hours: int) -> None:
    start, end = Week.parse(week).span(zone="America/New_York")
    assert end - start == timedelta(hours=hours)


@given(st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive
       st.sampled_from(["UTC", "America/New_York", "Pacific/Apia", "Asia/Beirut", "Australia/Lord_Howe"]))  # fmt: skip
def test_every_instant_lies_in_exactly_its_week(at: datetime, zone: str) -> None:
    week = Week.of(at, zone=zone)
    start, end = week.span(zone=zone)
    assert start <= at < end
    assert week.following().span(zone=zone)[0] == end
    assert week.before().following() == week


def test_an_hour_that_does_not_exist_begins_after_the_gap() -> None:
    assert local_hour(date(2026, 3, 8), 2, zone="America/New_York") == datetime(2026, 3, 8, 7, tzinfo=UTC)
    assert local_day(datetime(2026, 3, 8, 3, tzinfo=UTC), zone="America/New_York") == date(2026, 3, 7)


# ------------------------------------------------------------------------------------- backlog

OFFICE = Calendar.weekly("Europe/Berlin", {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")})


@pytest.mark.parametrize(
    ("opened", "age"),
    [
        ("2026-02-09T08:00", "0–1"),
        ("2026-02-07T12:00", "0–1"),
        ("2026-02-06T08:00", "0–1"),
        ("2026-02-05T22:00", "2–3"),
        ("2026-02-03T08:00", "4–7"),
        ("2026-01-28T08:00", "8–14"),
        ("2026-01-12T08:00", "15–30"),
        ("2025-12-01T08:00", "> 30"),
    ],
)
def test_age_counts_business_days_and_no_weekends(opened: str, age: str) -> None:
    bounds = age_bounds(OFFICE, now=datetime(2026, 2, 9, 12, tzinfo=UTC))
    opened_at = datetime.fromisoformat(opened).replace(tzinfo=UTC)
    assert AGE_LABELS[sum(opened_at < bound for bound in bounds)] == age


def test_a_calendar_that_is_nearly_always_closed_has_fewer_ages() -> None:
    rarely = Calendar("UTC", overrides={date(2026, 2, day): OFFICE.hours[0] for day in (2, 3, 4)})
    assert len(age_bounds(rarely, now=datetime(2026, 2, 9, 12, tzinfo=UTC))) == 1
