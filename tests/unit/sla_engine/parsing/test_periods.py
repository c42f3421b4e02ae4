"""Weeks and months as people write them; the present is Saturday 28 November 2026, in week 48."""

from datetime import UTC, date, datetime

import pytest

from sla_engine.domain.time.errors import PeriodNotBegun, UnknownPeriod, UnknownWeek
from sla_engine.domain.time.months import Month
from sla_engine.domain.time.periods import weeks_within
from sla_engine.domain.time.weeks import Week
from sla_engine.parsing.periods import period

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
ZONE = "Europe/Berlin"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("this week", "2026-W48"),
        ("Last  Week", "2026-W47"),
        ("w48", "2026-W48"),
        ("W49", "2025-W49"),
        ("week 7", "2026-W07"),
        ("2016-W12", "2016-W12"),
        ("2016-w12", "2016-W12"),
        ("w53", "2020-W53"),
        ("this month", "2026-11"),
        ("last month", "2026-10"),
        ("november", "2026-11"),
        ("dec", "2025-12"),
        ("Nov.", "2026-11"),
        ("march 2024", "2024-03"),
        ("2026-02", "2026-02"),
    ],
)
def test_a_period_is_the_last_of_its_name_that_has_begun(written: str, meant: str) -> None:
    assert str(period(written, zone=ZONE, now=NOW)) == meant


@pytest.mark.parametrize("written", ["", "ma", "soon", "last", "last year", "month", "w", "2026-13", "2026-00", "1 2"])
def test_other_words_are_no_period(written: str) -> None:
    with pytest.raises(UnknownPeriod):
        period(written, zone=ZONE, now=NOW)


@pytest.mark.parametrize("written", ["2025-W53", "2026-W54", "2026-W00"])
def test_a_week_its_year_does_not_have_is_refused(written: str) -> None:
    with pytest.raises(UnknownWeek):
        period(written, zone=ZONE, now=NOW)


@pytest.mark.parametrize(
    ("written", "first_day"), [("2026-W49", date(2026, 11, 30)), ("december 2026", date(2026, 12, 1))]
)
def test_what_has_not_begun_is_refused_with_its_first_day(written: str, first_day: date) -> None:
    with pytest.raises(PeriodNotBegun) as refusal:
        period(written, zone=ZONE, now=NOW)
    assert refusal.value.first_day == first_day


def test_the_zone_decides_which_month_it_is() -> None:
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert str(period("this month", zone=ZONE, now=new_year)) == "2027-01"
    assert str(period("this month", zone="UTC", now=new_year)) == "2026-12"


def test_a_month_spans_its_days_and_touches_five_weeks() -> None:
    november = Month(2026, 11)
    start, end = november.span(zone=ZONE)
    assert (start, end) == (datetime(2026, 10, 31, 23, tzinfo=UTC), datetime(2026, 11, 30, 23, tzinfo=UTC))
    weeks = weeks_within(november, zone=ZONE)
    assert (weeks[0], weeks[-1], len(weeks)) == (Week(2026, 44), Week(2026, 49), 6)
    assert (str(november.before(11)), str(november.following())) == ("2025-12", "2026-12")
