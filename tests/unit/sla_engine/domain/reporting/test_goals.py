"""Misses against a goal: exact, over the shortest period that allows one."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.agreements.goals import GoalPeriod, GoalSubject
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.reporting.attainment import Attainment
from sla_engine.domain.reporting.goals import allowed_misses, expected_count, meets, standing

GOALS = st.fractions(min_value=Fraction(1, 100), max_value=1, max_denominator=1000)
COUNTS = st.integers(min_value=0, max_value=100_000)
NINETY_FIVE = Fraction(95, 100)


def test_ninety_five_percent_of_two_hundred_allows_ten_misses() -> None:
    assert allowed_misses(NINETY_FIVE, Fraction(200)) == 10
    assert allowed_misses(NINETY_FIVE, Fraction(199)) == 9
    assert allowed_misses(Fraction(1), Fraction(200)) == 0


@given(GOALS, COUNTS, COUNTS)
def test_as_many_misses_are_allowed_as_still_meet_the_goal(goal: Fraction, of: int, missed: int) -> None:
    missed = min(missed, of)
    assert (missed <= allowed_misses(goal, Fraction(of))) == meets(goal, Attainment(of - missed, of))


@given(GOALS, GOALS, COUNTS, COUNTS)
def test_a_higher_goal_allows_no_more_and_a_larger_number_no_less(
    goal: Fraction, other: Fraction, count: int, more: int
) -> None:
    low, high = sorted((goal, other))
    assert allowed_misses(high, Fraction(count)) <= allowed_misses(low, Fraction(count))
    assert allowed_misses(goal, Fraction(count)) <= allowed_misses(goal, Fraction(count + more))


@given(COUNTS, st.lists(COUNTS, max_size=30), st.integers(0, 366))
def test_what_is_to_come_is_never_less_than_what_came(so_far: int, weeks: list[int], days: int) -> None:
    assert expected_count(so_far, weeks, days_left=days) >= so_far
    assert expected_count(so_far, weeks, days_left=0) == so_far
    assert expected_count(so_far, weeks, days_left=days) == expected_count(so_far, weeks[-8:], days_left=days)


def test_the_rest_of_a_period_is_expected_as_the_last_eight_weeks_were() -> None:
    assert expected_count(100, [0, 0, 0, 70, 70, 70, 70, 70, 70, 70, 70], days_left=20) == 300
    assert expected_count(100, [0, 0, 0, 0, 0, 0, 70, 140], days_left=7) == 205, "weeks before the first are left out"
    assert expected_count(5, [], days_left=20) == 5


@pytest.mark.parametrize(
    ("day", "period", "around"),
    [
        (date(2026, 11, 10), GoalPeriod.MONTH, (date(2026, 11, 1), date(2026, 12, 1))),
        (date(2026, 12, 31), GoalPeriod.MONTH, (date(2026, 12, 1), date(2027, 1, 1))),
        (date(2026, 11, 10), GoalPeriod.QUARTER, (date(2026, 10, 1), date(2027, 1, 1))),
        (date(2026, 1, 1), GoalPeriod.QUARTER, (date(2026, 1, 1), date(2026, 4, 1))),
        (date(2028, 2, 29), GoalPeriod.YEAR, (date(2028, 1, 1), date(2029, 1, 1))),
    ],
)
def test_a_day_lies_in_one_month_quarter_and_year(day: date, period: GoalPeriod, around: tuple[date, date]) -> None:
    assert period.around(day) == around


def counts(month: tuple[int, int], quarter: tuple[int, int], year: tuple[int, int]) -> dict[GoalPeriod, Attainment]:
    return {
        GoalPeriod.MONTH: Attainment(*month),
        GoalPeriod.QUARTER: Attainment(*quarter),
        GoalPeriod.YEAR: Attainment(*year),
    }


def test_a_goal_says_how_many_were_missed_how_many_it_allows_and_the_day() -> None:
    reached = standing(
        NINETY_FIVE,
        GoalPeriod.MONTH,
        day=date(2026, 11, 10),
        so_far=counts((18, 20), (50, 55), (300, 320)),
        weeks=[14] * 8,
    )
    assert reached is not None
    assert (reached.period, reached.missed, reached.allowed, reached.day, reached.days) == ("month", 2, 3, 10, 30)
    assert not reached.is_broken
    assert not reached.is_one_miss_away
    assert reached.burn_rate == 2


def test_seven_of_ten_spent_by_day_ten_of_thirty_burn_at_two_point_one() -> None:
    reached = standing(
        NINETY_FIVE,
        GoalPeriod.MONTH,
        day=date(2026, 11, 10),
        so_far=counts((60, 67), (60, 67), (60, 67)),
        weeks=[Fraction(133 * 7, 20).numerator // Fraction(133 * 7, 20).denominator + 1] * 8,
    )
    assert reached is not None
    assert (reached.missed, reached.allowed, reached.burn_rate) == (7, 10, Fraction(21, 10))


@pytest.mark.parametrize(
    ("weekly", "period", "allowed"), [(20, "month", 4), (4, "quarter", 1), (1, "year", 1), (0, None, None)]
)
def test_the_period_widens_until_one_miss_is_allowed(weekly: int, period: str | None, allowed: int | None) -> None:
    reached = standing(
        NINETY_FIVE,
        GoalPeriod.MONTH,
        day=date(2026, 11, 1),
        so_far=counts((1, 1), (1, 1), (16, 16)) if weekly else counts((1, 1), (1, 1), (1, 1)),
        weeks=[weekly] * 8,
    )
    assert (reached and reached.period, reached and reached.allowed) == (period, allowed)


def test_a_goal_that_is_counted_by_the_quarter_begins_there() -> None:
    reached = standing(
        NINETY_FIVE,
        GoalPeriod.QUARTER,
        day=date(2026, 12, 31),
        so_far=counts((90, 100), (280, 300), (900, 1000)),
        weeks=[25] * 8,
    )
    assert reached is not None
    assert (reached.period, reached.missed, reached.allowed, reached.day, reached.days) == ("quarter", 20, 15, 92, 92)
    assert reached.is_broken


def test_a_goal_of_everything_allows_nothing_and_is_counted_all_the_same() -> None:
    reached = standing(
        Fraction(1), GoalPeriod.MONTH, day=date(2026, 11, 10), so_far=counts((9, 9), (9, 9), (9, 9)), weeks=[]
    )
    assert reached is not None
    assert (reached.missed, reached.allowed, reached.burn_rate) == (0, 0, None)


def test_a_goal_covers_what_it_names() -> None:
    fix = GoalSubject(metric=MetricName.RESOLUTION)
    assert GoalSubject().covers(MetricName.RESOLUTION, Priority.P1)
    assert fix.covers(MetricName.RESOLUTION, Priority.P3)
    assert not fix.covers(MetricName.FIRST_RESPONSE, Priority.P3)
    assert not GoalSubject(priority=Priority.P1).covers(MetricName.RESOLUTION, Priority.P2)
