"""What a monitoring system said of one alert, in the order in which it was heard: it fires, or it is resolved.

Its start alone does not tell a repetition from news: an alert that was resolved by mistake fires again with the start
it had. The last word does. It is kept in order of hearing, so that a word that is worked on late (the database was
busy) finds its place, and means what it would have meant in time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

WORDS_KEPT = 40
"""The newest words of a series that are remembered: enough to place one that is worked on days late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertWord:
    """One word of an alert. `heard_at` is when it came in, `at` when the alert began (firing) or ended (resolved)."""

    heard_at: datetime
    fires: bool
    at: datetime
    started_at: datetime | None


def with_word(words: Sequence[AlertWord], word: AlertWord) -> tuple[AlertWord, ...]:
    """The words with one more, in order of hearing; heard twice it stands once.

    A firing that comes after the end of the very firing it tells of, where nothing had fired before, is the first
    half of the two, overtaken on its way: it goes before that end.
    """
    if word in words:
        return tuple(words)
    place = sum(each.heard_at <= word.heard_at for each in words)
    if word.fires and _was_overtaken(words[:place], word):
        place -= 1
    return _short((*words[:place], word, *words[place:]))


def fires_again(words: Sequence[AlertWord], word: AlertWord) -> bool:
    """Whether this firing follows a resolution, so that it is news."""
    return word.fires and any(not before.fires and after == word for before, after in pairwise(words))


def next_word(words: Sequence[AlertWord], word: AlertWord) -> AlertWord | None:
    """What was heard after this word; None where it is the last one."""
    return next((after for before, after in pairwise(words) if before == word), None)


def again_at(word: AlertWord, *, resolved_at: datetime) -> datetime:
    """When an alert that fires again began to: at its own start, or when it was told where that lies before its end."""
    return word.at if word.at > resolved_at else max(word.heard_at, resolved_at)


def _was_overtaken(before: Sequence[AlertWord], word: AlertWord) -> bool:
    if not before or before[-1].fires or before[-1].started_at != word.started_at:
        return False
    return len(before) == 1 or not before[-2].fires


def _short(words: tuple[AlertWord, ...]) -> tuple[AlertWord, ...]:
    """Of words that say the same one after another the first and the last, and of all the newest."""
    kept = [
        word
        for number, word in enumerate(words)
        if number in {0, len(words) - 1} or not words[number - 1].fires == word.fires == words[number + 1].fires
    ]
    return tuple(kept[-WORDS_KEPT:])
