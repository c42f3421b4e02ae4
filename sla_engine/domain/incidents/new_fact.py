"""A fact on its way into a history."""

from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.incidents.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFact:
    """A fact to be appended; `unique_key` names it for ever. `source` and `received_at` are as in an `Entry`."""

    event: Event
    at: datetime
    by: str
    unique_key: str | None = None
    source: str = ""
    received_at: datetime | None = None
