"""What incidents are called beside their keys."""

from __future__ import annotations

import pytest

from sla_engine.domain.incidents.incident_names import looks_like_ticket, may_be_ticket, numbers_meant, spoken_number


@pytest.mark.parametrize(
    ("external_id", "spoken"),
    [
        ("T-20931", "T-20931"),
        ("INC0012345", "INC0012345"),
        ("20931", "20931"),
        ("HELP/2026/17", "HELP/2026/17"),
        (None, None),
        ("c1a2f0d97b3e4a55", None),
        ("c1a2f0d97b3e4a55@2026-02-02T12:00:00Z", None),
        ("x" * 25, None),
        ("two words", None),
        ("<!channel>", None),
        ("", None),
    ],
)
def test_a_number_is_spoken_where_people_gave_it(external_id: str | None, spoken: str | None) -> None:
    assert spoken_number(external_id) == spoken


@pytest.mark.parametrize(
    "word", ["T-20931", "t-20931", "#20931", "20931", "INC0012345", "CS/20931", "HD_123", "CHG123"]
)
def test_a_word_with_a_number_in_it_is_taken_for_a_ticket(word: str) -> None:
    assert looks_like_ticket(word)


@pytest.mark.parametrize(
    "word",
    [
        "",
        "P1",
        "2h",
        "2h30",
        "30m",
        "14:00",
        "mine",
        "@tom",
        "vendor",
        "w49",
        "x" * 30 + "123",
        "Office365",
        "Cafe1900",
        "T-12",
    ],
)
def test_times_priorities_and_plain_words_are_no_tickets(word: str) -> None:
    assert not looks_like_ticket(word)


def test_a_hash_and_the_size_of_letters_make_no_difference() -> None:
    assert numbers_meant("#t-20931") == ("#t-20931", "t-20931", "T-20931")


@pytest.mark.parametrize("word", ["OPS-4", "#7", "T-1", "Office365", "P1", "2h"])
def test_any_short_word_with_a_digit_may_be_a_ticket(word: str) -> None:
    assert may_be_ticket(word)


@pytest.mark.parametrize("word", ["", "#", "vendor", "14:00", "@tom", "two words 7", "x" * 30 + "7"])
def test_what_no_system_writes_is_not_looked_up(word: str) -> None:
    assert not may_be_ticket(word)
