"""Refusals that only Slack can cause."""

from dataclasses import dataclass

from sla_engine.domain.errors import SlaError


@dataclass(eq=False)
class TooManyRequests(SlaError):
    """Somebody asked more than `limit` times within a minute; only the refusal with `is_first` gets an answer."""

    limit: int
    is_first: bool


@dataclass(eq=False)
class NothingChosen(SlaError):
    """A menu was cleared; `what` could have been chosen in it (a person, a time)."""

    what: str


@dataclass(eq=False)
class FromAnotherVersion(SlaError):
    """A button or form of another version lacks what this one needs; `what` is missing or not understood."""

    what: str
