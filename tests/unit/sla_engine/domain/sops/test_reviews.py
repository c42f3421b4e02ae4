"""Review days: overdue ones are spread over weeks, and a day lasts to its end."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.sops.reviews import REVIEWS_A_WEEK, is_review_late, spread_reviews
from sla_engine.domain.time.weeks import Week

TODAY = date(2026, 12, 2)


def test_three_a_week_from_today_on() -> None:
    days = spread_reviews(7, taken={}, today=TODAY)
    assert days == [TODAY] * 3 + [TODAY + timedelta(days=7)] * 3 + [TODAY + timedelta(days=14)]


def test_a_week_that_has_reviews_takes_only_what_is_left() -> None:
    taken = {Week.of_day(TODAY): 2, Week.of_day(TODAY + timedelta(days=7)): 5}
    assert spread_reviews(2, taken=taken, today=TODAY) == [TODAY, TODAY + timedelta(days=14)]


@given(st.integers(0, 60), st.dictionaries(st.integers(0, 20), st.integers(0, 6)), st.dates(max_value=date(2100, 1, 1)))
def test_no_week_is_given_more_than_it_takes(count: int, weeks: dict[int, int], today: date) -> None:
    taken = {Week.of_day(today + timedelta(weeks=number)): held for number, held in weeks.items()}
    days = spread_reviews(count, taken=taken, today=today)
    assert len(days) == count
    assert days == sorted(days)
    for week, spread in Counter(Week.of_day(day) for day in days).items():
        assert spread + taken.get(week, 0) <= REVIEWS_A_WEEK


def test_a_review_is_late_once_its_day_is_over() -> None:
    assert not is_review_late(TODAY, today=TODAY)
    assert is_review_late(TODAY, today=TODAY + timedelta(days=1))
