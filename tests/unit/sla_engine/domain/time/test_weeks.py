"""ISO weeks: how they are written, and where they begin and end in a zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.time.errors import UnknownWeek
from sla_engine.domain.time.weeks import Week


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
