"""What ticket systems call things out of the box, and what those words do to the clocks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.incidents.events import Assigned, Event, Paused, PrioritySet, Resolved, Resumed, Unassigned
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.incidents.reports import Opening, Report, understood
from sla_engine.domain.incidents.usual_words import USUAL_WORDS
from sla_engine.domain.incidents.word_meanings import (
    MEANINGS,
    NOBODY,
    NOTHING,
    ReportedWord,
    WordKind,
    folded_word,
    meaning_label,
)

GOES_ON: tuple[Event, ...] = (Resumed(),)
CUSTOMER: tuple[Event, ...] = (Resumed(), Paused(reason=PauseReason.CUSTOMER))
VENDOR: tuple[Event, ...] = (Resumed(), Paused(reason=PauseReason.VENDOR))
PARTS: tuple[Event, ...] = (Resumed(), Paused(reason=PauseReason.PARTS))
HOLD: tuple[Event, ...] = (Resumed(), Paused(reason=PauseReason.OTHER))
DONE: tuple[Event, ...] = (Resolved(),)

STATUSES_OF = {
    "Zammad": {
        "new": GOES_ON, "open": GOES_ON, "pending reminder": CUSTOMER, "pending close": CUSTOMER, "closed": DONE,
    },
    "Zendesk": {"New": GOES_ON, "Open": GOES_ON, "Pending": CUSTOMER, "hold": HOLD, "solved": DONE, "Closed": DONE},
    "Freshservice": {
        "Open": GOES_ON, "In Progress": GOES_ON, "Pending": CUSTOMER, "Waiting on Customer": CUSTOMER,
        "Waiting on Third Party": VENDOR, "Resolved": DONE, "Closed": DONE,
    },
    "Jira": {
        "To Do": GOES_ON, "Waiting for support": GOES_ON, "Work in progress": GOES_ON, "Escalated": GOES_ON,
        "Waiting for customer": CUSTOMER, "Done": DONE, "Resolved": DONE, "Canceled": DONE,
    },
    "HaloPSA": {
        "New": GOES_ON, "In Progress": GOES_ON, "Action Required": GOES_ON, "With User": CUSTOMER,
        "With Supplier": VENDOR, "On Hold": HOLD, "Completed": DONE, "Closed": DONE,
    },
    "ConnectWise": {
        "New (email)": GOES_ON, "Re-Opened": GOES_ON, "Customer Updated": GOES_ON, "Waiting Client Response": CUSTOMER,
        "Waiting on Client": CUSTOMER, "Waiting Vendor": VENDOR, "Waiting Parts": PARTS, ">Closed": DONE,
    },
    "Autotask": {
        "New": GOES_ON, "Dispatched": GOES_ON, "Customer Note Added": GOES_ON, "Waiting Customer": CUSTOMER,
        "Waiting Vendor": VENDOR, "Waiting Materials": PARTS, "Complete": DONE,
    },
    "ServiceNow": {
        "New": GOES_ON, "In Progress": GOES_ON, "On Hold": HOLD, "Awaiting Caller": CUSTOMER,
        "awaiting_user_info": CUSTOMER, "Awaiting Vendor": VENDOR, "Resolved": DONE, "Closed": DONE,
    },
}  # fmt: skip
PRIORITIES_OF = {
    "ours": {"P1": "P1", "p3": "P3", "5": "P5"},
    "Zammad": {"1 low": "P4", "2 normal": "P3", "3 high": "P2"},
    "Zendesk": {"urgent": "P1", "high": "P2", "normal": "P3", "low": "P4"},
    "Freshservice": {"Urgent": "P1", "High": "P2", "Medium": "P3", "Low": "P4"},
    "Jira": {"Blocker": "P1", "Highest": "P1", "High": "P2", "Medium": "P3", "Low": "P4", "Lowest": "P5"},
    "HaloPSA": {"Critical": "P1", "High": "P2", "Medium": "P3", "Low": "P4"},
    "ConnectWise": {"Priority 1 - Emergency Response": "P1", "Priority 3 - Normal Response": "P3"},
    "Autotask": {"Critical": "P1", "Medium": "P3"},
    "ServiceNow": {"1 - Critical": "P1", "2 - High": "P2", "3 - Moderate": "P3", "4 - Low": "P4", "5 - Planning": "P5"},
}


def usual(word: ReportedWord) -> str | None:
    return USUAL_WORDS[word.kind].get(word.folded)


@pytest.mark.parametrize(
    ("status", "events"),
    [
        pytest.param(word, events, id=f"{system}: {word}")
        for system, words in STATUSES_OF.items()
        for word, events in words.items()
    ],
)
def test_the_usual_status_of_a_ticket_system_needs_no_question(status: str, events: tuple[Event, ...]) -> None:
    for written in (status, status.upper(), f" {status.replace(' ', '_')} "):
        report = Report(external_id="T-1", what="status_changed", words=(ReportedWord(WordKind.STATUS, written),))
        assert understood(report, usual) == Report(external_id="T-1", what="status_changed", events=events)


@pytest.mark.parametrize(
    ("word", "priority"),
    [
        pytest.param(word, priority, id=f"{system}: {word}")
        for system, words in PRIORITIES_OF.items()
        for word, priority in words.items()
    ],
)
def test_the_usual_priority_of_a_ticket_system_needs_no_question(word: str, priority: str) -> None:
    for written in (word, word.upper(), word.replace(" - ", ": ")):
        reported_words = (ReportedWord(WordKind.PRIORITY, written),)
        changed = understood(Report(external_id="T-1", what="priority_changed", words=reported_words), usual)
        assert changed.events == (PrioritySet(priority=Priority(priority)),)
        opening = Opening(customer="Acme Dental", title="Down", priority_word=written)
        opened = understood(Report(external_id="T-1", what="opened", words=reported_words, opening=opening), usual)
        assert opened.opening is not None
        assert (opened.opening.priority, opened.words) == (Priority(priority), ())


@pytest.mark.parametrize("word", ["1 high", "2 critical", "Awaiting approval", "P6", "0", "pending something else"])
@pytest.mark.parametrize("kind", [WordKind.STATUS, WordKind.PRIORITY])
def test_what_contradicts_itself_or_is_nobodys_word_is_not_guessed(word: str, kind: WordKind) -> None:
    report = Report(external_id="T-1", what="told", words=(ReportedWord(kind, word),))
    assert understood(report, usual) == report


def test_what_means_nothing_changes_nothing() -> None:
    words = (ReportedWord(WordKind.STATUS, "Seen"), ReportedWord(WordKind.PRIORITY, "Seen"))
    report = understood(Report(external_id="T-1", what="told", words=words), lambda _: NOTHING)
    assert (report.events, report.words) == ((), ())


@pytest.mark.parametrize(
    ("meaning", "event"),
    [("U0TOM", Assigned(to="U0TOM")), (NOBODY, Unassigned()), (None, Assigned(to="tom"))],
)
def test_whom_a_ticket_is_given_to_is_one_of_us_nobody_or_a_name(meaning: str | None, event: Event) -> None:
    words = (ReportedWord(WordKind.PERSON, "tom"),)
    report = understood(Report(external_id="T-1", what="assigned", by="tom", words=words), lambda _: meaning)
    assert report.events == (event,)
    assert report.by == ("U0TOM" if meaning == "U0TOM" else "tom")
    assert report.words == (words if meaning is None else ())


def test_every_usual_word_has_a_meaning_of_its_kind_and_is_written_as_it_is_compared() -> None:
    for kind, words in USUAL_WORDS.items():
        assert set(words.values()) <= set(MEANINGS[kind])
        assert [word for word in words if folded_word(kind, word) != word] == []


def test_every_meaning_can_be_said() -> None:
    labels = {meaning_label(kind, meaning) for kind in WordKind for meaning in MEANINGS[kind]}
    assert {"waiting for the customer", "we are working", "P1", "it means nothing"} <= labels


@given(word=st.text(max_size=30), kind=st.sampled_from(WordKind))
def test_a_word_is_folded_once_and_for_all(word: str, kind: WordKind) -> None:
    folded = folded_word(kind, word)
    assert folded_word(kind, folded) == folded
    assert bool(folded) == bool(word.strip())
