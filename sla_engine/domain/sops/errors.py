"""Refusals about registered procedures."""

from dataclasses import dataclass

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
