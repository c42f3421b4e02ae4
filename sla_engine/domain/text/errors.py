"""Refusals of texts that cannot be kept or chosen."""

from dataclasses import dataclass

from sla_engine.domain.errors import SlaError


@dataclass(eq=False)
class UnknownChoice(SlaError):
    """A word is not one of the words allowed in its place."""

    what: str
    word: str
    allowed: tuple[str, ...]


@dataclass(eq=False)
class SeveralNamed(SlaError):
    """A part of a name fits several; `fits` has each one's name and what to write for it."""

    what: str
    part: str
    fits: tuple[tuple[str, str], ...]


@dataclass(eq=False)
class UnreadableAddress(SlaError):
    """The text in the field `what` is not a web address."""

    what: str
    text: str


@dataclass(eq=False)
class ExtraWords(SlaError):
    """Words at the end of a command that mean nothing there."""

    words: str


@dataclass(eq=False)
class MissingArgument(SlaError):
    """A command or form lacks something it needs."""

    what: str
    usage: str = ""


@dataclass(eq=False)
class TooLong(SlaError):
    """A text is longer than can be kept."""

    what: str
    limit: int
    length: int
