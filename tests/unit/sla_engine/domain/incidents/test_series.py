"""The words of one alert: when it fired by them, in whatever order they come in and are worked on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.incidents.events import Event, Reopened, Resolved
from sla_engine.domain.incidents.series import (
    WORDS_KEPT,
    AlertWord,
    Firing,
    firings,
    resolved_before,
    same_incident,
    with_word,
)
from tests.unit.sla_engine.domain.histories import at, history, opened

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
    kept: tuple[AlertWord, ...] = ()
    for word in words:
        kept = with_word(kept, word)
    return kept


def spans(*words: AlertWord) -> list[tuple[int, int | None]]:
    """From which minute to which the alert fired."""
    return [
        (_minute(firing.began_at), None if firing.ended_at is None else _minute(firing.ended_at))
        for firing in firings(heard(*words))
    ]


def _minute(at: datetime) -> int:
    return round((at - NOON) / timedelta(minutes=1))


FIRST, REPEATED, ENDED, AGAIN = firing(1), firing(5), resolved(7, 6), firing(12)
ENDED_LATE = resolved(15, 5)
TOLD_AGAIN = replace(ENDED_LATE, received_at=minute(20))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), []),
        ((FIRST,), [(0, None)]),
        ((FIRST, REPEATED), [(0, None)]),
        ((FIRST, firing(5, started=3)), [(0, None)]),
        ((firing(1, started=3), firing(5, started=0)), [(0, None)]),
        ((FIRST, ENDED), [(0, 6)]),
        ((FIRST, ENDED, AGAIN), [(0, 6), (12, None)]),
        ((FIRST, ENDED, AGAIN, firing(15)), [(0, 6), (12, None)]),
        ((FIRST, ENDED, firing(30, started=29)), [(0, 6), (29, None)]),
        ((FIRST, ENDED, firing(30, started=4)), [(0, 6), (30, None)]),
        ((FIRST, ENDED, firing(30, started=6)), [(0, 6), (6, None)]),
        ((FIRST, ENDED, AGAIN, resolved(20, 19), firing(25)), [(0, 6), (12, 19), (25, None)]),
        ((FIRST, ENDED, AGAIN, replace(ENDED, received_at=minute(20))), [(0, 6), (12, 20)]),
        ((FIRST, ENDED, resolved(8, 6), AGAIN), [(0, 6), (12, None)]),
        ((ENDED,), [(0, 6)]),
        ((ENDED, AGAIN), [(0, 6)]),
        ((ENDED, AGAIN, firing(15)), [(0, 6), (15, None)]),
        ((ENDED, firing(12, started=10)), [(0, 6), (10, None)]),
        ((FIRST, firing(12, started=10), ENDED_LATE), [(0, 5), (10, None)]),
        ((FIRST, firing(12, started=10), resolved(15, 11)), [(0, 11)]),
        ((FIRST, ENDED_LATE, firing(17, started=10), TOLD_AGAIN), [(0, 5), (10, None)]),
        ((FIRST, firing(12, started=10), resolved(15, 10, started=10)), [(0, 10)]),
        ((FIRST, firing(12, started=5), ENDED_LATE), [(0, 5), (5, None)]),
        ((resolved(1, 0), firing(2, started=0)), [(0, 0)]),
        ((replace(ENDED, started_at=minute(7)), AGAIN), [(0, 6)]),
        ((ENDED, resolved(8, 6), AGAIN), [(0, 6), (12, None)]),
        ((FIRST, replace(ENDED, received_at=minute(1)), replace(AGAIN, received_at=minute(1))), [(0, 6), (6, None)]),
    ],
    ids=[
        "nothing", "first", "repeated", "repeated with a later start", "repeated with an earlier start", "ended",
        "goes on with its old start", "and repeats", "fires again", "goes on with a start from before the end",
        "begins at the very end", "flaps", "goes on and its end is told again", "ended twice", "its end alone",
        "overtaken by its own end", "and then goes on", "another firing than the one that ended",
        "an end told after the next firing", "the end of that one", "an end told once more",
        "an end in the instant of its own start", "an end in the instant of the next start", "ended at once",
        "an end that names no start", "ended twice before it is told", "all received at one instant",
    ],
)  # fmt: skip
def test_an_alert_fired_from_each_beginning_to_the_end_that_follows(
    words: tuple[AlertWord, ...], expected: list[tuple[int, int | None]]
) -> None:
    assert spans(*words) == expected


def words_of(fires: list[bool]) -> list[AlertWord]:
    return [firing(n) if is_firing else resolved(n, n) for n, is_firing in enumerate(fires)]


@given(story=st.lists(st.booleans(), max_size=4).map(words_of), data=st.data())
def test_the_order_in_which_words_are_worked_on_does_not_matter(story: list[AlertWord], data: st.DataObject) -> None:
    order = data.draw(st.permutations(story))
    twice = data.draw(st.lists(st.sampled_from(story))) if story else []
    assert spans(*order, *twice) == spans(*story)


@given(lengths=st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=5), data=st.data())
def test_the_order_in_which_words_of_other_starts_come_in_does_not_matter(
    lengths: list[tuple[int, int]], data: st.DataObject
) -> None:
    words, begun, expected = [], 0, []
    for lasts, rests in lengths:
        words += [firing(0, started=begun), resolved(0, begun + lasts, started=begun)]
        expected.append((begun, begun + lasts))
        begun += lasts + rests
    order = data.draw(st.permutations(words))
    received = [replace(word, received_at=minute(100 + number)) for number, word in enumerate(order)]
    assert spans(*received) == expected


@given(story=st.lists(st.booleans(), max_size=20).map(words_of), data=st.data())
def test_what_fires_after_its_last_resolution_is_known_to_fire_in_any_order(
    story: list[AlertWord], data: st.DataObject
) -> None:
    known = firings(heard(*data.draw(st.permutations(story))))
    ends = [number for number, word in enumerate(story) if not word.fires]
    if len(ends) > 1 or (ends and ends[0]):
        assert (known[-1].ended_at is None) == bool(story[ends[-1] + 1 :])


@given(story=st.lists(st.booleans(), max_size=300))
def test_a_series_that_goes_on_for_ever_is_remembered_in_a_bounded_space(story: list[bool]) -> None:
    assert len(heard(*words_of(story))) <= WORDS_KEPT


def test_of_a_series_that_flaps_for_ever_the_newest_words_are_remembered() -> None:
    words = words_of([number % 2 == 0 for number in range(2 * WORDS_KEPT)])
    assert heard(*words) == tuple(words[-WORDS_KEPT:])


def test_what_only_repeats_is_not_kept_and_another_start_is() -> None:
    repeats = [firing(number) for number in range(1, 20)]
    assert len(heard(*repeats)) == 3
    assert firing(10, started=8) in heard(*repeats, firing(10, started=8))


def lasting(*minutes: tuple[int, int | None]) -> list[Firing]:
    return [
        Firing(began_at=minute(began), ended_at=None if ended is None else minute(ended)) for began, ended in minutes
    ]


@pytest.mark.parametrize(
    ("fired", "at", "expected"),
    [
        ([(0, None)], 20, True),
        ([(0, 5)], 5, True),
        ([(0, 5)], 6, False),
        ([(0, 5), (35, None)], 40, True),
        ([(0, 5), (36, None)], 40, False),
        ([(0, 5), (35, 40), (70, 75)], 72, True),
        ([(0, 5), (35, 40), (71, 75)], 72, False),
    ],
    ids=["still fires", "its end", "ended", "after the window's length", "beyond it", "over two pauses", "beyond one"],
)
def test_firings_a_window_apart_are_one_incident(
    fired: list[tuple[int, int | None]], at: int, *, expected: bool
) -> None:
    first, *later = lasting(*fired)
    assert same_incident(first, later, minute(at), window=timedelta(minutes=30)) is expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([], None),
        ([("mon 10:00", Resolved())], "mon 10:00"),
        ([("mon 10:00", Resolved()), ("mon 11:00", Resolved())], "mon 10:00"),
        ([("mon 10:00", Resolved()), ("mon 11:00", Reopened())], None),
        ([("mon 12:00", Resolved()), ("mon 12:00", Reopened())], "mon 12:00"),
        ([("mon 12:01", Resolved())], None),
    ],
    ids=["open", "resolved", "twice", "reopened", "reopened at that instant", "resolved after it"],
)
def test_an_incident_was_resolved_before_its_alert_fired(facts: list[tuple[str, Event]], expected: str | None) -> None:
    assert resolved_before(history(opened(), *facts), at("mon 12:00")) == (None if expected is None else at(expected))


def test_words_of_one_arrival_keep_their_order() -> None:
    words = (FIRST, replace(ENDED, received_at=FIRST.received_at), replace(AGAIN, received_at=FIRST.received_at))
    assert heard(*words) == words
