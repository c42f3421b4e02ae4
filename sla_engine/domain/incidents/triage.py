"""Rows of the triage list: what came in and waits for somebody to place it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageRecord:
    """One thing to decide on; `deliveries` are the ids of the inbox rows that told of it, oldest first."""

    id: int
    source: str
    external_id: str
    customer: str
    title: str
    reason: str
    deliveries: tuple[str, ...]
    received_at: datetime
    settled_at: datetime | None
    settled_as: str | None
