"""What only Slack can ask for in vain."""

from dataclasses import dataclass

from sla_engine.domain.errors import SlaError


@dataclass(eq=False)
class TooManyRequests(SlaError):
    """Somebody asked for more than `limit` things within a minute; `is_first` is the one of them worth a word."""

    limit: int
    is_first: bool


@dataclass(eq=False)
class NothingChosen(SlaError):
    """A menu was cleared: `what` is what could have been chosen in it (a person, a time)."""

    what: str


@dataclass(eq=False)
class FromAnotherVersion(SlaError):
    """A button or form of another version lacks what this one needs; `what` is missing or not understood."""

    what: str
