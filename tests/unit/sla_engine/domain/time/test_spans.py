from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla_engine.domain.time.spans import Span, intersect, subtract, union

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def at(minute: int) -> datetime:
    return MONDAY + timedelta(minutes=minute)


def span(start: int, end: int) -> Span:
    return Span(at(start), at(end))


def minutes(spans: list[Span]) -> list[int]:
    """Every minute the spans cover, once for each span that covers it."""
    one = timedelta(minutes=1)
    return sorted(m for s in spans for m in range((s.start - MONDAY) // one, (s.end - MONDAY) // one))


SPANS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 12)).map(lambda pair: span(pair[0], pair[0] + pair[1])), max_size=8
)


def test_the_start_belongs_to_a_span_and_the_end_does_not() -> None:
    assert at(10) in span(10, 20)
    assert at(19) in span(10, 20)
    assert at(20) not in span(10, 20)
    assert at(9) not in span(10, 20)


def test_a_span_knows_how_long_it_lasts_and_an_empty_one_is_false() -> None:
    assert span(10, 25).duration == timedelta(minutes=15)
    assert span(10, 25)
    assert not span(10, 10)


def test_spans_that_only_touch_share_no_time() -> None:
    assert span(0, 10) & span(10, 20) is None
    assert span(0, 11) & span(10, 20) == span(10, 11)


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        span(10, 9)


@pytest.mark.parametrize("edges", [(MONDAY.replace(tzinfo=None), MONDAY), (MONDAY, MONDAY.replace(tzinfo=None))])
def test_a_span_with_a_naive_edge_is_refused(edges: tuple[datetime, datetime]) -> None:
    with pytest.raises(ValueError, match="aware"):
        Span(*edges)


def test_union_joins_what_touches_or_overlaps_and_drops_what_is_empty() -> None:
    spans = [span(30, 40), span(0, 10), span(10, 15), span(5, 8), span(50, 50)]
    assert union(spans) == [span(0, 15), span(30, 40)]


def test_subtract_cuts_holes_inside_across_and_over_whole_spans() -> None:
    assert subtract([span(0, 10), span(20, 30), span(40, 50)], [span(3, 5), span(8, 22), span(40, 60)]) == [
        span(0, 3),
        span(5, 8),
        span(22, 30),
    ]


def test_one_hole_may_reach_over_several_spans() -> None:
    assert subtract([span(0, 10), span(12, 20), span(22, 30)], [span(5, 25)]) == [span(0, 5), span(25, 30)]


@given(SPANS, SPANS)
@settings(max_examples=200, deadline=None)
def test_the_algebra_agrees_with_sets_of_minutes(a: list[Span], b: list[Span]) -> None:
    ours, theirs = set(minutes(a)), set(minutes(b))
    for spans, expected in (
        (union([*a, *b]), ours | theirs),
        (subtract(a, b), ours - theirs),
        (intersect(a, b), ours & theirs),
    ):
        assert minutes(spans) == sorted(expected)  # equal as lists, so nothing is covered twice
        assert spans == sorted(spans)
        assert all(spans)
        assert spans == union(spans)  # already apart
