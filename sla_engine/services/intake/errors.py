"""What another system sent and cannot be taken."""

from dataclasses import dataclass

from sla_engine.domain.errors import SlaError


@dataclass(eq=False)
class PayloadInvalid(SlaError):
    """A webhook's payload cannot be taken; `field` is a dotted path."""

    field: str
    sentence: str


@dataclass(eq=False)
class NotAuthenticated(SlaError):
    """A webhook did not prove who sent it."""

    source: str


@dataclass(eq=False)
class PayloadTooLarge(SlaError):
    """A webhook's body is larger than taken."""

    limit: int


@dataclass(eq=False)
class UnknownIntake(SlaError):
    """No intake has this name; `known` are those there are."""

    name: str
    known: tuple[str, ...]


@dataclass(eq=False)
class UnknownDelivery(SlaError):
    """No delivery that needs somebody is called this, or `several` are."""

    name: str
    several: tuple[str, ...] = ()


@dataclass(eq=False)
class DeliveryUnreadable(SlaError):
    """What was kept of a delivery cannot be read, so it can only be dropped."""

    name: str


@dataclass(eq=False)
class NothingToReplay(SlaError):
    """What is held until its ticket is opened cannot be taken in again: it was taken."""

    name: str
