"""What a good SLA note says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.incidents.reasons import BREACH_REASONS, BreachReason
from sla_engine.domain.notes.note import MAX_CHARS, NoteDraft, problems

STORY = "The mail queue filled up over night and nobody watched the alert until the office opened."
TITLE = "E-mail is down at the front desk of the practice"


def draft(
    *,
    reason: BreachReason | None = BreachReason.CAPACITY,
    what_happened: str = STORY,
    impact: str = "12 users for 2 hours",
    prevention: str = "The alert pages whoever is on call.",
) -> NoteDraft:
    return NoteDraft(reason=reason, what_happened=what_happened, impact=impact, prevention=prevention)


def test_a_good_note_has_no_problem() -> None:
    assert problems(draft(), title=TITLE) == {}


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
        (draft(prevention=" "), "prevention"),
        (draft(what_happened="a" * (MAX_CHARS + 1)), "what_happened"),
        (draft(impact="users " * 600), "impact"),
    ],
    ids=["no reason", "short", "three words", "the title", "the title with other marks", "other without words",
         "no impact", "says nothing", "only a key and a priority", "no prevention", "too long", "too long an impact"],
)  # fmt: skip
def test_each_thing_missing_is_said_in_one_sentence_under_its_field(note: NoteDraft, field: str) -> None:
    sentences = problems(note, title=TITLE)
    assert list(sentences) == [field]
    assert sentences[field].endswith(".")
    assert "\n" not in sentences[field]


@pytest.mark.parametrize("story", ["The vendor's line failed", "Nobody saw the alert", "Tom war allein da"])
def test_four_words_say_what_happened(story: str) -> None:
    assert problems(draft(what_happened=story), title=TITLE) == {}


@pytest.mark.parametrize("impact", ["12 of them", "All users", "The mail server", "An hour", "Two customers waited"])
def test_an_impact_names_users_a_service_or_how_long(impact: str) -> None:
    assert problems(draft(impact=impact), title=TITLE) == {}


def test_an_impact_may_name_a_service_of_the_agreement() -> None:
    vague = draft(impact="The Xray viewer stood still")
    assert "impact" in problems(vague, title=TITLE)
    assert problems(vague, title=TITLE, services=["xray viewer"]) == {}
    assert "impact" in problems(vague, title=TITLE, services=["", "  "])


@pytest.mark.parametrize("reason", list(BreachReason))
def test_only_a_miss_that_is_ours_needs_prevention(reason: BreachReason) -> None:
    ours = BREACH_REASONS[reason].attribution == "us"
    assert ("prevention" in problems(draft(reason=reason, prevention=""), title=TITLE)) is ours


def test_a_near_copy_of_the_last_note_is_refused() -> None:
    assert "what_happened" in problems(draft(), title=TITLE, last_note=STORY.replace("office", "Office,"))
    assert problems(draft(), title=TITLE, last_note="Something else altogether happened that day") == {}


@given(st.text(), st.text(), st.text(), st.sampled_from([None, *BreachReason]))
def test_the_check_says_the_same_every_time(
    what: str, impact: str, prevention: str, reason: BreachReason | None
) -> None:
    note = draft(reason=reason, what_happened=what, impact=impact, prevention=prevention)
    assert problems(note, title=TITLE, last_note=STORY) == problems(note, title=TITLE, last_note=STORY)
