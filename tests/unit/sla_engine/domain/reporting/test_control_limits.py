"""Ordinary and unusual weeks, against a published example."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.reporting.attainment import Attainment
from sla_engine.domain.reporting.control_limits import (
    FEWEST_WEEKS,
    MOST_WEEKS,
    ControlLimits,
    WeekVerdict,
    control_limits,
    limits_of,
)

NIST_FLOWRATE = ("49.6", "47.6", "49.9", "51.3", "47.8", "51.2", "52.6", "52.4", "53.6", "52.1")
WEEKS = st.lists(
    st.integers(0, 300).flatmap(lambda of: st.integers(0, of).map(lambda met: Attainment(met, of))), max_size=40
)


def test_the_limits_are_those_of_the_published_example() -> None:
    limits = limits_of([Fraction(value) for value in NIST_FLOWRATE])
    assert limits.mean == Fraction("50.81")
    assert float(limits.upper) == pytest.approx(55.8041, abs=0.002), "2.66 stands for 3 / 1.128 = 2.6596"
    assert float(limits.lower) == pytest.approx(45.8159, abs=0.002)


def test_nothing_is_said_by_fewer_than_twelve_weeks_with_outcomes() -> None:
    weeks = [Attainment(9, 10)] * (FEWEST_WEEKS - 1)
    assert control_limits(weeks) is None
    assert control_limits([*weeks, Attainment(0, 0)]) is None
    assert control_limits([*weeks, Attainment(9, 10)]) == ControlLimits(Fraction(90), Fraction(90), Fraction(90))


def test_weeks_long_ago_do_not_count() -> None:
    recent = [Attainment(9, 10)] * MOST_WEEKS
    assert control_limits([Attainment(0, 10)] * 5 + recent) == control_limits(recent)


@given(WEEKS)
def test_limits_lie_around_the_mean_within_nothing_and_all(weeks: list[Attainment]) -> None:
    limits = control_limits(weeks)
    if limits is not None:
        assert 0 <= limits.lower <= limits.mean <= limits.upper <= 100


def test_a_week_beyond_a_limit_is_unusual_and_one_on_it_is_not() -> None:
    limits = ControlLimits(Fraction(93), Fraction(86), Fraction(100))
    assert limits.verdict(Fraction(86)) is WeekVerdict.ORDINARY
    assert limits.verdict(Fraction(8599, 100)) is WeekVerdict.UNUSUALLY_BAD
    assert limits.verdict(Fraction(100)) is WeekVerdict.ORDINARY
    assert ControlLimits(Fraction(80), Fraction(70), Fraction(90)).verdict(Fraction(91)) is WeekVerdict.UNUSUALLY_GOOD
