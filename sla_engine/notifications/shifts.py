"""Messages about who is there and who dispatches, as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sla_engine.domain.agreements.metrics import MetricName


class SilenceState(StrEnum):
    """How the silence of somebody stands."""

    LASTING = "lasting"
    ACTED = "acted"
    AWAY = "away"
    ON_IT = "on_it"
    NOTHING_OPEN = "nothing_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceMessage:
    """Somebody has not reacted to nudges since a nudge at `since`; `by` and `at` are who ended that, and when.

    `first_metric` is that of the clock of theirs that is due first, `is_late` whether its time has passed.
    """

    person: str
    name: str
    since: datetime
    open_count: int
    mention: tuple[str, ...]
    first_metric: MetricName | None = None
    is_late: bool = False
    first_due_at: datetime | None = None
    state: SilenceState = SilenceState.LASTING
    by: str | None = None
    at: datetime | None = None
