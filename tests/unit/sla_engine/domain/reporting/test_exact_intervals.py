"""Exact intervals, against published values."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.reporting.exact_intervals import (
    binomial_below,
    binomial_interval,
    poisson_below,
    poisson_interval,
    rate_ratio_interval,
)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        (0, 0.0, 3.689),
        (1, 0.0253, 5.572),
        (2, 0.242, 7.225),
        (3, 0.619, 8.767),
        (5, 1.623, 11.668),
        (10, 4.795, 18.390),
        (50, 37.111, 65.919),
    ],
)
def test_the_interval_of_a_count_is_garwoods(count: int, low: float, high: float) -> None:
    """The values of the tables of 95 % limits that follow Garwood (1936)."""
    assert poisson_interval(count) == pytest.approx((low, high), abs=6e-4)


@pytest.mark.parametrize(
    ("successes", "of", "level", "low", "high"),
    [
        (4, 20, 0.90, 0.071354, 0.401029),  # NIST/SEMATECH e-Handbook, 7.2.4.1
        (0, 10, 0.95, 0.0, 0.308497),
        (1, 10, 0.95, 0.002529, 0.445016),
        (10, 10, 0.95, 0.691503, 1.0),
    ],
)
def test_the_interval_of_a_share_is_clopper_and_pearsons(
    successes: int, of: int, level: float, low: float, high: float
) -> None:
    assert binomial_interval(successes, of, level=level) == pytest.approx((low, high), abs=1e-6)


def test_the_interval_of_a_ratio_of_rates_is_that_of_the_published_example() -> None:
    """The example of R's `poisson.test`: 11 in 800 against 21 in 3,011."""
    assert rate_ratio_interval(11, 800, 21, 3011) == pytest.approx((0.8584264, 4.2772659), abs=1e-6)


def test_a_ratio_to_nothing_has_no_upper_limit() -> None:
    assert rate_ratio_interval(3, 6, 0, 12)[1] == inf
    assert rate_ratio_interval(0, 6, 3, 12)[0] == 0.0


@given(count=st.integers(0, 300), more=st.integers(1, 50))
def test_the_limits_of_a_count_hold_it_and_grow_with_it(count: int, more: int) -> None:
    (low, high), (low_of_more, high_of_more) = poisson_interval(count), poisson_interval(count + more)
    assert low <= count < high
    assert low < low_of_more
    assert high < high_of_more
    assert poisson_below(count, high) == pytest.approx(0.025, abs=1e-9)


@given(numbers=st.tuples(st.integers(0, 200), st.integers(1, 200)).filter(lambda pair: pair[0] <= pair[1]))
def test_the_limits_of_a_share_mirror_those_of_the_rest(numbers: tuple[int, int]) -> None:
    successes, of = numbers
    low, high = binomial_interval(successes, of)
    mirrored = binomial_interval(of - successes, of)
    assert (1 - mirrored[1], 1 - mirrored[0]) == pytest.approx((low, high), abs=1e-9)
    assert low <= successes / of <= high


def test_a_certain_event_is_no_chance() -> None:
    assert [binomial_below(1, 3, share) for share in (0.0, 1.0)] == [1.0, 0.0]
    assert binomial_below(3, 3, 1.0) == 1.0
