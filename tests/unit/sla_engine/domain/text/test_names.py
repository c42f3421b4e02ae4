"""When two spellings are one name."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.text.names import folded, names_with_part, same_name, similar_names

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


def test_a_misspelled_name_is_like_those_it_may_mean_and_the_likeliest_comes_first() -> None:
    known = ["Acme Dental", "Acme Rental", "O’Brien & Sons"]
    assert similar_names("ACME Dentel", known, most=2) == ("Acme Dental", "Acme Rental")
    assert similar_names("O'Brian & Sons", known) == ("O’Brien & Sons",)
    assert similar_names("Northwind", known) == ()


def test_names_are_alike_from_the_cutoff_on() -> None:
    assert similar_names("Acme Rentals", ["Acme Dental"], cutoff=0.8) == ("Acme Dental",)
    assert similar_names("Acme Rentals", ["Acme Dental"], cutoff=0.9) == ()


CUSTOMERS = ("Acme Dental", "Beta Logistics", "Dental Care", "O'Brien & Sons", "Care")


@pytest.mark.parametrize(
    ("part", "meant"),
    [
        ("acme", ("Acme Dental",)),
        ("DENT", ("Dental Care", "Acme Dental")),
        ("care", ("Care",)),
        ("dent ac", ("Acme Dental",)),
        ("o’brien", ("O'Brien & Sons",)),
        ("zeta", ()),
        ("&", ()),
        ("", ()),
    ],
)
def test_a_part_means_every_name_that_holds_it_and_a_whole_name_only_itself(part: str, meant: tuple[str, ...]) -> None:
    assert names_with_part(part, CUSTOMERS) == meant
