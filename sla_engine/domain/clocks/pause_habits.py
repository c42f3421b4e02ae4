"""Whether a pause began at a moment that makes one look twice: just before a target ended, or with an answer owed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.reading import ClockState, Reading, current, readings
from sla_engine.domain.clocks.replies import read_in_order
from sla_engine.domain.incidents.events import Paused
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.incident_state import incident_after
from sla_engine.domain.incidents.reasons import PauseReason

_TENTHS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseHabits:
    """The number of pauses that began; those in the last tenth of a target's time, and those for a customer who had
    answered and waited for us.
    """

    pauses: int = 0
    late: int = 0
    answered: int = 0

    def __add__(self, other: "PauseHabits") -> "PauseHabits":
        return PauseHabits(
            pauses=self.pauses + other.pauses, late=self.late + other.late, answered=self.answered + other.answered
        )


def pause_habits(
    record: Incident, history: Sequence[Entry], terms: Terms, *, since: datetime, until: datetime
) -> PauseHabits:
    """The pauses of one incident that began in `[since, until)`."""
    ordered = read_in_order(history, terms)
    habits = PauseHabits()
    for place, entry in enumerate(ordered):
        if isinstance(entry.event, Paused) and since <= entry.at < until:
            before = ordered[:place]
            clocks = current(readings(before, terms, now=entry.at))
            waits = incident_after(record, before, reply_ends_pause=terms.reply_ends_pause).customer_waits_since
            habits += PauseHabits(
                pauses=1,
                late=int(any(map(_is_nearly_used_up, clocks))),
                answered=int(entry.event.reason is PauseReason.CUSTOMER and waits is not None),
            )
    return habits


def _is_nearly_used_up(clock: Reading) -> bool:
    """Whether a pause rests this clock in the last tenth of its time."""
    runs = clock.state is ClockState.RUNNING and clock.breached_at is None and METRICS[clock.metric].pausable
    return runs and clock.elapsed * _TENTHS >= clock.target.duration * (_TENTHS - 1)
