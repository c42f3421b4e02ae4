"""What `agreements check` does not speak of, and what it refuses only while a file is checked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sla_engine.domain.agreements.ladders import Ladder, Recipient, Rung
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.files.agreement_file import AgreementDefaults
from tests.unit.sla_engine.files.agreement_texts import GOOD, taken, told, with_line

TIED = "special:\n  - {site: A, P2: {resolution: 2h}}\n  - {service: b, P2: {resolution: 3h}}\n"


def test_a_stored_version_is_read_again_whatever_is_odd_about_it_today() -> None:
    assert any("is as specific" in problem for problem in told(GOOD + TIED))
    agreement = taken(GOOD + TIED, now=None).agreement
    held = agreement.target(MetricName.RESOLUTION, Priority.P2, site="A", service="b")
    assert held is not None
    assert held.duration == timedelta(hours=2), "of equals the first in the file"


@pytest.mark.parametrize(
    "line",
    [
        "  closed: [2026-02-28]",
        "  closed: [2026-12-24]",
        "  closed: [{date: 2026-12-24, from: 12:00}, {date: 2026-12-24, to: 10:00}]",
        "  overrides: {2026-12-19: 10:00-12:00}",
        "  overrides: {2026-12-24: closed}",
        "  holidays: {country: US}",
        "  holidays: {country: MY}",
    ],
    ids=[
        "a closure that has passed",
        "a closure of a working day",
        "two parts of one date",
        "another Saturday",
        "a working day off",
        "holidays that fall on a Sunday",
        "estimates beyond a year are not looked for",
    ],
)
def test_usual_closures_and_overrides_draw_no_warning(line: str) -> None:
    found = told(with_line(6, f"  business_day: 8h30m\n{line}"))
    assert [problem for problem in found if "estimated" not in problem] == []


def test_a_partial_closure_of_a_closed_date_is_told_at_the_closure_that_changes_nothing() -> None:
    closed = "  business_day: 8h\n  closed: [2026-12-24, {date: 2026-12-24, from: 12:00}]"
    assert told(with_line(6, closed)) == [
        "a.yaml:7: warning: calendar.closed[2]: 2026-12-24 is closed already; leave it out, or check the date"
    ]


def test_the_calendar_of_a_site_is_looked_over_as_well() -> None:
    depot = "sites:\n  Depot:\n    calendar:\n      hours: {mon-fri: '08:00-23:59', sun: '02:30-08:00'}\n"
    assert [problem.split(": ")[2] for problem in told(GOOD + depot + "      business_day: 8h\n")] == [
        "sites.Depot.calendar.hours.mon-fri",
        "sites.Depot.calendar.hours",
    ]
    never = "sites: {Depot: {calendar: {hours: {mon: closed}}}}\n"
    assert told(GOOD + never)[0].startswith("a.yaml:12: sites.Depot.calendar.hours: the calendar has no open time")


def test_a_target_is_told_where_it_is_scarce_and_at_which_site() -> None:
    depot = "sites: {Depot: {calendar: {hours: {sat: '08:00-12:00'}, business_day: 4h}}}\n"
    assert [problem.partition(";")[0] for problem in told(GOOD + depot)] == [
        "a.yaml:10: warning: targets.P3.resolution: P3 has 24h and P4 has 20h (line 11) at site Depot",
        "a.yaml:10: warning: targets.P3.resolution: 24h of open time take more than a week: "
        "the calendar at site Depot has 4h in the fullest",
    ]


def test_rungs_of_the_people_file_are_told_only_where_the_targets_put_them_out_of_reach() -> None:
    tell = (Recipient.DISPATCHER,)
    folded = Ladder.of([Rung(percent=200, tell=tell), Rung(percent=300, tell=tell)])
    both = Ladder.of([Rung(percent=50, tell=tell), Rung(offset=timedelta(hours=-2), tell=tell)])
    defaults = AgreementDefaults(ladders={"default": folded, "resolution": both})
    text = GOOD.replace("24h", "4h").replace("2 business_days", "4h").replace("5 business_days", "4h")
    assert taken(text, defaults=defaults).warnings == ()


def test_a_rule_is_told_once_however_many_metrics_it_has() -> None:
    special = "special:\n  - {site: A, P1: {first_response: 5m, customer_update: 20m, resolution: 3h}}\n"
    assert [problem.partition(";")[0] for problem in told(GOOD + special)] == [
        "a.yaml:13: warning: special[1].P1.first_response: counts on the hours of the agreement, "
        "while P1 names its own (line 8)",
        "a.yaml:13: warning: special[1].P1.first_response: no site under 'sites' is called 'A'",
    ]
