"""When somebody is asked for what they owe, and who had an incident when it was missed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.incidents.events import Assigned, Event, HandedBack, Unassigned
from sla_engine.domain.notes.asking import ASK_BEFORE_END, is_asked_about, next_asking, owner_at
from sla_engine.domain.time.calendar import Calendar
from tests.unit.sla_engine.domain.histories import DAYS, at, history, opened

OFFICE = Calendar.weekly("UTC", {day: ["08:00-12:00", "13:00-18:00"] for day in DAYS[:5]})
NIGHT = Calendar.weekly("UTC", {day: ["22:00-06:00"] for day in DAYS[:5]})
SHORT = Calendar.weekly("UTC", {"mon": ["09:00-09:30"]})


@pytest.mark.parametrize(
    ("hours", "after", "asked"),
    [
        (OFFICE, "mon 07:00", "mon 17:15"),
        (OFFICE, "mon 11:30", "mon 17:15"),
        (OFFICE, "mon 17:15", "tue 17:15"),
        (OFFICE, "mon 17:50", "tue 17:15"),
        (OFFICE, "fri 17:20", "mon 17:15"),
        (NIGHT, "mon 23:00", "tue 05:15"),
        (NIGHT, "tue 05:30", "wed 05:15"),
        (SHORT, "mon 08:00", "mon 09:00"),
        (Calendar.always_open("UTC"), "mon 10:00", "mon 16:15"),
        (Calendar.always_open("UTC"), "fri 16:15", "mon 16:15"),
    ],
    ids=["in the morning", "not before lunch", "once a day", "too late today", "after the weekend", "a night",
         "the next night", "a day of half an hour", "round the clock", "weekdays only"],
)  # fmt: skip
def test_somebody_is_asked_45_minutes_before_their_day_ends(hours: Calendar, after: str, asked: str) -> None:
    instant = next_asking(hours, after=at(after))
    assert (f"{instant:%a %H:%M}".lower(), instant > at(after)) == (asked, True)


@given(minutes=st.integers(0, 14 * 24 * 60))
def test_the_next_asking_always_lies_ahead_and_is_the_next_ones_predecessor(minutes: int) -> None:
    now = at("mon 00:00") + timedelta(minutes=minutes)
    first = next_asking(OFFICE, after=now)
    assert first > now
    assert next_asking(OFFICE, after=first - timedelta(microseconds=1)) == first
    assert not OFFICE.is_open(first + ASK_BEFORE_END)


TAKEN, GIVEN = ("mon 09:10", Assigned(to="U0TOM")), ("mon 09:30", Assigned(to="U0TESS"))


@pytest.mark.parametrize(
    ("facts", "missed_at", "owner"),
    [
        ([], "mon 09:20", None),
        ([TAKEN], "mon 09:20", "U0TOM"),
        ([TAKEN], "mon 09:10", "U0TOM"),
        ([TAKEN], "mon 09:09", None),
        ([TAKEN, GIVEN], "mon 09:20", "U0TOM"),
        ([TAKEN, GIVEN], "mon 09:31", "U0TESS"),
        ([TAKEN, ("mon 09:15", HandedBack(reason="busy"))], "mon 09:20", None),
        ([TAKEN, ("mon 09:15", Unassigned())], "mon 09:20", None),
    ],
    ids=["nobody", "theirs", "taken at the miss", "taken after it", "given away later", "given before", "handed back",
         "unassigned"],
)  # fmt: skip
def test_the_owner_at_the_miss_is_who_had_it_then(
    facts: list[tuple[str, Event]], missed_at: str, owner: str | None
) -> None:
    assert owner_at(history(opened(), *facts), at(missed_at)) == owner


@pytest.mark.parametrize(
    ("missed_at", "is_resolved", "is_asked"),
    [("mon 09:00", False, False), ("mon 09:00", True, True), ("sun 23:59", False, True)],
    ids=["still burns", "resolved", "of before today"],
)
def test_what_still_burns_is_asked_about_from_the_next_day_on(
    missed_at: str, *, is_resolved: bool, is_asked: bool
) -> None:
    missed = at("mon 00:00") - timedelta(minutes=1) if missed_at.startswith("sun") else at(missed_at)
    now: datetime = at("mon 17:15")
    assert is_asked_about(missed, is_resolved=is_resolved, now=now, zone="UTC") is is_asked
