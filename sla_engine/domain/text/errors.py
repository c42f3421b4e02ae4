"""What somebody wrote that cannot be kept or chosen."""

from dataclasses import dataclass

from sla_engine.domain.errors import SlaError


@dataclass(eq=False)
class UnknownChoice(SlaError):
    """A word is not one of the words allowed in its place."""

    what: str
    found: str
    allowed: tuple[str, ...]


@dataclass(eq=False)
class UnreadableAddress(SlaError):
    """What somebody gave as a web address is none; `what` is the field it was given in."""

    what: str
    text: str


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
