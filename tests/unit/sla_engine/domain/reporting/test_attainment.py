"""Shares with their uncertainty, means and medians."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.reporting.attainment import Attainment, mean_share, median, p90, wilson
from sla_engine.domain.reporting.digest import Share


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
def test_the_interval_holds_the_share_and_narrows_with_more_outcomes(counts: tuple[int, int]) -> None:
    met, of = counts
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
