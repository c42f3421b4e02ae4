"""The words of one alert: which of them are news, in whatever order they are worked on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.incidents.series import WORDS_KEPT, AlertWord, again_at, news, with_word

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def minute(number: int) -> datetime:
    return NOON + timedelta(minutes=number)


def firing(heard: int, started: int = 0) -> AlertWord:
    return AlertWord(
        delivery=f"d{heard}", received_at=minute(heard), fires=True, at=minute(started), started_at=minute(started)
    )


def resolved(heard: int, ended: int, started: int = 0) -> AlertWord:
    end, start = minute(ended), minute(started)
    return AlertWord(delivery=f"d{heard}", received_at=minute(heard), fires=False, at=end, started_at=start)


def heard(*words: AlertWord) -> tuple[AlertWord, ...]:
    words_so_far: tuple[AlertWord, ...] = ()
    for word in words:
        words_so_far = with_word(words_so_far, word)
    return words_so_far


FIRST, REPEATED, ENDED, AGAIN = firing(1), firing(5), resolved(7, 6), firing(12)
ENDED_LATE = resolved(15, 5)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), ()),
        ((FIRST,), ()),
        ((FIRST, REPEATED), ()),
        ((FIRST, firing(5, started=3)), ()),
        ((FIRST, ENDED), ()),
        ((FIRST, ENDED, AGAIN), (AGAIN,)),
        ((FIRST, ENDED, AGAIN, firing(15)), (AGAIN,)),
        ((FIRST, ENDED, firing(30, started=29)), (firing(30, started=29),)),
        ((FIRST, ENDED, AGAIN, resolved(20, 19), firing(25)), (AGAIN, firing(25))),
        ((FIRST, ENDED, resolved(8, 6), AGAIN), (AGAIN,)),
        ((ENDED, AGAIN), ()),
        ((ENDED, AGAIN, firing(15)), (firing(15),)),
        ((ENDED, firing(12, started=10)), (firing(12, started=10),)),
        ((FIRST, firing(12, started=10), ENDED_LATE), (firing(12, started=10),)),
        ((FIRST, firing(12, started=10), resolved(15, 11)), ()),
        ((FIRST, ENDED_LATE, firing(17, started=10), replace(ENDED_LATE, received_at=minute(20))), (
            firing(17, started=10),)),
        ((FIRST, ENDED_LATE, firing(17, started=10), replace(ENDED_LATE, received_at=minute(20)),
            firing(25, started=10)), (firing(17, started=10), firing(25, started=10))),
        ((FIRST, firing(12, started=10), resolved(15, 10, started=10)), ()),
        ((FIRST, replace(ENDED, received_at=minute(1)), replace(AGAIN, received_at=minute(1))), (
            replace(AGAIN, received_at=minute(1)),)),
    ],
    ids=[
        "nothing", "first", "repeated", "repeated with a moved start", "ended", "fires again with its old start",
        "and repeats", "fires again with a new start", "flaps", "ended twice", "overtaken by its own end",
        "and then fires again", "another firing than the one that ended",
        "an end told after the next firing", "the end of that one", "an end told once more", "and then it fires on",
        "an end in the instant of its own start", "all heard at one instant",
    ],
)  # fmt: skip
def test_only_the_first_firing_after_a_resolution_is_news(
    words: tuple[AlertWord, ...], expected: tuple[AlertWord, ...]
) -> None:
    assert news(heard(*words)) == frozenset(expected)


def words_of(fires: list[bool]) -> list[AlertWord]:
    return [firing(n) if fires_now else resolved(n, n) for n, fires_now in enumerate(fires)]


@given(story=st.lists(st.booleans(), max_size=4).map(words_of), data=st.data())
def test_the_order_in_which_words_are_worked_on_does_not_matter(story: list[AlertWord], data: st.DataObject) -> None:
    order = data.draw(st.permutations(story))
    twice = data.draw(st.lists(st.sampled_from(story))) if story else []
    assert news(heard(*order, *twice)) == news(story)


@given(story=st.lists(st.booleans(), max_size=20).map(words_of), data=st.data())
def test_what_fires_after_its_last_resolution_is_news_in_any_order(story: list[AlertWord], data: st.DataObject) -> None:
    words = heard(*data.draw(st.permutations(story)))
    ends = [number for number, word in enumerate(story) if not word.fires]
    if len(ends) > 1 or (ends and ends[0]):
        since = story[ends[-1] + 1 :]
        assert any(word in news(words) for word in since) == bool(since)


@given(story=st.lists(st.booleans(), max_size=300))
def test_a_series_that_goes_on_for_ever_is_remembered_in_a_bounded_space(story: list[bool]) -> None:
    words = [firing(n) if fires else resolved(n, n) for n, fires in enumerate(story)]
    assert len(heard(*words)) <= WORDS_KEPT


def test_of_a_series_that_flaps_for_ever_the_newest_words_are_remembered() -> None:
    words = words_of([number % 2 == 0 for number in range(2 * WORDS_KEPT)])
    assert heard(*words) == tuple(words[-WORDS_KEPT:])


def test_it_fires_again_when_it_began_to_or_when_that_was_told() -> None:
    assert again_at(firing(30, started=29), resolved_at=minute(6)) == minute(29)
    assert again_at(firing(12, started=0), resolved_at=minute(6)) == minute(12)
