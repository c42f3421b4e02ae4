"""Refusals about registered procedures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.errors import SlaError


@dataclass(eq=False)
class UnknownSop(SlaError):
    """No SOP has this number; `near` are those that may be meant, as number and title."""

    number: str
    near: tuple[str, ...] = ()


@dataclass(eq=False)
class NotToBeWritten(SlaError):
    """The SOP waits neither to be written nor to be changed."""

    number: str


@dataclass(eq=False)
class SopRetired(SlaError):
    """The SOP is retired."""

    number: str
    at: datetime


@dataclass(eq=False)
class SopNotRetired(SlaError):
    """The SOP is in use, so there is nothing to restore."""

    number: str


@dataclass(eq=False)
class SopChangedSince(SlaError):
    """Somebody changed the SOP while its form was open."""

    number: str
    by: str
    at: datetime


@dataclass(eq=False)
class SopIncorrect(SlaError):
    """Fields of an SOP's form cannot be kept; `problems` maps a field to one sentence."""

    problems: Mapping[str, str]
