from datetime import date, timedelta

import pytest

from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.holidays import (
    UnknownCountry,
    UnknownHolidayCategory,
    UnknownSubdivision,
    is_estimated,
    public_holidays,
)


def names(country: str, subdivision: str | None, year: int) -> dict[date, str]:
    return {closure.date: closure.name for closure in public_holidays(country, subdivision, [year])}


def test_holidays_of_a_country_are_whole_day_closures_in_order_with_english_names() -> None:
    closures = public_holidays("DE", None, [2027, 2026])
    assert all(closure.is_whole_date for closure in closures)
    assert [closure.date for closure in closures] == sorted(closure.date for closure in closures)
    assert closures[0].date == date(2026, 1, 1)
    assert closures[0].name == "New Year's Day"
    assert {closure.date.year for closure in closures} == {2026, 2027}


def test_holidays_are_in_the_order_of_their_dates() -> None:
    dates = [closure.date for closure in public_holidays("MY", None, [2026])]
    assert dates == sorted(dates)
    assert len(dates) == len(set(dates))


def test_names_do_not_follow_the_language_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    assert names("DE", None, 2026)[date(2026, 1, 1)] == "New Year's Day"


def test_a_subdivision_adds_its_own_days() -> None:
    assert date(2026, 1, 6) in names("DE", "BY", 2026)  # Epiphany is kept in Bavaria
    assert date(2026, 1, 6) not in names("DE", None, 2026)


@pytest.mark.parametrize(("country", "subdivision"), [("de", "by"), ("DEU", "Bayern"), (" DE ", "BAYERN")])
def test_codes_may_be_written_in_any_case_and_subdivisions_by_name(country: str, subdivision: str) -> None:
    assert names(country, subdivision, 2026) == names("DE", "BY", 2026)


def test_a_holiday_on_a_weekend_brings_the_day_that_stands_in_for_it() -> None:
    by_date = names("US", None, 2026)
    assert by_date[date(2026, 7, 4)] == "Independence Day"
    assert "observed" in by_date[date(2026, 7, 3)]


def test_a_date_that_is_only_forecast_says_so() -> None:
    closures = public_holidays("AE", None, [2027])
    assert any(is_estimated(closure) for closure in closures)
    assert not is_estimated(next(closure for closure in closures if closure.date == date(2027, 1, 1)))


def test_other_kinds_of_holidays_are_taken_on_request() -> None:
    catholic = public_holidays("DE", "BY", [2026], categories=("public", "catholic"))
    assert date(2026, 8, 15) in {closure.date for closure in catholic}
    assert date(2026, 8, 15) not in names("DE", "BY", 2026)


def test_an_unknown_country_is_refused_with_codes_that_look_like_it() -> None:
    with pytest.raises(UnknownCountry) as refusal:
        public_holidays("USB", None, [2026])
    assert refusal.value.country == "USB"
    assert "US" in refusal.value.near


def test_an_unknown_subdivision_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(UnknownSubdivision) as refusal:
        public_holidays("us", "Bavaria", [2026])
    assert (refusal.value.country, refusal.value.subdivision) == ("us", "Bavaria")
    assert "NY" in refusal.value.allowed


def test_an_unknown_kind_of_holiday_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(UnknownHolidayCategory) as refusal:
        public_holidays("GB", None, [2026], categories=("bank",))
    assert refusal.value.category == "bank"
    assert refusal.value.allowed == ("public",)


def test_holidays_close_a_calendar() -> None:
    hours = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    office = Calendar.weekly("America/New_York", hours, closures=public_holidays("US", "NY", [2026]))
    thanksgiving = office.resolve_local("2026-11-26 00:00")
    assert office.elapsed(thanksgiving, thanksgiving + timedelta(hours=24)) == timedelta(0)
    assert office.elapsed(thanksgiving, thanksgiving + timedelta(hours=48)) == timedelta(hours=8)
