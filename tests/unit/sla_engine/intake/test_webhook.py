from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.incidents.events import (
    Assigned,
    CustomerReplied,
    Deleted,
    Event,
    Paused,
    PrioritySet,
    Reopened,
    Resolved,
    Responded,
    Resumed,
    Retitled,
    Unassigned,
)
from sla_engine.domain.incidents.priorities import Level, Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.incidents.reports import Opening, Report, understood
from sla_engine.domain.incidents.usual_words import USUAL_WORDS
from sla_engine.domain.incidents.word_meanings import STATUS_FACTS, ReportedWord, WordKind
from sla_engine.intake import webhook
from sla_engine.services.intake.errors import PayloadInvalid

ROOT = Path(__file__).resolve().parents[4]
SAMPLE = ROOT / "tests" / "data" / "intake" / "webhook.json"
MANUAL = ROOT / "docs" / "intakes.md"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def payload(**changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(SAMPLE.read_text())
    return {name: value for name, value in (told | changes).items() if value is not ...}


def told(**changes: Any) -> Report:
    """A report in the usual words."""
    (report,) = webhook.parse(payload(**changes))
    return understood(report, lambda said: USUAL_WORDS[said.kind].get(said.folded))


def test_the_sample_of_the_manual_opens_an_incident() -> None:
    report = told()
    assert report.external_id == "T-20931"
    assert report.at == datetime(2026, 2, 2, 14, 5, tzinfo=UTC)
    assert report.by == "tom"
    assert report.opening == Opening(
        customer="Acme Dental",
        title="Nobody can print at the front desk",
        priority=Priority.P2,
        priority_word="P2",
        link="https://tickets.example/T-20931",
    )


@pytest.mark.parametrize(
    ("changes", "opening"),
    [
        ({"impact": "High", "urgency": "medium"}, {"impact": Level.HIGH, "urgency": Level.MEDIUM}),
        ({"impact": 1, "urgency": "3"}, {"impact": Level.HIGH, "urgency": Level.LOW}),
        ({"site": " Hamburg depot ", "service": "erp"}, {"site": "Hamburg depot", "service": "erp"}),
        ({"priority": ..., "impact": 2, "urgency": 2}, {"priority": None, "impact": Level.MEDIUM}),
        (
            {"priority": ..., "impact": "2 - Medium", "urgency": "3 - Low"},
            {"impact": Level.MEDIUM, "priority_word": ""},
        ),
        (
            {"priority": ..., "impact": "Whole company", "urgency": "high"},
            {"impact": None, "urgency": Level.HIGH, "priority_word": "impact Whole company, urgency high"},
        ),
        ({"priority": "Sev A"}, {"priority": None, "priority_word": "Sev A"}),
        ({"priority": "", "impact": 2, "urgency": 2}, {"priority": None, "urgency": Level.MEDIUM}),
        ({"impact": None, "urgency": None, "site": None}, {"impact": None, "urgency": None, "site": ""}),
    ],
)
def test_an_opening_may_say_what_makes_its_priority_and_where_it_is(
    changes: dict[str, Any], opening: dict[str, Any]
) -> None:
    (report,) = webhook.parse(payload(**changes))
    assert report.opening is not None
    assert {name: getattr(report.opening, name) for name in opening} == opening


@pytest.mark.parametrize(
    ("changes", "events"),
    [
        ({"event": "customer_replied", "text": "still broken"}, (CustomerReplied(text="still broken"),)),
        ({"event": "agent_replied", "text": "on it"}, (Responded(text="on it"),)),
        ({"event": "agent_replied", "public": False}, ()),
        ({"event": "status_changed", "status": "In_Progress"}, (Resumed(),)),
        ({"event": "status_changed", "status": "Waiting Customer"}, (Resumed(), Paused(reason=PauseReason.CUSTOMER))),
        ({"event": "status_changed", "status": "waiting-vendor"}, (Resumed(), Paused(reason=PauseReason.VENDOR))),
        ({"event": "status_changed", "status": "Scheduled"}, (Resumed(), Paused(reason=PauseReason.SCHEDULED))),
        ({"event": "status_changed", "status": "On Hold"}, (Resumed(), Paused(reason=PauseReason.OTHER))),
        ({"event": "status_changed", "status": "closed"}, (Resolved(),)),
        ({"event": "priority_changed", "priority": 1}, (PrioritySet(priority=Priority.P1),)),
        ({"event": "assigned", "to": "tess"}, (Assigned(to="tess"),)),
        ({"event": "resolved"}, (Resolved(),)),
        ({"event": "reopened"}, (Reopened(),)),
        ({"event": "unassigned"}, (Unassigned(),)),
        ({"event": "assigned", "to": ""}, (Unassigned(),)),
        ({"event": "assigned", "to": None}, (Unassigned(),)),
        ({"event": "title_changed", "title": " Nobody can scan "}, (Retitled(title="Nobody can scan"),)),
        ({"event": "title_changed", "title": "x" * 5000}, (Retitled(title="x" * 4000),)),
        ({"event": "deleted"}, (Deleted(),)),
    ],
)
def test_what_a_ticket_system_tells_becomes_facts(changes: dict[str, Any], events: tuple[Event, ...]) -> None:
    report = told(**changes)
    assert report.events == events
    assert report.opening is None


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"event": ...}, "event", "missing"),
        ({"event": "customer_repleid"}, "event", "did you mean customer_replied?"),
        ({"id": ...}, "id", "missing"),
        ({"external_id": ""}, "external_id", "missing or empty"),
        ({"external_id": ["T-1"]}, "external_id", "must be text"),
        ({"external_id": "x" * 201}, "external_id", "at most 200"),
        ({"at": "yesterday"}, "at", "ISO 8601"),
        ({"at": "2026-02-02T09:05:00"}, "at", "with an offset"),
        ({"at": 1770041100}, "at", "ISO 8601"),
        ({"customer": None}, "customer", "missing"),
        ({"priority": ["urgent"]}, "priority", "must be text"),
        ({"event": "assigned"}, "to", "missing"),
        ({"event": "agent_replied", "public": "yes"}, "public", "true or false"),
        ({"event": "status_changed", "status": ""}, "status", "is missing or empty"),
        ({"event": "customer_changed", "customer": ""}, "customer", "is missing or empty"),
        ({"event": "title_changed", "title": ""}, "title", "is missing or empty"),
        ({"event": "merged"}, "into", "is missing or empty"),
        ({"event": "merged", "into": "T-20931"}, "into", "another ticket"),
    ],
)
def test_a_refusal_names_the_field_and_what_is_wanted(changes: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(PayloadInvalid) as refused:
        webhook.parse(payload(**changes))
    assert refused.value.field == field
    assert refused.value.sentence.startswith(field)
    assert words in refused.value.sentence


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"event": "customer_changed", "customer": "Beta Logistics"}, {"customer": "Beta Logistics"}),
        ({"event": "merged", "into": "T-7"}, {"into": "T-7"}),
        (
            {"event": "status_changed", "status": "Awaiting approval"},
            {"words": (ReportedWord(WordKind.STATUS, "Awaiting approval"),)},
        ),
        ({"event": "assigned", "to": "Tom"}, {"words": (ReportedWord(WordKind.PERSON, "Tom"),)}),
        (
            {"event": "priority_changed", "priority": "x" * 300},
            {"words": (ReportedWord(WordKind.PRIORITY, "x" * 200),)},
        ),
    ],
)
def test_what_needs_to_be_looked_up_is_told_as_it_was_said(changes: dict[str, Any], told: dict[str, Any]) -> None:
    (report,) = webhook.parse(payload(**changes))
    assert report.events == ()
    assert {name: getattr(report, name) for name in told} == told


@pytest.mark.parametrize(
    ("changes", "opening"),
    [
        ({"title": "x" * 4001}, {"title": "x" * 3999 + "…"}),
        ({"title": "  "}, {"title": "Ticket T-20931"}),
        ({"title": {"text": "No print"}}, {"title": "Ticket T-20931"}),
        ({"link": "javascript:alert(1)"}, {"link": None}),
        ({"link": "https://" + "x" * 2000}, {"link": None}),
        ({"link": 7}, {"link": None}),
        ({"service": "s" * 300}, {"service": "s" * 199 + "…"}),
        ({"customer": "c" * 300}, {"customer": "c" * 199 + "…"}),
    ],
)
def test_what_only_decorates_an_opening_is_cut_or_left_out(changes: dict[str, Any], opening: dict[str, Any]) -> None:
    (report,) = webhook.parse(payload(**changes))
    assert report.opening is not None
    assert {name: getattr(report.opening, name) for name in opening} == opening


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("x" * 3001, "x" * 2999 + "…"),
        ("x" * 3000, "x" * 3000),
        (["a"], ""),
        ({"html": "<p>"}, ""),
        (True, ""),
        (7, "7"),
    ],
)
@pytest.mark.parametrize("event", ["agent_replied", "customer_replied", "resolved", "reopened"])
def test_the_words_of_a_fact_are_cut_and_the_fact_counts(event: str, text: object, kept: str) -> None:
    (report,) = webhook.parse(payload(event=event, text=text, by=["tom"]))
    assert [getattr(fact, "text", None) for fact in report.events] == [kept]
    assert report.by is None


def test_unknown_fields_are_ignored_and_listed() -> None:
    told = payload(board="Service", company={"id": 4})
    assert webhook.parse(told) == webhook.parse(payload())
    assert webhook.unknown_fields(told) == ("board", "company")


def refusal(told: dict[str, Any]) -> PayloadInvalid | None:
    try:
        assert len(webhook.parse(told)) == 1
    except PayloadInvalid as refused:
        return refused
    return None


@given(told=st.dictionaries(st.sampled_from(sorted(webhook.FIELD_NAMES)) | st.text(max_size=5), JSON, max_size=8))
def test_no_json_gets_more_than_a_refusal(told: dict[str, Any]) -> None:
    refused = refusal(told)
    assert refused is None or refused.field in refused.sentence


@given(
    changes=st.dictionaries(st.sampled_from(sorted(webhook.FIELD_NAMES)), JSON, max_size=3),
    event=st.sampled_from(sorted(webhook.EVENTS)),
)
def test_no_field_of_a_good_payload_can_break_it(changes: dict[str, Any], event: str) -> None:
    refused = refusal(payload(event=event, to="tess", status="open", into="T-1") | changes)
    assert refused is None or refused.field in changes


def test_the_manual_shows_what_each_new_event_looks_like() -> None:
    shown = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", MANUAL.read_text(), re.DOTALL)]
    events = {sample["event"]: webhook.parse(sample) for sample in shown if "event" in sample}
    assert events.keys() >= {"opened", "unassigned", "title_changed", "customer_changed", "merged", "deleted"}


def test_the_manual_names_every_usual_meaning_of_a_status() -> None:
    assert [meaning for meaning in STATUS_FACTS if f"| `{meaning}` |" not in MANUAL.read_text()] == []


def test_the_manual_shows_the_sample_and_names_every_event_and_field() -> None:
    manual = MANUAL.read_text()
    shown = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", manual, re.DOTALL)]
    assert payload() in shown
    rows = [line.split("|")[1] for line in manual.splitlines() if line.startswith("|")]
    named = {word.strip(" `") for row in rows for word in row.split(",")}
    assert {*webhook.EVENTS, *webhook.FIELD_NAMES} <= named


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://", "http:// x", "https://x/" + "y" * 5000, "T-20931"])
def test_a_link_that_is_none_is_left_out(link: str) -> None:
    (report,) = webhook.parse(payload(link=link))
    assert report.opening is not None
    assert report.opening.link is None


def test_what_cannot_be_read_is_left_out_of_every_text() -> None:
    (report,) = webhook.parse(payload(title="\x1b]0;owned\x07Down\r\n\x9b31m \u202enow", customer="Acme\x00 Dental"))
    assert report.opening is not None
    assert report.opening.title == "]0;ownedDown\n31m now"
    assert report.opening.customer == "Acme Dental"
