"""Clusters: which notes are about the same."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.incidents.reasons import BreachReason
from sla_engine.domain.notes.clusters import clusters
from sla_engine.domain.notes.evidence import NoteEvidence
from tests.unit.sla_engine.domain.notes.note_evidence import note

MISSING, SKILL = BreachReason.SOP_MISSING, BreachReason.SKILL_GAP
TITLES = ("VPN down", "VPN down again", "Printer offline", "Printer on floor 2 offline", "VPN and printer down")


def numbers(*notes: NoteEvidence) -> list[list[int]]:
    """The clusters, each as the numbers of its incidents."""
    return sorted([one.incident_id for one in cluster] for cluster in clusters(notes))


def test_notes_of_one_customer_service_and_reason_are_a_cluster() -> None:
    assert numbers(
        note(1, service="VPN", reason=MISSING),
        note(2, service="vpn", reason=MISSING, title="Nobody can dial in"),
        note(3, service="Mail", reason=MISSING),
        note(4, service="VPN", reason=SKILL),
        note(5, service="VPN", reason=MISSING, customer="Beta"),
        note(6, service="VPN", reason=None),
    ) == [[1, 2], [3], [4], [5]]


def test_a_note_without_a_service_goes_where_the_titles_are_like_its_own() -> None:
    assert numbers(
        note(1, service="VPN", reason=MISSING, title="VPN down at the branch"),
        note(2, service="Print", reason=MISSING, title="Printer offline"),
        note(3, reason=MISSING, title="VPN down at the clinic"),
        note(4, reason=MISSING, title="Backup failed"),
    ) == [[1, 3], [2], [4]]


def test_a_reason_that_is_the_matter_itself_holds_unlike_titles_together() -> None:
    assert numbers(note(1, title="VPN down"), note(2, title="Printer offline")) == [[1, 2]]
    assert numbers(
        *(note(n, title=title, reason=MISSING) for n, title in ((1, "VPN down"), (2, "Printer offline")))
    ) == [[1], [2]]


def test_notes_that_blame_a_third_party_are_of_one_kind() -> None:
    third_party = (BreachReason.VENDOR, BreachReason.PARTS, BreachReason.THIRD_PARTY_OUTAGE)
    assert numbers(*(note(number, reason=reason) for number, reason in enumerate(third_party))) == [[0, 1, 2]]


@given(
    picked=st.lists(
        st.tuples(
            st.sampled_from(["Acme", "Beta"]),
            st.sampled_from([None, "VPN", "Print"]),
            st.sampled_from([MISSING, BreachReason.LATE_TRIAGE, BreachReason.VENDOR]),
            st.sampled_from(TITLES),
        ),
        max_size=15,
    ),
    seed=st.integers(),
)
def test_the_order_of_notes_changes_no_cluster_and_none_is_lost(
    picked: list[tuple[str, str | None, BreachReason, str]], seed: int
) -> None:
    notes = [
        note(number, customer=customer, service=service, reason=reason, title=title)
        for number, (customer, service, reason, title) in enumerate(picked)
    ]
    found = numbers(*notes)
    assert sorted(number for cluster in found for number in cluster) == list(range(len(notes)))
    Random(seed).shuffle(notes)
    assert numbers(*notes) == found
