"""Compares titles by their words, without regard to case, hyphens and words such as `the`."""

import re
from functools import lru_cache

from sla_engine.domain.text.names import folded

SHARED_WORDS = 2

_WORD = re.compile(r"\w+(?:[-'.]\w+)*")
_WITHIN_WORDS = str.maketrans("", "", "-'.")
_COMMON = frozenset({
    "a", "an", "and", "any", "are", "as", "at", "be", "by", "can", "cannot", "cant", "do", "does", "for", "from", "has",
    "have", "how", "if", "in", "is", "it", "its", "no", "not", "of", "off", "on", "or", "our", "out", "so", "than",
    "that", "the", "their", "then", "there", "this", "to", "too", "up", "was", "we", "were", "what", "when", "where",
    "who", "why", "will", "with", "you", "your",
})  # fmt: skip
"""Words of every title, which say nothing about it."""


@lru_cache(maxsize=8192)  # the titles of a quarter, each compared with those of all procedures
def title_words(text: str) -> frozenset[str]:
    """The words of a title that say something, in the form in which they are compared: `E-mail` is `email`."""
    words = (word.translate(_WITHIN_WORDS) for word in _WORD.findall(folded(text)))
    return frozenset(word for word in words if word not in _COMMON and (len(word) > 1 or word.isdigit()))


def is_alike(title: str, other: str) -> bool:
    """Whether two titles share at least two words, and at least half of the words of the shorter one."""
    words, others = title_words(title), title_words(other)
    shared = len(words & others)
    return shared >= SHARED_WORDS and 2 * shared >= min(len(words), len(others))
