"""What a good SLA note says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.incidents.reasons import BreachReason
from sla_engine.domain.notes.note import MAX_CHARS, NoteDraft
from sla_engine.domain.notes.note import problems as note_problems
from sla_engine.domain.notes.prevention import PlannedAction, Prevention

STORY = "The mail queue filled up over night and nobody watched the alert until the office opened."
TODAY = date(2026, 2, 2)
TITLE = "E-mail is down at the front desk of the practice"


def draft(
    *,
    reason: BreachReason | None = BreachReason.CAPACITY,
    what_happened: str = STORY,
    impact: str = "12 users for 2 hours",
    prevention: Prevention | None = Prevention.ONE_OFF,
    action: PlannedAction | None = None,
) -> NoteDraft:
    return NoteDraft(
        reason=reason,
        what_happened=what_happened,
        impact=impact,
        prevention=prevention,
        action=action,
    )


def problems(note: NoteDraft, *, services: Sequence[str] = (), last_note: str | None = None) -> Mapping[str, str]:
    return note_problems(note, title=TITLE, services=services, last_note=last_note, today=TODAY)


def test_a_good_note_has_no_problem() -> None:
    assert problems(draft()) == {}


@pytest.mark.parametrize(
    ("note", "field"),
    [
        (draft(reason=None), "reason"),
        (draft(what_happened="It broke."), "what_happened"),
        (draft(what_happened="It - just - broke!"), "what_happened"),
        (draft(what_happened=f"  {TITLE.upper()} "), "what_happened"),
        (draft(what_happened=TITLE.replace(" at", ", at") + "."), "what_happened"),
        (draft(reason=BreachReason.OTHER, what_happened="Bad luck"), "what_happened"),
        (draft(impact=""), "impact"),
        (draft(impact="It was bad"), "impact"),
        (draft(impact="As in INC-1042, a P1"), "impact"),
        (draft(prevention=None), "prevention"),
        (draft(what_happened="a" * (MAX_CHARS + 1)), "what_happened"),
        (draft(impact="users " * 600), "impact"),
    ],
    ids=["no reason", "short", "three words", "the title", "the title with other marks", "other without words",
         "no impact", "says nothing", "only a key and a priority", "no prevention", "too long", "too long an impact"],
)  # fmt: skip
def test_each_thing_missing_is_said_in_one_sentence_under_its_field(note: NoteDraft, field: str) -> None:
    sentences = problems(note)
    assert list(sentences) == [field]
    assert sentences[field].endswith(".")
    assert "\n" not in sentences[field]


@pytest.mark.parametrize("story", ["The vendor's line failed", "Nobody saw the alert", "Tom war allein da"])
def test_four_words_say_what_happened(story: str) -> None:
    assert problems(draft(what_happened=story)) == {}


@pytest.mark.parametrize("impact", ["12 of them", "All users", "The mail server", "An hour", "Two customers waited"])
def test_an_impact_names_users_a_service_or_how_long(impact: str) -> None:
    assert problems(draft(impact=impact)) == {}


def test_an_impact_may_name_a_service_of_the_agreement() -> None:
    vague = draft(impact="The Xray viewer stood still")
    assert "impact" in problems(vague)
    assert problems(vague, services=["xray viewer"]) == {}
    assert "impact" in problems(vague, services=["", "  "])


@pytest.mark.parametrize("reason", list(BreachReason))
def test_every_miss_has_a_choice_about_the_next_one(reason: BreachReason) -> None:
    assert list(problems(draft(reason=reason, what_happened=STORY, prevention=None))) == ["prevention"]
    assert problems(draft(reason=reason)) == {}


def test_who_will_do_something_says_what_and_by_when() -> None:
    blank = draft(prevention=Prevention.ACTION, action=PlannedAction(" ", None))
    assert list(problems(blank)) == ["action", "action_due"]
    over = draft(prevention=Prevention.ACTION, action=PlannedAction("Watch the queue", TODAY - timedelta(days=1)))
    assert problems(over) == {"action_due": "This day is over; choose today or later."}
    assert problems(replace(over, action=PlannedAction("Watch the queue", TODAY))) == {}
    assert list(problems(replace(over, action=PlannedAction("a" * (MAX_CHARS + 1), TODAY)))) == ["action"]


def test_a_form_that_did_not_ask_what_will_be_done_says_how_it_comes_to_ask() -> None:
    sentences = problems(draft(prevention=Prevention.ACTION))
    assert list(sentences) == ["prevention"]
    assert "once more" in sentences["prevention"]


def test_what_will_be_done_is_looked_at_only_where_that_was_chosen() -> None:
    assert problems(draft(prevention=Prevention.SOP, action=PlannedAction("", TODAY - timedelta(days=9)))) == {}


def test_a_near_copy_of_the_last_note_is_refused() -> None:
    assert "what_happened" in problems(draft(), last_note=STORY.replace("office", "Office,"))
    assert problems(draft(), last_note="Something else altogether happened that day") == {}


@given(st.text(), st.text(), st.sampled_from([None, *Prevention]), st.sampled_from([None, *BreachReason]))
def test_the_check_says_the_same_every_time(
    what: str, impact: str, prevention: Prevention | None, reason: BreachReason | None
) -> None:
    note = draft(reason=reason, what_happened=what, impact=impact, prevention=prevention)
    assert problems(note, last_note=STORY) == problems(note, last_note=STORY)
