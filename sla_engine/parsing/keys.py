import re
from collections.abc import Sequence

from sla_engine.domain.text.errors import ExtraWords, MissingArgument
from sla_engine.domain.text.names import folded

KEY_WANTED = "an incident key such as INC-1042"

_NUMBER = re.compile(r"[0-9]{1,9}")
_KEY = re.compile(r"(?:INC-?)?[0-9]{1,12}", re.IGNORECASE)


def words_of(text: str) -> list[str]:
    """The words of a command; typographic quotes and non-breaking spaces are ordinary ones."""
    return text.replace("\u00a0", " ").replace("“", '"').replace("”", '"').split()


def take_key(words: list[str], *, usage: str) -> str:
    """Remove the incident key that a command begins with, and return it.

    Raises: MissingArgument when there is none.
    """
    if not words or not looks_like_key(words[0]):
        raise MissingArgument(KEY_WANTED, usage)
    return words.pop(0)


def take_only_key(words: list[str], *, usage: str) -> str:
    """Remove and return the incident key of a command that takes nothing else.

    Raises: MissingArgument, ExtraWords for words after it.
    """
    key = take_key(words, usage=usage)
    no_more(words)
    return key


def no_more(words: Sequence[str]) -> None:
    """Refuse words that a command has no use for: none is swallowed.

    Raises: ExtraWords.
    """
    if words:
        raise ExtraWords(" ".join(words))


def number(word: str) -> int | None:
    """A whole number of at most nine digits; None for everything else, also for digits of other scripts."""
    return int(word) if _NUMBER.fullmatch(word) else None


def looks_like_key(word: str) -> bool:
    """Whether a word names an incident: INC-1042, inc1042 or 1042, with any dash."""
    typed = folded(word)
    return _KEY.fullmatch(typed) is not None or typed.startswith("inc-")
