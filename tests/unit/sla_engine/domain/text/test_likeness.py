"""Titles that are alike: two words, and half of the shorter one."""

from __future__ import annotations

import pytest

from sla_engine.domain.text.likeness import is_alike, title_words


def test_words_are_compared_without_case_hyphens_and_small_words() -> None:
    assert title_words("The E-mail is DOWN at St. Mary’s") == {"email", "down", "st", "marys"}


@pytest.mark.parametrize(
    ("title", "other", "alike"),
    [
        ("VPN reset", "VPN needs a reset again for Tess", True),
        ("VPN reset", "VPN is slow", False),
        ("E-mail is down", "VPN is down", False),
        ("E-mail queue stuck", "Email down: queue stuck since Monday", True),
        ("Replace the toner of a printer on the third floor", "Printer toner", True),
        ("One two three four five", "one two six seven eight nine", False),
        ("", "VPN reset", False),
    ],
    ids=["both words", "one word", "small words", "hyphen", "half of the shorter", "less than half", "nothing"],
)
def test_two_words_and_half(title: str, other: str, alike: bool) -> None:
    assert is_alike(title, other) is alike
    assert is_alike(other, title) is alike
