"""Texts as they are kept and shown: what people read, and nothing that only steers a screen."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.text.plain_text import one_line, plain_text, utf16_units

CASES = {
    "a terminal's escapes": ("\x1b]0;owned\x07\x1b[2J\x1b[31mred", "]0;owned[2J[31mred"),
    "controls above 127": ("a\x9b31mb\x80", "a31mb"),
    "null": ("a\x00b", "ab"),
    "line breaks of all kinds": ("a\r\nb\rc\x85d\u2028e\u2029f", "a\nb\nc\nd\ne\nf"),
    "tab and line break": ("a\tb\nc", "a\tb\nc"),
    "spaces that steer a printer": ("a\x0bb\x0cc", "a b c"),
    "overrides of the reading direction": ("invoice \u202egnp.exe\u2066\u200f\u061c", "invoice gnp.exe"),
    "half an emoji": ("\ud83d half", " half"),
    "marks nobody can see": ("a\u2060b\ufeffc", "abc"),
    "joined emoji and letters": ("👩‍💻 نمی‌خواهم é", "👩‍💻 نمی‌خواهم é"),
}


@pytest.mark.parametrize(("written", "kept"), CASES.values(), ids=CASES)
def test_what_only_steers_a_screen_is_left_out(written: str, kept: str) -> None:
    assert plain_text(written) == kept


@given(st.text())
def test_no_control_character_and_no_half_is_left(text: str) -> None:
    kept = plain_text(text)
    assert {unicodedata.category(mark) for mark in kept if mark not in "\t\n"}.isdisjoint({"Cc", "Cs"})
    assert plain_text(kept) == kept
    assert one_line(text) == one_line(kept)


def test_one_line_has_its_words_one_space_apart() -> None:
    assert one_line("  a\u2028b \t c\n") == "a b c"


@pytest.mark.parametrize(("text", "units"), [("", 0), ("abc", 3), ("é", 1), ("🔥", 2), ("\ud83d", 1)])
def test_length_is_counted_in_utf_16_units(text: str, units: int) -> None:
    assert utf16_units(text) == units
