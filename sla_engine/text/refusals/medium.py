"""Formats the values in a refusal for a front end; here the one for plain text."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sla_engine.domain.text.plain_text import one_line

WORD_MAX_CHARS = 80  # of what somebody typed, when it is quoted back
NAME_MAX_CHARS = 60
USAGE_MAX_CHARS = 200
LIST_MAX_CHARS = 500
SENTENCE_MAX_CHARS = 300
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """A front end's way to write an instant, a person, a text from outside, and a command.

    `text` takes a text and how many characters of it may be shown; `named` writes somebody by an id, or the word typed
    for them in quotation marks; `command` takes the words after the program's or the slash command's name, and `form`
    an example for people to copy.
    """

    at: Callable[[datetime], str]
    person: Callable[[str], str]
    named: Callable[[str], str]
    text: Callable[[str, int], str]
    command: Callable[[str], str]
    form: Callable[[str], str]

    def word(self, text: str) -> str:
        """A text that somebody typed, in quotation marks."""
        return f"“{self.short(text)}”"

    def short(self, text: str) -> str:
        """A word or a name from outside, cut to 80 characters."""
        return self.text(text, WORD_MAX_CHARS)

    def listed(self, words: Sequence[str]) -> str:
        """The words that may be chosen, cut to 500 characters together."""
        return self.text(", ".join(words), LIST_MAX_CHARS)

    def joined(self, problems: Mapping[str, str]) -> str:
        """The sentences about a form's fields."""
        return " ".join(self.text(problem, SENTENCE_MAX_CHARS) for problem in problems.values())

    def near(self, names: Sequence[str]) -> str:
        """A question with the names that look alike, to follow a sentence; empty without any."""
        return f" Did you mean {' or '.join(map(self.short, names))}?" if names else ""


def article(noun: str) -> str:
    """The article of a noun: `a` or `an`."""
    return "an" if noun[:1].lower() in "aeiou" else "a"


def _text(text: str, limit: int) -> str:
    line = one_line(text)
    return line if len(line) <= limit else line[: limit - 1].rstrip() + ELLIPSIS


PLAIN = Medium(
    at=lambda at: f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
    person=lambda person: _text(person, NAME_MAX_CHARS) or "somebody",
    named=lambda person: f"“{_text(person, WORD_MAX_CHARS)}”",
    text=_text,
    command=lambda words: f"'sla-bot {words}'",
    form=lambda words: words,
)
"""The terminal: times in UTC, people by their ids."""
