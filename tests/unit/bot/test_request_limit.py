"""Sixty requests a person and minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.action_ids import ActionId, ViewId
from bot.errors import TooManyRequests
from bot.requests.request_limit import PEOPLE_REMEMBERED, PER_MINUTE, RequestLimit

START = datetime(2026, 2, 2, 15, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Watch:
    """Real time that stands until it is moved."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at


def asked(limit: RequestLimit, times: int, *, person: str = "U0TOM") -> None:
    for _ in range(times):
        limit.count(person, name="command", text="status")


def test_the_sixty_first_within_a_minute_is_refused_and_worth_a_word_once_a_minute() -> None:
    watch = Watch()
    limit = RequestLimit(watch)
    asked(limit, PER_MINUTE)
    refusals = []
    for _ in range(3):
        with pytest.raises(TooManyRequests) as refused:
            asked(limit, 1)
        refusals.append((refused.value.limit, refused.value.is_first))
    assert refusals == [(60, True), (60, False), (60, False)]
    asked(limit, PER_MINUTE, person="U0TESS")
    watch.at += timedelta(minutes=1) - timedelta(microseconds=1)
    with pytest.raises(TooManyRequests):
        asked(limit, 1)
    watch.at += timedelta(microseconds=1)
    asked(limit, PER_MINUTE)
    with pytest.raises(TooManyRequests) as again:
        asked(limit, 1)
    assert again.value.is_first


def test_one_a_second_goes_on_for_ever() -> None:
    watch = Watch()
    limit = RequestLimit(watch)
    for _ in range(300):
        asked(limit, 1)
        watch.at += SECOND


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("command", "take INC-1042"),
        ("command", "ACK INC-1042 30m"),
        ("command", "  resolve INC-1042 new disk"),
        (ActionId.TAKE, ""),
        (ActionId.NUDGE_ACKNOWLEDGE, ""),
        (ActionId.NUDGE_STILL_ON_IT, ""),
        (ActionId.NUDGE_PROMISE_OPEN, ""),
        (ViewId.PROMISE, ""),
        (ActionId.RESOLVE_OPEN, ""),
        (ViewId.RESOLVE, ""),
    ],
)
def test_taking_acknowledging_and_resolving_are_never_held_up_nor_counted(name: str, text: str) -> None:
    limit = RequestLimit(Watch())
    for _ in range(2 * PER_MINUTE):
        limit.count("U0TOM", name=name, text=text)
    asked(limit, PER_MINUTE)
    with pytest.raises(TooManyRequests):
        asked(limit, 1)
    limit.count("U0TOM", name=name, text=text)


def test_who_was_just_turned_away_is_counted_whatever_they_ask_for() -> None:
    watch = Watch()
    limit = RequestLimit(watch)
    limit.turn_away("U0EVE")
    for _ in range(PER_MINUTE):
        limit.count("U0EVE", name="command", text="take INC-1")
    with pytest.raises(TooManyRequests):
        limit.count("U0EVE", name="command", text="take INC-1")
    watch.at += timedelta(minutes=1)
    for _ in range(2 * PER_MINUTE):
        limit.count("U0EVE", name="command", text="take INC-1")


def test_people_who_asked_long_ago_are_forgotten() -> None:
    watch = Watch()
    limit = RequestLimit(watch)
    for number in range(PEOPLE_REMEMBERED + 1):
        limit.count(f"U{number}", name="command", text="status")
    watch.at += timedelta(minutes=2)
    limit.count("U0TOM", name="command", text="status")
    assert len(limit._counts) == 1
