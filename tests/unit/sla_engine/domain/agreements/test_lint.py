from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sla_engine.domain.agreements.agreement import Agreement, Target
from sla_engine.domain.agreements.lint import (
    Crossing,
    LookAhead,
    Tie,
    changing_nothing,
    crossings,
    leaving_the_calendar,
    longest_day,
    promising_nothing,
    scarcities,
    sites_without_business_day,
    ties,
    undeclared_sites,
    upside_down,
)
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.priorities import USUAL_MATRIX, Level, Priority
from sla_engine.domain.time.calendar import Calendar, Closure
from sla_engine.domain.time.shifts import WEEKDAYS, Shift

NOW = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICE = Calendar.weekly("UTC", {day: ["09:00-17:00"] for day in WEEKDAYS[:5]})
EARLY = Calendar.weekly("UTC", {day: ["06:00-14:00"] for day in WEEKDAYS[:5]})
ALWAYS = Calendar.always_open("UTC")
OFTEN = Calendar("UTC", always=True, closures=(Closure(NOW.date()),))


def target(
    hours: float,
    *,
    metric: MetricName = MetricName.RESOLUTION,
    priority: Priority = Priority.P2,
    calendar: Calendar = OFFICE,
    site: str = "",
    service: str = "",
    own_calendar: bool = False,
    days: int = 0,
    line: int = 0,
) -> Target:
    return Target(
        metric=metric, priority=priority, duration=hours * HOUR, calendar=calendar, site=site, service=service,
        own_calendar=own_calendar, business_days=days, line=line,
    )  # fmt: skip


def agreement(*targets: Target, **sites: Calendar) -> Agreement:
    return Agreement(customer="Acme", effective=NOW, calendar=OFFICE, targets=targets, sites=sites)


ANYWHERE = target(8)
BROOKLYN = target(2, site="Brooklyn", line=1)
QUEENS = target(2, site="Queens", line=2)
ERP = target(3, service="erp", line=3)
BOTH = target(1, site="Brooklyn", service="erp", line=4)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ((ANYWHERE, BROOKLYN), []),
        ((BROOKLYN, QUEENS), []),
        ((BROOKLYN, ERP), [Tie(ERP, BROOKLYN)]),
        ((ERP, BROOKLYN), [Tie(ERP, BROOKLYN)]),
        ((BROOKLYN, ERP, BOTH), []),
        ((BROOKLYN, QUEENS, ERP, BOTH), [Tie(ERP, QUEENS)]),
        ((BROOKLYN, target(3, site="Brooklyn")), [Tie(target(3, site="Brooklyn"), BROOKLYN)]),
        ((BROOKLYN, target(3, service="erp", priority=Priority.P1)), []),
        ((BROOKLYN, target(3, service="erp", metric=MetricName.FIRST_RESPONSE)), []),
    ],
    ids=[
        "special over usual",
        "two sites",
        "a site and a service",
        "in any order, the later one is told",
        "where both meet is said",
        "at one site of two it is said",
        "the same rule twice",
        "another priority",
        "another metric",
    ],
)
def test_rules_tie_when_only_their_order_decides_between_them(rules: Sequence[Target], expected: list[Tie]) -> None:
    assert list(ties(rules)) == expected


FIRST = MetricName.FIRST_RESPONSE
LAST_AND_FIRST = (MetricName.RESOLUTION, FIRST)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ((target(9, metric=FIRST), target(8)), [(9, 8)]),
        ((target(8, metric=FIRST), target(8)), []),
        ((target(9, metric=FIRST, calendar=EARLY), target(8)), []),
        ((target(9, metric=FIRST), target(8, calendar=ALWAYS)), [(9, 8)]),
        ((target(9, metric=FIRST), target(8, calendar=OFTEN)), []),
        ((target(9, metric=FIRST, calendar=ALWAYS), target(8)), []),
        ((target(9, priority=Priority.P1), target(8)), [(9, 8)]),
        ((target(9, priority=Priority.P1), target(8, priority=Priority.P3)), [(9, 8)]),
        ((target(3, metric=FIRST), target(8), BROOKLYN), [(3, 2)]),
        ((target(3, metric=FIRST), target(8), target(4, site="Brooklyn")), []),
    ],
    ids=[
        "respond after resolving",
        "equal is no crossing",
        "other hours cannot be compared",
        "what never rests comes due first",
        "what rests on a holiday cannot be compared",
        "the longer one never rests",
        "the more urgent has more time",
        "also where a priority between them is left out",
        "only at one site",
        "not at that site either",
    ],
)
def test_a_target_crosses_one_that_should_come_later(
    rules: Sequence[Target], expected: list[tuple[float, float]]
) -> None:
    seen = {
        (crossing.longer.duration / HOUR, crossing.shorter.duration / HOUR) for crossing in crossings(agreement(*rules))
    }
    assert sorted(seen) == expected


def test_crossings_are_looked_for_on_the_calendar_of_every_site() -> None:
    quick, slow = target(9, metric=FIRST, calendar=EARLY, own_calendar=True), target(8)
    assert list(crossings(agreement(quick, slow))) == []
    assert list(crossings(agreement(quick, slow, Depot=EARLY))) == [Crossing(quick, slow.on(EARLY), "Depot")]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ((ANYWHERE, target(8, service="erp")), [("erp", "")]),
        ((ANYWHERE, ERP), []),
        ((ANYWHERE, target(8, service="erp", calendar=ALWAYS, own_calendar=True)), []),
        ((target(8, service="erp"),), []),
        ((ANYWHERE, BROOKLYN, target(2, site="Brooklyn", service="erp")), [("erp", "Brooklyn")]),
        ((ANYWHERE, BROOKLYN, ERP, target(2, site="Brooklyn", service="erp")), []),
        ((ANYWHERE, target(8, service="erp"), target(8, service="erp")), []),
    ],
    ids=[
        "the usual promise again",
        "another promise",
        "on other hours",
        "nothing is promised without it",
        "the site's promise again",
        "it settles a tie",
        "a tie is told as one",
    ],
)
def test_a_special_rule_changes_nothing_when_the_same_would_hold_without_it(
    rules: Sequence[Target], expected: list[tuple[str, str]]
) -> None:
    useless = [(rule.service, without.site) for rule, without in changing_nothing(agreement(*rules))]
    assert useless == expected


def test_a_special_rule_leaves_the_calendar_that_its_priority_names() -> None:
    usual = target(4, calendar=ALWAYS, own_calendar=True)
    kept = target(2, site="Queens", calendar=ALWAYS, own_calendar=True)
    assert list(leaving_the_calendar(agreement(usual, BROOKLYN, kept))) == [(BROOKLYN, usual)]
    assert list(leaving_the_calendar(agreement(ANYWHERE, BROOKLYN))) == []
    sooner = target(1, metric=FIRST, calendar=ALWAYS, own_calendar=True)
    resolve, respond = (replace(target(1, metric=metric, site="Depot"), rule="P2, Depot") for metric in LAST_AND_FIRST)
    assert list(leaving_the_calendar(agreement(usual, sooner, resolve, respond))) == [(resolve, usual)]


SATURDAYS = Calendar.weekly("UTC", {"sat": ["10:00-11:00"]})
TWO_DAYS = Calendar.weekly("UTC", {}, overrides={NOW.date(): ["10:00-18:00"]})


@pytest.mark.parametrize(
    ("rule", "horizon", "hours"),
    [
        (target(40), None, 0),
        (target(41), LookAhead.WEEK, 40),
        (target(41, days=5), None, 0),
        (target(168, calendar=ALWAYS), None, 0),
        (target(52, calendar=SATURDAYS, days=52), None, 0),
        (target(53, calendar=SATURDAYS, days=53), LookAhead.YEAR, 52),
        (target(8, calendar=TWO_DAYS), None, 0),
        (target(9, calendar=TWO_DAYS, days=1), LookAhead.EVER, 0),
    ],
    ids=[
        "a full week",
        "more than a week",
        "written in days",
        "round the clock",
        "a year of Saturdays",
        "more than a year of them",
        "all the time there is",
        "more than there ever is",
    ],
)
def test_a_target_is_scarce_of_open_time(rule: Target, horizon: LookAhead | None, hours: float) -> None:
    shortages = [(scarcity.horizon, scarcity.open_time) for scarcity in scarcities(agreement(rule), now=NOW)]
    assert shortages == ([] if horizon is None else [(horizon, hours * HOUR)])


def test_open_time_is_looked_for_on_the_calendar_of_every_site_from_the_beginning_on() -> None:
    shortages = list(scarcities(agreement(target(8), Depot=SATURDAYS), now=NOW - timedelta(days=900)))
    assert [(scarcity.site, scarcity.horizon, scarcity.open_time) for scarcity in shortages] == [
        ("Depot", LookAhead.WEEK, HOUR)
    ]


def test_the_longest_day_is_the_fullest_of_week_and_overrides() -> None:
    assert longest_day(OFFICE) == 8 * HOUR
    assert longest_day(ALWAYS) == 24 * HOUR
    assert longest_day(TWO_DAYS) == 8 * HOUR
    assert longest_day(Calendar("UTC", hours=((Shift.of("22:00", "06:00"),), *((),) * 6))) == 8 * HOUR


def test_a_site_needs_a_business_day_where_a_target_is_written_in_them() -> None:
    in_days = target(16, days=2)
    assert list(sites_without_business_day(agreement(in_days, Depot=EARLY))) == [("Depot", in_days)]
    assert list(sites_without_business_day(agreement(ANYWHERE, Depot=EARLY))) == []
    assert list(sites_without_business_day(agreement(in_days, Depot=ALWAYS))) == []
    assert list(sites_without_business_day(agreement(target(16, days=2, own_calendar=True), Depot=EARLY))) == []
    elsewhere = target(16, days=2, site="Queens")
    assert list(sites_without_business_day(agreement(elsewhere, Depot=EARLY))) == []


def test_a_site_is_undeclared_when_only_a_rule_names_it() -> None:
    again = target(1, metric=FIRST, site="Brooklyn")
    assert list(undeclared_sites(agreement(ANYWHERE, BROOKLYN, again, QUEENS, Queens=OFFICE))) == [BROOKLYN]
    assert list(undeclared_sites(agreement(BROOKLYN, QUEENS))) == [BROOKLYN, QUEENS]


def test_a_matrix_is_upside_down_where_more_makes_less_urgent() -> None:
    assert list(upside_down(USUAL_MATRIX)) == []
    odd = {**USUAL_MATRIX, (Level.MEDIUM, Level.MEDIUM): Priority.P5}
    inverted = [
        ((Level.MEDIUM, Level.MEDIUM), (Level.MEDIUM, Level.LOW)),
        ((Level.MEDIUM, Level.MEDIUM), (Level.LOW, Level.MEDIUM)),
    ]
    assert list(upside_down(odd)) == inverted


def test_a_pair_promises_nothing_when_its_priority_has_no_target_everywhere() -> None:
    rules = [target(8, priority=priority) for priority in Priority if priority is not Priority.P1]
    only = agreement(*rules, target(1, priority=Priority.P1, site="Brooklyn"))
    assert list(promising_nothing(only)) == [((Level.HIGH, Level.HIGH), Priority.P1)]
