"""Texts as sets of words, compared by how many of them they share."""

import re
from collections import Counter
from collections.abc import Iterable, Set
from functools import lru_cache
from itertools import chain
from math import ceil

_WORD = re.compile(r"\w+")

LIKE = 0.5
"""From this share of common words on, two texts are about the same."""

WordSet = frozenset[str]


@lru_cache(maxsize=8192)  # titles of a quarter, each compared with many
def words(text: str) -> WordSet:
    """The words of a text, each once, without regard to case."""
    return frozenset(_WORD.findall(text.casefold()))


def likeness(one: str, other: str) -> float:
    """The likeness of two texts, from 0 to 1: the share of their words that both have (Jaccard)."""
    return shared(words(one), words(other))


def shared(one: WordSet, other: WordSet) -> float:
    """The share of the words of two sets that both have, from 0 to 1; 0 for two empty ones."""
    return len(one & other) / len(one | other) if one | other else 0.0


class WordSets:
    """Word sets in which those like another one (`LIKE`) are looked up without comparing all of them.

    Two sets that share that much have one of their rarest words in common, so only those are indexed.
    Source: S. Chaudhuri, V. Ganti, R. Kaushik, A primitive operator for similarity joins in data cleaning (2006).
    """

    def __init__(self, word_sets: Iterable[WordSet]) -> None:
        self._sets = set(word_sets)
        self._frequency = Counter(chain.from_iterable(self._sets))
        self._by_word: dict[str, list[WordSet]] = {}
        for words_of_text in self._sets:
            for word in self._rarest(words_of_text):
                self._by_word.setdefault(word, []).append(words_of_text)

    def like(self, wanted: WordSet) -> set[WordSet]:
        """The sets that share at least `LIKE` of their words with this one; itself too where it is among them."""
        return self._like(wanted, among=self._sets)

    def _like(self, wanted: WordSet, *, among: Set[WordSet]) -> set[WordSet]:
        candidates = set(chain.from_iterable(self._by_word.get(word, ()) for word in self._rarest(wanted)))
        return {candidate for candidate in candidates & among if shared(wanted, candidate) >= LIKE}

    def groups(self) -> list[set[WordSet]]:
        """The sets in groups: each is like another of its group, or alone."""
        left, groups = set(self._sets), []
        while left:
            group, reached = set(), [left.pop()]
            while reached:
                word_set = reached.pop()
                group.add(word_set)
                near = self._like(word_set, among=left)
                left -= near
                reached += near
            groups.append(group)
        return groups

    def _rarest(self, word_set: WordSet) -> list[str]:
        """The rarest words of a set: so many that a set with none of them shares less than `LIKE` with it."""
        ordered = sorted(word_set, key=lambda word: (self._frequency[word], word))
        return ordered[: len(ordered) - ceil(LIKE * len(ordered)) + 1]
