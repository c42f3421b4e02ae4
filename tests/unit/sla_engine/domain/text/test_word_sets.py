"""Texts as word sets: how like they are, and how like ones are looked up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.text.word_sets import LIKE, WordSets, likeness, shared, words

WORD_SETS = st.lists(st.frozensets(st.sampled_from("abcdefgh"), max_size=6), max_size=20)


@given(one=st.text(max_size=60), other=st.text(max_size=60))
def test_likeness_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0.0 <= likeness(one, other) <= 1.0
    assert likeness(one, other) == likeness(other, one)


def test_likeness_is_the_share_of_common_words() -> None:
    assert likeness("VPN down at the branch", "The VPN: DOWN at the clinic!") == 4 / 6
    assert likeness("", "") == 0.0


@given(known=WORD_SETS, wanted=st.frozensets(st.sampled_from("abcdefghij"), max_size=6))
def test_the_sets_that_are_looked_up_are_those_a_comparison_with_all_finds(
    known: list[frozenset[str]], wanted: frozenset[str]
) -> None:
    assert WordSets(known).like(wanted) == {one for one in known if shared(one, wanted) >= LIKE}


@given(known=WORD_SETS)
def test_groups_hold_every_set_once_and_whatever_is_like_it(known: list[frozenset[str]]) -> None:
    groups = WordSets(known).groups()
    assert sorted(map(sorted, (one for group in groups for one in group))) == sorted(map(sorted, set(known)))
    of = {one: number for number, group in enumerate(groups) for one in group}
    assert all(of[one] == of[other] for one in of for other in of if shared(one, other) >= LIKE)


def test_words_know_no_case() -> None:
    assert words("E-mail e-MAIL 2") == {"e", "mail", "2"}
