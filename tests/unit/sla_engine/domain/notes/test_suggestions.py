"""The table of suggestions, row by row: evidence in, one suggestion out."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import BreachReason, NextStep
from sla_engine.domain.notes.evidence import Decided, Evidence, KnownSop, NoteEvidence
from sla_engine.domain.notes.suggestions import Step, Suggestion, ranked, suggestions
from tests.unit.sla_engine.domain.notes.note_evidence import day, note, sop

TODAY = day(100)
PUBLISHED = day(10)
WRONG, NOT_FOLLOWED = BreachReason.SOP_WRONG, BreachReason.SOP_NOT_FOLLOWED
VENDOR = BreachReason.VENDOR


def suggested(
    notes: Sequence[NoteEvidence], *, sops: Sequence[KnownSop] = (), decisions: Sequence[Decided] = (), at: float = 100
) -> Suggestion:
    """The suggestion of the cluster with the last of these notes."""
    evidence = Evidence(notes=notes, sops=sops, decisions=decisions)
    by_incident = {one.incident_id: found for cluster, found in suggestions(evidence, at=day(at)) for one in cluster}
    return by_incident[notes[-1].incident_id]


def linked(*notes: NoteEvidence, published: bool = True) -> tuple[KnownSop, ...]:
    """SOP-7, linked to the incidents of these notes."""
    return (sop(linked=notes, published_at=PUBLISHED if published else None, is_being_written=not published),)


@pytest.mark.parametrize(
    ("notes", "step", "sentence"),
    [
        pytest.param(
            [note(1, 71), note(2, 90), note(3)],
            Step.CREATE,
            "Late triage, Acme Dental: 3 times in 30 days, no SOP for it. Suggests: create an SOP.",
            id="three in 30 days and no SOP: create",
        ),
        pytest.param([note(1, 69), note(2, 90), note(3)], Step.NONE, "", id="three, one of them 31 days ago: none"),
        pytest.param([note(1, 90), note(2)], Step.NONE, "", id="two of P3: none"),
        pytest.param(
            [note(1, 11, priority=Priority.P1), note(2, priority=Priority.P2)],
            Step.CREATE,
            "Late triage, Acme Dental: 2 times at P1 or P2 in 90 days, no SOP for it. Suggests: create an SOP.",
            id="two of P1 or P2 in 90 days and no SOP: create",
        ),
        pytest.param(
            [note(1, 9, priority=Priority.P1), note(2, priority=Priority.P2)], Step.NONE, "", id="the same in 91: none"
        ),
        pytest.param(
            [note(1, reason=WRONG)],
            Step.NONE,
            "SOP wrong, Acme Dental: once in 90 days. Suggests: no SOP.",
            id="one note and no SOP: not update, whatever the note says",
        ),
        pytest.param([note(1, reason=NOT_FOLLOWED)], Step.NONE, "", id="one not followed and no SOP: not update"),
        pytest.param([note(1)], Step.NONE, "", id="one note of ours: none"),
        pytest.param(
            [note(1, 15, reason=VENDOR), note(2, 50, reason=BreachReason.PARTS), note(3, reason=VENDOR)],
            Step.VENDOR_SOP,
            "Vendor, Acme Dental: 3 times in 90 days because of a third party, no SOP for it. "
            "Suggests: an SOP for escalating to the vendor.",
            id="three because of a third party in 90 days: vendor escalation",
        ),
        pytest.param([note(1, 15, reason=VENDOR), note(2, reason=VENDOR)], Step.NONE, "", id="two of them: none"),
        pytest.param(
            [note(1, reason=VENDOR)],
            Step.NONE,
            "Vendor, Acme Dental: once in 90 days, not ours. Suggests: no SOP.",
            id="one that is not ours: none",
        ),
        pytest.param(
            [note(1, reason=BreachReason.WAITING_CUSTOMER_UNRECORDED)], Step.NONE, "not ours", id="the customer's: none"
        ),
        pytest.param(
            [note(number, 98, reason=BreachReason.AFTER_HOURS_NO_COVER) for number in (1, 2, 3)],
            Step.PROBLEM,
            "Suggests: open a problem.",
            id="three for which the reason says so: a problem",
        ),
        pytest.param(
            [note(1, reason=BreachReason.MAJOR_INCIDENT, priority=Priority.P1)],
            Step.NONE,
            "",
            id="a reason never decides alone",
        ),
    ],
)
def test_without_an_sop_the_number_of_notes_suggests(notes: list[NoteEvidence], step: Step, sentence: str) -> None:
    found = suggested(notes)
    assert found.step is step
    assert sentence in found.sentence


@pytest.mark.parametrize(
    ("notes", "step", "sentence"),
    [
        pytest.param(
            [note(2, reason=WRONG)],
            Step.UPDATE,
            "SOP wrong, Acme Dental: SOP-7 Mail queue is said to be wrong (INC-2). Suggests: update it within 7 days.",
            id="said to be wrong: update within 7 days",
        ),
        pytest.param(
            [note(2, followed=frozenset({"SOP-7"}))],
            Step.UPDATE,
            "SOP-7 Mail queue was followed, and the target missed all the same (INC-2). "
            "Suggests: update it within 7 days.",
            id="followed and missed all the same: update within 7 days",
        ),
        pytest.param(
            [note(2, 90, reason=NOT_FOLLOWED), note(3, reason=NOT_FOLLOWED, author="U0TESS")],
            Step.UPDATE,
            "SOP-7 Mail queue was not followed by 2 people, so it may be unclear (INC-2, INC-3). Suggests: update it.",
            id="not followed by two people: update, unclear",
        ),
        pytest.param(
            [note(2, 90, reason=NOT_FOLLOWED), note(3, reason=NOT_FOLLOWED)],
            Step.COACHING,
            "not followed 2 times, by one person (INC-2, INC-3). Suggests: coaching, no change of the SOP.",
            id="not followed by one person: coaching",
        ),
        pytest.param(
            [note(number, 98, sops=frozenset({"SOP-7"})) for number in (2, 3, 4)],
            Step.NONE,
            "SOP-7 Mail queue is for it, and nobody says it is wrong",
            id="an SOP and nothing against it: none, however often",
        ),
        pytest.param([note(2, 9, reason=WRONG)], Step.NONE, "", id="wrong before it was published last: none"),
    ],
)
def test_with_an_sop_what_is_held_against_it_suggests(notes: list[NoteEvidence], step: Step, sentence: str) -> None:
    found = suggested(notes, sops=linked(note(1, 5, reason=BreachReason.SOP_MISSING)))
    assert found.step is step
    assert sentence in found.sentence


def test_an_sop_that_is_being_written_is_not_asked_for_again() -> None:
    notes = [note(1, 97), note(2, 98), note(3)]
    found = suggested(notes, sops=linked(notes[0], published=False))
    assert (found.step, "SOP-7 Mail queue is being written or changed" in found.sentence) == (Step.NONE, True)


@pytest.mark.parametrize(
    ("scope", "step"),
    [
        ({"customers": frozenset({"acme dental"}), "reasons": frozenset({BreachReason.SKILL_GAP})}, Step.NONE),
        ({"reasons": frozenset({BreachReason.CAPACITY})}, Step.CREATE),
        ({"services": frozenset({"mail"})}, Step.NONE),
        ({"services": frozenset({"VPN"})}, Step.CREATE),
        ({"customers": frozenset({"Beta"}), "services": frozenset({"mail"})}, Step.CREATE),
        ({"customers": frozenset({"Acme Dental"})}, Step.CREATE),
        ({"customers": frozenset({"Acme Dental"}), "title": "When e-mail goes down"}, Step.NONE),
        ({"customers": frozenset({"Beta"}), "title": "When e-mail goes down"}, Step.CREATE),
        ({}, Step.CREATE),
    ],
    ids=str,
)
def test_an_sop_is_matched_by_what_it_says_it_is_for(scope: dict[str, Any], step: Step) -> None:
    notes = [note(number, service="Mail", reason=BreachReason.SKILL_GAP) for number in (1, 2, 3)]
    assert suggested(notes, sops=[sop(**scope)]).step is step


def test_an_sop_for_a_service_is_not_for_a_reason_that_is_a_matter_of_its_own() -> None:
    notes = [note(number, service="Mail", reason=BreachReason.CAPACITY) for number in (1, 2, 3)]
    assert suggested(notes, sops=[sop(services=frozenset({"Mail"}))]).step is Step.CREATE


def test_an_sop_of_unknown_age_has_all_of_it_held_against_it() -> None:
    notes = [note(2, 9, reason=WRONG, sops=frozenset({"SOP-7"})), note(3, reason=WRONG)]
    assert suggested(notes, sops=[sop(published_at=None)]).step is Step.UPDATE


def test_an_sop_for_one_matter_is_not_for_another_of_the_same_reason() -> None:
    made_for = note(1, 5, reason=BreachReason.SOP_MISSING, title="Printer offline")
    assert suggested([note(2, reason=WRONG)], sops=linked(made_for)).step is Step.NONE


def test_a_decision_made_on_a_suggestion_starts_the_count_anew() -> None:
    notes = [note(1, 80), note(2, 82), note(3, 84), note(4, 95), note(5, 96), note(6)]
    decided = Decided(incident_id=3, step=NextStep.NONE, at=day(85))
    assert suggested(notes[:5], decisions=[decided], at=99).step is Step.NONE
    assert suggested(notes[:3], decisions=[decided], at=99).sentence.endswith(
        "nothing new since the last decision. Suggests: no SOP."
    )
    found = suggested(notes, decisions=[decided])
    assert (found.step, found.incident_keys) == (Step.CREATE, ("INC-4", "INC-5", "INC-6"))


def test_a_decision_made_when_nothing_was_suggested_answers_nothing() -> None:
    notes = [note(1, 80), note(2, 95), note(3)]
    found = suggested(notes, decisions=[Decided(incident_id=1, step=NextStep.NONE, at=day(81))])
    assert (found.step, found.decide_on) == (Step.CREATE, "INC-3")


@given(
    days=st.lists(st.floats(0, 100), max_size=12),
    reasons=st.lists(st.sampled_from(BreachReason), min_size=12, max_size=12),
    seed=st.integers(),
)
def test_without_an_sop_nothing_suggests_an_update_and_one_note_suggests_nothing(
    days: list[float], reasons: list[BreachReason], seed: int
) -> None:
    notes = [note(number, at, reason=reason) for number, (at, reason) in enumerate(zip(days, reasons, strict=False))]
    found = suggestions(Evidence(notes=notes), at=TODAY)
    assert not {suggestion.step for _, suggestion in found} & {Step.UPDATE, Step.COACHING}
    assert all(suggestion.step is Step.NONE for cluster, suggestion in found if len(cluster) == 1)
    Random(seed).shuffle(notes)
    assert set(suggestions(Evidence(notes=notes), at=TODAY)) == set(found)


def test_the_most_frequent_suggestions_come_first_and_no_more_than_wanted() -> None:
    often = [note(number, 95, customer="Beta") for number in range(4)]
    seldom = [note(number, 95, customer="Acme") for number in range(10, 13)]
    once = [note(20, customer="Cedar")]
    found = [suggestion for _, suggestion in suggestions(Evidence(notes=often + seldom + once), at=TODAY)]
    assert [suggestion.customer for suggestion in ranked(found, most=3)] == ["Beta", "Acme"]
    assert [suggestion.customer for suggestion in ranked(found, most=1)] == ["Beta"]


def test_evidence_as_of_an_instant_knows_nothing_later() -> None:
    decided = Decided(incident_id=1, step=NextStep.NONE, at=day(50))
    evidence = Evidence(notes=[note(1, 20), note(2, 40)], sops=[sop()], decisions=[decided])
    before = evidence.as_of(day(30))
    assert [one.incident_id for one in before.notes] == [1]
    assert (list(before.sops), list(before.decisions)) == ([sop()], [])
    assert evidence.as_of(day(5)).sops == [sop(published_at=None, is_being_written=True)]
    assert evidence.as_of(day(0)).sops == []
