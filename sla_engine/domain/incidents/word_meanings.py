"""Meanings of other systems' words: statuses, priorities, and the people tickets are assigned to.

Words are compared by their letters and digits: case, spaces and marks do not matter (`Re-Opened`, `re_opened`,
`>Closed`). A login is compared as it is written, in any case.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import category

from sla_engine.domain.incidents.events import Event, Paused, Resolved, Resumed
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PAUSE_REASONS, PauseReason
from sla_engine.domain.text.names import folded

NOTHING = "nothing"
"""The meaning of a status or priority that says nothing about the clocks."""

NOBODY = "nobody"
"""The meaning of a login that is nobody's, such as a queue's."""


class WordKind(StrEnum):
    """The field in which a word stands."""

    STATUS = "status"
    PRIORITY = "priority"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class ReportedWord:
    """A word as the other system wrote it."""

    kind: WordKind
    word: str

    @property
    def folded(self) -> str:
        """The form in which words are compared: equal for words that mean the same thing."""
        return folded_word(self.kind, self.word)


OwnWords = Mapping[WordKind, Mapping[str, str]]
"""The meanings of one system's words, by kind: folded word → meaning."""


def folded_word(kind: WordKind, word: str) -> str:
    """A word without its case, and for statuses and priorities with one space for each run of spaces and marks.

    A word of marks alone stays as it is.
    """
    plain = folded(word) or word.strip()
    if kind is WordKind.PERSON:
        return plain
    letters = "".join(mark if category(mark)[0] in "LMN" else " " for mark in plain)
    return " ".join(letters.split()) or plain


def _waits(reason: PauseReason) -> tuple[Event, ...]:
    """The facts of a status that waits: a ticket has one status, so any earlier reason ends where this one begins."""
    return (Resumed(), Paused(reason=reason))


WORKING, DONE = "working", "done"

STATUS_FACTS: Mapping[str, tuple[Event, ...]] = {
    WORKING: (Resumed(),),
    **{reason.value: _waits(reason) for reason in PauseReason},
    DONE: (Resolved(),),
    NOTHING: (),
}
"""The facts that a status of each meaning adds: work goes on, the clocks rest for a reason, or it is done."""

PRIORITY_MEANINGS: tuple[str, ...] = (*(priority.value for priority in Priority), NOTHING)

MEANINGS: Mapping[WordKind, tuple[str, ...]] = {
    WordKind.STATUS: tuple(STATUS_FACTS),
    WordKind.PRIORITY: PRIORITY_MEANINGS,
    WordKind.PERSON: (NOBODY,),
}
"""The meanings a word of each kind can have; a login can also mean a Slack id of ours."""


def meaning_label(kind: WordKind, meaning: str) -> str:
    """A meaning as a person reads it; a Slack id stays as it is."""
    if kind is WordKind.PERSON:
        return "nobody, it has no owner" if meaning == NOBODY else meaning
    reason = next((row.label for reason, row in PAUSE_REASONS.items() if reason.value == meaning), None)
    plain = {WORKING: "we are working", DONE: "done", NOTHING: "it means nothing"}
    return reason or plain.get(meaning, meaning)
