"""The sentences of "what if", as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.errors import SlaError
from sla_engine.domain.incidents.errors import UnreadableSupposition
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.incidents.suppositions import (
    IfHoliday,
    IfOpened,
    IfPaused,
    IfPriority,
    IfResolved,
    IfResumed,
    Supposition,
)
from sla_engine.domain.text.errors import MissingArgument, UnknownChoice
from sla_engine.domain.time.errors import DayIsAmbiguous, UnreadableMoment
from sla_engine.parsing.suppositions import EXAMPLES, supposition

NOW = datetime(2026, 1, 5, 11, tzinfo=UTC)  # Monday noon in Berlin
FRIDAY = datetime(2026, 1, 9, 15, 45, tzinfo=UTC)
TUESDAY = datetime(2026, 1, 6, 8, tzinfo=UTC)
THREE = datetime(2026, 1, 5, 14, tzinfo=UTC)


def read(text: str) -> Supposition:
    return supposition(text, zone="Europe/Berlin", now=NOW)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (
            "P1 for Acme Dental opened friday 16:45",
            IfOpened(priority=Priority.P1, customer="Acme Dental", at=FRIDAY),
        ),
        ("p2 for Acme", IfOpened(priority=Priority.P2, customer="Acme", at=NOW)),
        (
            "P1 for “Acme Dental” opened friday 16:45 at site Brooklyn service erp",
            IfOpened(priority=Priority.P1, customer="Acme Dental", at=FRIDAY, site="Brooklyn", service="erp"),
        ),
        (
            "P3 for Site Services site North End opened friday at 16:45",
            IfOpened(priority=Priority.P3, customer="Site Services", at=FRIDAY, site="North End"),
        ),
        ("P1 for Holiday Inn opened now", IfOpened(priority=Priority.P1, customer="Holiday Inn", at=NOW)),
        (
            "pause INC-7 now for vendor until tuesday",
            IfPaused(key="INC-7", reason=PauseReason.VENDOR, at=NOW, until=TUESDAY),
        ),
        ("pause 7 Vendor", IfPaused(key="7", reason=PauseReason.VENDOR, at=NOW)),
        ("pause inc-7 for parts at 15:00", IfPaused(key="inc-7", reason=PauseReason.PARTS, at=THREE)),
        (
            "pause INC-7 at 15:00 for customer for 2h",
            IfPaused(key="INC-7", reason=PauseReason.CUSTOMER, at=THREE, until=THREE.replace(hour=16)),
        ),
        ("pause now for vendor", IfPaused(key=None, reason=PauseReason.VENDOR, at=NOW)),
        ("resume INC-7", IfResumed(key="INC-7", at=NOW)),
        ("resume INC-7 at 15:00", IfResumed(key="INC-7", at=THREE)),
        ("resolve INC-7 3pm", IfResolved(key="INC-7", at=THREE)),
        ("raise INC-7 to P1", IfPriority(key="INC-7", priority=Priority.P1, at=NOW)),
        ("INC-7 to p1", IfPriority(key="INC-7", priority=Priority.P1, at=NOW)),
        ("priority INC-7 P4 at 15:00", IfPriority(key="INC-7", priority=Priority.P4, at=THREE)),
        ("lower the priority of INC-7 to P4", IfPriority(key="INC-7", priority=Priority.P4, at=NOW)),
        ("raise to P1", IfPriority(key=None, priority=Priority.P1, at=NOW)),
        ("what if friday becomes a holiday", IfHoliday(day=date(2026, 1, 9))),
        ("2026-12-24 becomes a holiday for Acme Dental", IfHoliday(day=date(2026, 12, 24), customer="Acme Dental")),
        ("Next Friday is closed for Holiday Inn", IfHoliday(day=date(2026, 1, 9), customer="Holiday Inn")),
    ],
)
def test_each_form_is_read(text: str, meant: Supposition) -> None:
    assert read(text) == meant


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_in_the_help_can_be_read(text: str) -> None:
    assert isinstance(read(text), Supposition)


@pytest.mark.parametrize(
    ("text", "word", "near"),
    [
        ("puase INC-7 for vendor", "puase", ("pause",)),
        ("riase INC-7 to P1", "riase", ("raise",)),
        ("xyzzy", "xyzzy", ()),
        ("", "", ()),
    ],
)
def test_a_sentence_of_no_form_is_refused_with_the_word_and_the_forms(
    text: str, word: str, near: tuple[str, ...]
) -> None:
    with pytest.raises(UnreadableSupposition) as refusal:
        read(text)
    assert (refusal.value.word, refusal.value.near, refusal.value.forms) == (word, near, EXAMPLES)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("P1", "a customer"),
        ("P1 for", "a customer"),
        ("P1 Acme for", "a customer"),
        ("P1 for Acme opened", "a time"),
        ("P1 for Acme site", "a site"),
        ("pause INC-7", "a reason: customer, vendor, parts, scheduled …"),
        ("raise INC-7", "a priority"),
        ("becomes a holiday", "a day"),
        ("friday becomes a holiday for", "a customer"),
    ],
)
def test_what_is_missing_is_named_with_the_form(text: str, what: str) -> None:
    with pytest.raises(MissingArgument) as refusal:
        read(text)
    assert refusal.value.what == what
    assert refusal.value.usage.startswith("simulate ")


def test_a_word_that_is_nearly_a_reason_or_a_priority_is_refused_with_what_is_allowed() -> None:
    with pytest.raises(UnknownChoice) as reason:
        read("pause INC-7 now for vendro until tuesday")
    assert (reason.value.word, reason.value.allowed) == ("vendro", ("vendor",))
    with pytest.raises(UnknownChoice) as any_reason:
        read("pause INC-7 for xyzzy")
    assert any_reason.value.allowed == tuple(PauseReason)
    with pytest.raises(UnknownChoice) as priority:
        read("raise INC-7 to P9")
    assert priority.value.allowed == tuple(Priority)


@pytest.mark.parametrize("text", ["P1 for Acme opened frydai", "resume INC-7 later", "someday becomes a holiday"])
def test_a_time_that_cannot_be_read_is_refused_as_such(text: str) -> None:
    with pytest.raises(UnreadableMoment):
        read(text)


def test_a_day_is_ambiguous_here_too() -> None:
    with pytest.raises(DayIsAmbiguous):
        read("pause INC-7 for vendor until 1d")


VOCABULARY = (
    *("P1", "P9", "for", "Acme", "opened", "friday", "16:45", "pause", "INC-7", "now", "vendor", "until", "at"),
    *("resume", "raise", "to", "resolve", "becomes", "holiday", "a", "site", "service", "3pm", "1d", "last"),
)


@given(st.lists(st.sampled_from(VOCABULARY)))
def test_any_words_are_read_or_refused_and_nothing_else(words: list[str]) -> None:
    try:
        found = read(" ".join(words))
    except SlaError:
        return
    assert isinstance(found, Supposition)
