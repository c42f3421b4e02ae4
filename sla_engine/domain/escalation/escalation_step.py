"""One step up a ladder: a rung, or a repeat of one, that is announced."""

from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.agreements.ladders import Recipient, Rung


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationStep:
    """A rung that a clock reached, or a repeat of that rung (0: the first time), announced at `announced_at` (UTC).

    `folded` are the lower rungs that this one is announced for too, each with the instant at which it was reached,
    oldest first. `round` is that of the clock's place on its ladder. `is_miss` says that it announces a miss, and that
    nothing before it did.
    """

    rung: Rung
    number: int
    repeat: int = 0
    reached_at: datetime
    announced_at: datetime
    tell: tuple[Recipient, ...]
    folded: tuple[tuple[int, datetime], ...] = ()
    round: int = 0
    is_miss: bool = False
