"""Refusals about problems."""

from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.errors import SlaError


@dataclass(eq=False)
class UnknownProblem(SlaError):
    """No problem has this key; `near` are the keys that may have been meant."""

    word: str
    near: tuple[str, ...] = ()


@dataclass(eq=False)
class ProblemOver(SlaError):
    """The problem was fixed, and is watched until `until`, or closed where that is None."""

    key: str
    fixed_at: datetime
    until: datetime | None = None


@dataclass(eq=False)
class ProblemTaken(SlaError):
    """The problem has this owner already."""

    key: str
    owner: str


@dataclass(eq=False)
class LinkedBefore(SlaError):
    """Every one of these incidents belongs to the problem already."""

    key: str
    incident_keys: tuple[str, ...]


@dataclass(eq=False)
class ProblemChangedSince(SlaError):
    """Something else happened to the problem at `at`, so that what was done before cannot be undone."""

    key: str
    by: str
    at: datetime
