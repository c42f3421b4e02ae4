"""Refusals about retries and the audit of the history."""

from dataclasses import dataclass

from sla_engine.domain.errors import SlaError


@dataclass(eq=False)
class AlreadyCarriedOut(SlaError):
    """This request was carried out before; nothing is done again."""

    request: str


@dataclass(eq=False)
class AnchorsUnreadable(SlaError):
    """The file of anchors cannot be read, or holds none; `why` says which."""

    file: str
    why: str


@dataclass(eq=False)
class UnreadableHead(SlaError):
    """This is not the head of a history as it stands in the digest's thread."""

    text: str


@dataclass(eq=False)
class UnknownFailure(SlaError):
    """Nothing that failed has this number: it succeeded meanwhile, or was dropped."""

    number: int


@dataclass(eq=False)
class UnknownMessage(SlaError):
    """No outbox message has this number, or it is not one that can be sent again."""

    number: int
    state: str | None = None
