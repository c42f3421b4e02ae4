"""Notes that are hard to write: which kinds want a template or a procedure."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sla_engine.domain.incidents.reasons import BreachReason
from sla_engine.domain.notes.evidence import NoteEvidence
from sla_engine.domain.notes.hard_notes import hard_notes
from sla_engine.domain.notes.suggestions import Step
from sla_engine.domain.time.calendar import Calendar
from tests.unit.sla_engine.domain.notes.note_evidence import day, note

CALENDAR = Calendar.always_open("UTC")  # its business day has 24 hours


def late(number: int, at: float = 90, **changed: Any) -> NoteEvidence:
    """A note that took more than a day."""
    return note(number, wanted_at=day(at), written_at=day(at + 1.1), **changed)


def sentences(*notes: NoteEvidence) -> list[str]:
    """What is suggested on the hundredth day."""
    found = hard_notes(notes, calendar=CALENDAR, at=day(100))
    assert all(suggestion.step is Step.EASIER_NOTES for suggestion in found)
    return [suggestion.sentence for suggestion in found]


def test_three_notes_of_a_customer_and_service_late_or_missing_in_30_days_want_a_template() -> None:
    missing = note(3, service="vpn", reason=None, wanted_at=day(98), written_at=None)
    assert sentences(late(1, service="VPN"), late(2, service="VPN"), missing) == [
        "SLA notes, Acme Dental, VPN: 3 missing or late in 30 days. "
        "Suggests: a note template or an SOP that makes them easier."
    ]


@pytest.mark.parametrize(
    "third",
    [
        note(3, service="VPN", wanted_at=day(98), written_at=day(98) + timedelta(hours=24)),
        note(3, service="VPN", reason=None, wanted_at=day(99.5), written_at=None),
        late(3, 69, service="VPN"),
        late(3, service="Mail"),
        late(3, service="VPN", customer="Beta"),
    ],
    ids=["within a business day", "not missing that long", "31 days ago", "of another service", "of another customer"],
)
def test_two_and_one_that_does_not_count_want_nothing(third: NoteEvidence) -> None:
    assert sentences(late(1, service="VPN"), late(2, service="VPN"), third) == []


@pytest.mark.parametrize(
    ("returned", "of", "wanted"), [(2, 5, True), (3, 10, True), (1, 4, False), (1, 5, False), (2, 7, False)]
)
def test_three_in_ten_returned_of_at_least_five_with_one_reason_want_a_template(
    returned: int, of: int, wanted: bool
) -> None:
    notes = [
        note(number, reason=BreachReason.VENDOR, customer=f"Customer {number}", is_returned=number < returned)
        for number in range(of)
    ]
    told = [f"SLA notes, Vendor: {returned} of {of} returned in 90 days. "
            "Suggests: a note template or an SOP that makes them easier."]  # fmt: skip
    assert sentences(*notes) == (told if wanted else [])
