"""From when on an edit can move anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.agreements.agreement import Agreement, Subject
from sla_engine.domain.agreements.version_impact import (
    FirstMove,
    Prospect,
    first_difference,
    first_move,
    next_target_change,
    only_hours_differ,
    prospect,
)
from sla_engine.domain.agreements.versions import START_OF_TIME, AppliedVersion, Terms, terms_of
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.time.calendar import Calendar, Closure
from sla_engine.domain.time.versioned_calendar import SplicedCalendar, spliced
from tests.unit.sla_engine.domain.histories import (
    DAYS,
    OFFICE,
    RESOLUTION,
    RESPONSE,
    at,
    hours,
    minutes,
    promising,
    target,
)

LONG = Calendar.weekly("UTC", {day: ["09:00-17:00"] for day in DAYS[:3]} | {"thu": ["08:00-17:00"]})
HOLIDAY = replace(OFFICE, closures=(Closure(date(2026, 3, 4), name="Founders' Day"),))
P2 = Subject(priority=Priority.P2)
NOW, FAR = at("mon 12:00"), at("mon 12:00") + timedelta(days=30)


def agreed(calendar: Calendar = OFFICE, resolution: timedelta = timedelta(hours=8)) -> Agreement:
    return promising(
        target(RESPONSE, minutes(30), calendar=calendar), target(RESOLUTION, resolution, calendar=calendar)
    )


def counting(*agreements: Agreement | tuple[datetime, Agreement]) -> Prospect:
    return tuple(version if isinstance(version, tuple) else (NOW, version) for version in agreements)


def version(number: int, effective: datetime) -> AppliedVersion:
    return AppliedVersion(number=number, effective=effective, applied_at=START_OF_TIME)


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ([version(1, at("mon 09:00"))], [(NOW, 1)]),
        ([version(1, at("mon 09:00")), version(2, at("mon 10:00"))], [(NOW, 2)]),
        ([version(2, at("mon 09:00")), version(1, at("mon 10:00"))], [(NOW, 1)]),
        ([version(1, at("mon 09:00")), version(2, at("mon 09:00"))], [(NOW, 2)]),
        ([version(1, at("mon 09:00")), version(2, at("wed 09:00"))], [(NOW, 1), (at("wed 09:00"), 2)]),
        ([version(1, at("wed 09:00"))], [(at("wed 09:00"), 1)]),
        ([], []),
    ],
    ids=[
        "one",
        "the later date",
        "whatever was applied first",
        "the newest of equals",
        "one to come",
        "none yet",
        "none",
    ],
)
def test_the_version_with_the_latest_date_counts(
    versions: Sequence[AppliedVersion], expected: list[tuple[datetime, int]]
) -> None:
    says = {number: agreed(resolution=timedelta(hours=number)) for number in (1, 2)}
    coming = prospect(versions, since=NOW, read=says.__getitem__)
    assert coming == tuple((since, says[number]) for since, number in expected)


def test_an_edit_of_the_hours_moves_nothing_before_they_differ() -> None:
    before, after = counting(agreed()), counting(agreed(HOLIDAY))
    assert only_hours_differ(before, after, RESOLUTION, P2)
    assert first_move(before, after, RESOLUTION, P2, until=FAR) == FirstMove(at("wed 09:00"), at("tue 17:00"))
    assert first_move(before, after, RESOLUTION, P2, until=at("wed 09:00")) is None


def test_in_closed_time_nothing_may_have_been_open_before_they_differ() -> None:
    before, after = (((at("tue 18:00"), agreed(calendar)),) for calendar in (OFFICE, HOLIDAY))
    assert first_move(before, after, RESOLUTION, P2, until=FAR) == FirstMove(at("wed 09:00"), None)


def test_a_version_to_come_moves_nothing_before_it_comes() -> None:
    after = counting(agreed(), (at("thu 12:00"), agreed(LONG)))
    assert first_move(counting(agreed()), after, RESOLUTION, P2, until=FAR) == FirstMove(
        at("fri 09:00"), at("thu 17:00")
    )


def test_another_target_is_more_than_other_hours() -> None:
    assert not only_hours_differ(counting(agreed()), counting(agreed(resolution=hours(4))), RESOLUTION, P2)
    assert only_hours_differ(counting(agreed()), counting(agreed(resolution=hours(4))), RESPONSE, P2)


def test_what_only_one_version_promises_is_more_than_other_hours() -> None:
    nothing = replace(agreed(), targets=())
    assert not only_hours_differ(counting(agreed()), counting(nothing), RESOLUTION, P2)
    assert only_hours_differ(counting(nothing), counting(nothing), RESOLUTION, P2)
    assert first_move(counting(nothing), counting(nothing), RESOLUTION, P2, until=FAR) is None


def test_the_next_change_of_a_target_is_found_among_the_versions_to_come() -> None:
    says = {1: agreed(), 2: agreed(HOLIDAY), 3: agreed(HOLIDAY, hours(4))}
    comes = ((START_OF_TIME, 1), (at("tue 09:00"), 2), (at("wed 09:00"), 3))
    terms = terms_of(comes, opened_under=1, read=says.__getitem__)
    assert next_target_change(terms, P2, after=NOW) == at("wed 09:00")
    assert next_target_change(terms, P2, after=at("wed 09:00")) is None
    assert next_target_change(Terms.of(agreed()), P2, after=NOW) is None


def test_equal_hours_written_differently_do_not_differ() -> None:
    halves = Calendar.weekly("UTC", {day: ["09:00-12:00", "12:00-17:00"] for day in DAYS[:5]})
    assert first_difference(OFFICE, halves, start=NOW, end=FAR) is None
    edited = spliced([(START_OF_TIME, OFFICE), (at("tue 12:00"), halves)])
    assert first_difference(OFFICE, edited, start=NOW, end=FAR) is None


QUARTER = timedelta(minutes=15)
SHIFTS = st.sampled_from((["09:00-17:00"], ["08:00-12:00", "13:00-16:00"], ["00:00-24:00"], ["22:00-06:00"], []))
CALENDARS = st.builds(
    lambda zone, shifts, closed: Calendar.weekly(
        zone,
        dict(zip(DAYS, shifts, strict=True)),
        closures=[Closure(date(2026, 3, 2) + timedelta(days=ahead), name="closed") for ahead in closed],
    ),
    st.sampled_from(("UTC", "Europe/Berlin", "Asia/Kolkata")),
    st.tuples(*[SHIFTS] * 7),
    st.sets(st.integers(0, 6), max_size=2),
)
WORKING = st.one_of(
    CALENDARS,
    st.builds(
        lambda one, other, quarters: spliced([(START_OF_TIME, one), (NOW + quarters * QUARTER, other)]),
        CALENDARS,
        CALENDARS,
        st.integers(0, 200),
    ),
)


@given(one=WORKING, other=WORKING, quarters=st.integers(0, 400))
def test_up_to_the_first_difference_both_are_open_alike(
    one: Calendar | SplicedCalendar, other: Calendar | SplicedCalendar, quarters: int
) -> None:
    end = NOW + quarters * QUARTER
    difference = first_difference(one, other, start=NOW, end=end)
    grid = [NOW + number * QUARTER for number in range(quarters)]
    differing = [instant for instant in grid if one.is_open(instant) is not other.is_open(instant)]
    assert difference == (differing[0] if differing else None)


def test_a_calendar_that_never_opens_differs_where_the_other_opens() -> None:
    never = Calendar("UTC", overrides={date(2026, 1, 5): ()})
    assert first_difference(never, OFFICE, start=NOW, end=FAR) == NOW
    assert first_difference(OFFICE, never, start=at("sat 00:00"), end=at("sun 00:00")) is None
