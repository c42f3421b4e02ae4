"""The effect of a procedure, and the words for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.reporting.effect import WEEK, MeasuredEffect, Verdict, effect

PUBLISHED = datetime(2026, 6, 1, 9, tzinfo=UTC)
LONG_AGO = PUBLISHED - 52 * WEEK


def of(before: int, since: int, *, weeks_since: int = 6, weeks_before: int = 12) -> MeasuredEffect:
    return MeasuredEffect(before=before, weeks_before=weeks_before, since=since, weeks_since=weeks_since)


@pytest.mark.parametrize(
    ("measured", "verdict", "sentence"),
    [
        (of(25, 3), Verdict.HELPED, "2.1 misses a week before, 0.5 in the six weeks since. It helped."),
        (
            of(12, 3),
            Verdict.MAY_BE_CHANCE,
            "1.0 misses a week before, 0.5 in the six weeks since. Fewer, but that may be chance.",
        ),
        (of(12, 6), Verdict.NO_FEWER, "1.0 misses a week before, 1.0 in the six weeks since. No fewer."),
        (
            of(12, 20, weeks_since=15),
            Verdict.NO_FEWER,
            "1.0 misses a week before, 1.3 in the 15 weeks since. No fewer.",
        ),
        (of(0, 2), Verdict.NO_FEWER, "0.0 misses a week before, 0.3 in the six weeks since. No fewer."),
        (of(25, 0, weeks_since=2), Verdict.TOO_EARLY, "too early to tell (2 of 4 weeks)."),
        (
            of(25, 0, weeks_before=1),
            Verdict.UNKNOWN_BEFORE,
            "nothing to compare with (1 of 4 weeks before it).",
        ),
        (
            of(0, 0),
            Verdict.NOTHING_BEFORE,
            "no misses in the twelve weeks before, none in the six weeks since.",
        ),
    ],
)
def test_an_effect_is_said_in_a_sentence(measured: MeasuredEffect, verdict: Verdict, sentence: str) -> None:
    assert (measured.verdict, measured.sentence) == (verdict, sentence)


def test_the_interval_is_said_apart() -> None:
    assert of(25, 3).interval_sentence == (
        "Before: 25 misses in twelve weeks, 2.1 a week (1.3 to 3.1); since: 3 misses in six weeks, 0.5 a week "
        "(0.1 to 1.5). The rate since is 0.05 to 0.79 times the one before (95 %, exact)."
    )
    assert of(0, 2).interval_sentence.endswith("times the one before (95 %, exact).")
    assert of(25, 0, weeks_since=2).interval_sentence == ""


@given(before=st.integers(0, 60), since=st.integers(0, 60), weeks=st.integers(4, 40))
def test_it_helped_only_where_chance_would_rarely_do_as_much(before: int, since: int, weeks: int) -> None:
    measured = of(before, since, weeks_since=weeks)
    if measured.verdict is Verdict.HELPED:
        assert since / weeks < before / 12
        assert of(before, since + 1, weeks_since=weeks).verdict in (
            Verdict.HELPED,
            Verdict.MAY_BE_CHANCE,
            Verdict.NO_FEWER,
        )
        assert since == 0 or of(before, since - 1, weeks_since=weeks).verdict is Verdict.HELPED


def test_whole_weeks_around_the_publication_are_counted() -> None:
    missed = [
        PUBLISHED - 12 * WEEK - timedelta(seconds=1),
        PUBLISHED - 12 * WEEK,
        PUBLISHED - timedelta(seconds=1),
        PUBLISHED,
        PUBLISHED + 5 * WEEK - timedelta(seconds=1),
        PUBLISHED + 5 * WEEK,
    ]
    now = PUBLISHED + 5 * WEEK + timedelta(days=3)
    assert effect(missed, published_at=PUBLISHED, known_from=LONG_AGO, now=now) == of(2, 2, weeks_since=5)


def test_weeks_before_our_records_begin_are_not_compared_with() -> None:
    missed = [PUBLISHED - 6 * WEEK, PUBLISHED - 2 * WEEK]
    begun = PUBLISHED - 5 * WEEK - timedelta(days=2)
    measured = effect(missed, published_at=PUBLISHED, known_from=begun, now=PUBLISHED + 4 * WEEK)
    assert measured == of(1, 0, weeks_before=5, weeks_since=4)
    assert effect(missed, published_at=PUBLISHED, known_from=PUBLISHED + WEEK, now=PUBLISHED - WEEK) == of(
        0, 0, weeks_before=0, weeks_since=0
    )
