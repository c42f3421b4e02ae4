"""Sites, special promises, the matrix, what counts, and reopening: as they are written and as they come to hold."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.agreements.agreement import ReopenMode, ReopenRule, Subject
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.priorities import USUAL_MATRIX, Level, Priority
from sla_engine.files.errors import FileInvalid
from tests.unit.sla_engine.files.agreement_texts import GOOD, taken, told

RULES = """\
calendars:
  night desk: {hours: {mon-fri: "22:00-06:00"}, business_day: 8h}
sites:
  Brooklyn: {calendar: {timezone: America/Los_Angeles, hours: {mon-fri: "09:00-17:00"}, business_day: 8h}}
  Queens: {calendar: night desk}
  Newark: {calendar: always}
  Yonkers: {}
special:
  - site: Brooklyn
    P1: {calendar: always, resolution: 2h}
    P2: {resolution: 1 business_day}
  - {service: erp, P3: {calendar: always, resolution: 6h}}
  - {site: Brooklyn, service: erp, P3: {resolution: 3h}}
priorities:
  high: {low: P2}
counts_as:
  first_response: [assigned, responded]
  resolution_plan: customer_updated
reopen: {mode: new_cycle, window: 14d}
customer_reply_ends_pause: no
"""
FULL = GOOD + RULES
HOUR = timedelta(hours=1)


def resolution(priority: Priority, *, site: str = "", service: str = "") -> tuple[timedelta, str, str]:
    """How long, on which calendar's zone or name, and by which rule."""
    found = taken(FULL).agreement.target(MetricName.RESOLUTION, priority, site=site, service=service)
    assert found is not None
    return found.duration, found.calendar.name or found.calendar.zone, found.named


def test_a_site_counts_on_its_own_calendar_and_in_its_own_business_days() -> None:
    assert resolution(Priority.P4) == (5 * 8.5 * HOUR, "America/New_York", "P4")
    assert resolution(Priority.P4, site="Brooklyn") == (40 * HOUR, "Brooklyn", "P4")
    assert resolution(Priority.P4, site="Queens") == (40 * HOUR, "night desk", "P4")
    assert resolution(Priority.P4, site="Newark") == (5 * 24 * HOUR, "always", "P4")
    assert resolution(Priority.P4, site="Yonkers") == resolution(Priority.P4)
    assert taken(FULL).agreement.sites["Brooklyn"].zone == "America/Los_Angeles"


def test_a_target_that_names_its_calendar_keeps_it_at_every_site() -> None:
    assert resolution(Priority.P1, site="Queens") == (4 * HOUR, "always", "P1")


def test_the_most_specific_promise_holds_and_the_losers_are_named() -> None:
    assert resolution(Priority.P1, site="Brooklyn") == (2 * HOUR, "always", "P1, site Brooklyn")
    assert resolution(Priority.P2, site="Brooklyn") == (8 * HOUR, "Brooklyn", "P2, site Brooklyn")
    assert resolution(Priority.P3, service="erp") == (6 * HOUR, "always", "P3, service erp")
    assert resolution(Priority.P3, site="Queens", service="erp")[2] == "P3, service erp"
    assert resolution(Priority.P3, site="Brooklyn", service="erp")[2] == "P3, site Brooklyn, service erp"
    choice = taken(FULL).agreement.choose(
        MetricName.RESOLUTION, Subject(priority=Priority.P3, site="Brooklyn", service="erp")
    )
    assert choice is not None
    assert [loser.named for loser in choice.losers] == ["P3", "P3, service erp"]


@pytest.mark.parametrize(("site", "service"), [("BROOKLYN", "ERP"), ("ｂｒｏｏｋｌｙｎ", "erp"), (" Brooklyn", "Erp ")])
def test_a_promise_holds_for_its_site_and_service_in_any_spelling(site: str, service: str) -> None:
    assert resolution(Priority.P3, site=site, service=service)[2] == "P3, site Brooklyn, service erp"
    assert resolution(Priority.P4, site=site)[1] == "Brooklyn"
    respelled = taken(FULL.replace("site: Brooklyn, service: erp", f"site: '{site}', service: '{service}'")).agreement
    assert next(target for target in respelled.targets if target.site and target.service).named == (
        "P3, site Brooklyn, service erp"
    )
    assert told(FULL.replace("- site: Brooklyn", f"- site: '{site}'")) == told(FULL)


def test_a_rule_that_is_repeated_in_another_spelling_is_repeated() -> None:
    again = FULL.replace("special:\n", "special:\n  - {site: BROOKLYN, P1: {resolution: 3h}}\n")
    assert any("promises this already" in sentence for sentence in told(again))


def test_what_a_special_rule_leaves_out_holds_as_everywhere() -> None:
    found = taken(FULL).agreement.target(MetricName.FIRST_RESPONSE, Priority.P1, site="Brooklyn")
    assert found is not None
    assert (found.duration, found.named) == (timedelta(minutes=15), "P1")


def test_a_target_knows_the_line_it_stands_on() -> None:
    lines = {(target.metric, target.named): target.line for target in taken(FULL).agreement.targets}
    text = FULL.splitlines()
    assert "P1: {calendar: always, first_response" in text[lines[MetricName.FIRST_RESPONSE, "P1"] - 1]
    assert "P2: {resolution: 1 business_day}" in text[lines[MetricName.RESOLUTION, "P2, site Brooklyn"] - 1]
    own = {target.named: (target.own_calendar, target.business_days) for target in taken(FULL).agreement.targets}
    assert own["P1"] == (True, 0)
    assert own["P2, site Brooklyn"] == (False, 1)


def test_a_pair_of_impact_and_urgency_that_is_not_named_keeps_its_priority() -> None:
    matrix = taken(FULL).agreement.matrix
    assert matrix == {**USUAL_MATRIX, (Level.HIGH, Level.LOW): Priority.P2}
    assert taken(GOOD).agreement.matrix == USUAL_MATRIX


def test_the_agreement_says_which_acts_count() -> None:
    assert taken(FULL).agreement.acts == {
        MetricName.FIRST_RESPONSE: ("assigned", "responded"),
        MetricName.RESOLUTION_PLAN: ("customer_updated",),
    }
    assert taken(GOOD).agreement.acts == {}


def test_the_agreement_says_how_reopening_and_replies_count() -> None:
    agreement = taken(FULL).agreement
    assert agreement.reopen == ReopenRule(mode=ReopenMode.NEW_CYCLE, window=timedelta(days=14))
    assert agreement.reply_ends_pause is False
    usual = taken(GOOD + "reopen: {mode: first_only}\ncustomer_reply_ends_pause: yes\n").agreement
    assert usual.reopen == ReopenRule(mode=ReopenMode.FIRST_ONLY)
    assert (usual.reply_ends_pause, taken(GOOD).agreement.reply_ends_pause) == (True, True)
    assert taken(GOOD).agreement.reopen == ReopenRule()


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ("sites: [Brooklyn]", "a.yaml:12: sites: a list where sites, such as Brooklyn: {calendar: always}, belong"),
        ("sites: {Brooklyn: always}", "a.yaml:12: sites.Brooklyn: 'always' where the keys calendar belong"),
        ("sites: {Brooklyn: {hours: x}}", "sites.Brooklyn: unknown key 'hours'; allowed are calendar"),
        (
            "sites: {Brooklyn: {calendar: nite}}",
            "a.yaml:12: sites.Brooklyn.calendar: 'nite' names no calendar; allowed are always",
        ),
        ("sites:\n  '': {}", "a.yaml:13: sites: '' is no name of a site"),
        ("special: {site: Brooklyn}", "a.yaml:12: special: keys with values where a list of rules"),
        ("special:\n  - [x]", "a.yaml:13: special[1]: a list where the keys site, service, P1, P2, P3, P4, P5 belong"),
        ("special:\n  - {P1: {resolution: 2h}}", "a.yaml:13: special[1]: neither a site nor a service is named"),
        ("special:\n  - {site: Brooklyn}", "a.yaml:13: special[1]: nothing is promised; write at least one priority"),
        (
            "special:\n  - {site: Brooklyn, P1: {calendar: always}}",
            "a.yaml:13: special[1].P1: nothing is promised; write at least one metric",
        ),
        (
            "special:\n  - {site: Brooklyn, P1: {resolutoin: 2h}}",
            "a.yaml:13: special[1].P1: unknown key 'resolutoin'; did you mean 'resolution'?",
        ),
        ("special:\n  - {sight: Brooklyn, P1: {resolution: 2h}}", "special[1]: unknown key 'sight'; did you mean"),
        (
            "special:\n  - {site: Brooklyn, P1: {resolution: 1d}}",
            "a.yaml:13: special[1].P1.resolution: '1d' could mean business days or 24 hours each",
        ),
        (
            "priorities: {hi: {high: P1}}",
            "a.yaml:12: priorities: unknown key 'hi'; did you mean 'high'? allowed are high",
        ),
        (
            "priorities: {high: {high: 1}}",
            "a.yaml:12: priorities.high.high: '1' is not a priority known here; did you mean 'P1'? allowed are P1",
        ),
        (
            "counts_as: {first_response: [replied]}",
            "counts_as.first_response[1]: 'replied' is not a fact known here; did you mean 'responded'? allowed are",
        ),
        (
            "counts_as: {customer_update: [assigned]}",
            "'assigned' is not a fact known here; allowed are responded, customer_updated, plan_given",
        ),
        (
            "counts_as: {first_response: [resolved]}",
            "counts_as.first_response[1]: 'resolved' ends every clock in any case; leave it out",
        ),
        (
            "counts_as: {resolution: [responded]}",
            "a.yaml:12: counts_as.resolution: only 'resolved' ends resolution; leave it out. Allowed are first_resp",
        ),
        ("counts_as: {first_response: []}", "counts_as.first_response: nothing would count; name at least one of"),
        ("reopen: {mode: restart}", "a.yaml:12: reopen.mode: 'restart' is not a mode known here; "),
        ("reopen: {window: soon}", "a.yaml:12: reopen.window: 'soon' is not a stretch of time; write it like 30d"),
        (
            "customer_reply_ends_pause: sometimes",
            "a.yaml:12: customer_reply_ends_pause: 'sometimes' is not a word known here; allowed are yes, no",
        ),
    ],
)
def test_a_mistake_in_a_rule_is_told_with_its_line_its_key_and_what_is_allowed(more: str, sentence: str) -> None:
    problems = told(f"{GOOD}{more}\n")
    assert any(sentence in problem for problem in problems), problems
    with pytest.raises(FileInvalid):
        taken(f"{GOOD}{more}\n")


SCRAPS = (
    "",
    " ",
    "\n",
    ":",
    "- ",
    "[",
    "]",
    "{",
    "}",
    "'",
    "#",
    "null",
    "~",
    "1d",
    "NO",
    "22:00",
    "P9",
    "erp",
    "always",
)


@given(at=st.integers(0, len(FULL)), cut=st.integers(0, 12), scrap=st.sampled_from(SCRAPS) | st.text(max_size=4))
def test_no_damage_to_a_rule_is_answered_with_anything_but_sentences(at: int, cut: int, scrap: str) -> None:
    for problem in told(FULL[:at] + scrap + FULL[at + cut :]):
        assert problem.startswith("a.yaml:")
