"""A step on a ladder that is to be said."""

from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.agreements.ladders import Recipient, Rung


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """What is to be said of a clock at `said_at`: a rung it reached, or that rung's repeat (0: the first time).

    `folded` are the rungs it speaks for too, each with the instant at which it was reached, oldest first. `round` is
    that of the place it was said from.
    """

    rung: Rung
    number: int
    repeat: int = 0
    reached_at: datetime
    said_at: datetime
    tell: tuple[Recipient, ...]
    folded: tuple[tuple[int, datetime], ...] = ()
    round: int = 0
