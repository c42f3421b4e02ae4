"""When two spellings are one name."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.text.names import folded, same_name

SAME = {
    "case": ("ACME dental", "Acme Dental"),
    "a phone's apostrophe": ("O’Brien & Sons", "O'Brien & Sons"),
    "a modifier letter for an apostrophe": ("Oʼahu Tours", "O'ahu Tours"),
    "an accent for an apostrophe": ("O´Brien", "O'Brien"),
    "typographic quotation marks": ("The “Blue” Bar", 'The "Blue" Bar'),
    "guillemets": ("Le «Bleu»", 'Le "Bleu"'),
    "an en dash": ("Smith–Jones", "Smith-Jones"),
    "a hyphen that does not break": ("Smith‑Jones", "Smith-Jones"),
    "decomposed letters": (normalize("NFD", "Zürich Käserei"), "Zürich Käserei"),
    "a sharp s in capitals": ("STRASSENBAU", "Straßenbau"),
    "a final sigma": ("ΟΔΟΣ", "οδος"),
    "full-width letters": ("Ａｃｍｅ", "Acme"),
    "a ligature": ("Oﬃce One", "Office One"),
    "spaces that do not break": ("Acme\u00a0 Dental ", "Acme Dental"),
    "a soft hyphen": ("Versicherungs\u00adbüro", "Versicherungsbüro"),
    "marks of direction": ("\u2068Acme\u2069", "Acme"),
    "three dots in one": ("Etc…", "Etc..."),
}
DIFFERENT = {
    "an accent": ("José", "Jose"),
    "a space": ("Blue Bar", "Bluebar"),
    "a word more": ("Acme", "Acme Dental"),
    "a mark": ("O'Brien", "OBrien"),
}


@pytest.mark.parametrize(("left", "right"), SAME.values(), ids=SAME)
def test_two_spellings_of_one_name_are_the_same(left: str, right: str) -> None:
    assert folded(left) == folded(right)


@pytest.mark.parametrize(("left", "right"), DIFFERENT.values(), ids=DIFFERENT)
def test_two_names_stay_two(left: str, right: str) -> None:
    assert folded(left) != folded(right)


@given(st.text())
def test_what_was_folded_once_stays_as_it_is(name: str) -> None:
    assert folded(folded(name)) == folded(name)


@given(st.text())
def test_composed_and_decomposed_letters_are_the_same(name: str) -> None:
    assert folded(normalize("NFD", name)) == folded(normalize("NFC", name))


def test_the_very_same_name_is_preferred_to_one_that_only_folds_alike() -> None:
    assert same_name("O’Brien", ["O'Brien", "O’Brien"]) == "O’Brien"


def test_a_name_is_found_in_another_spelling() -> None:
    assert same_name("o’brien", ["Acme", "O'Brien"]) == "O'Brien"


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "Nobody"])
def test_a_name_nobody_has_is_not_found(name: str) -> None:
    assert same_name(name, ["Acme"]) is None
