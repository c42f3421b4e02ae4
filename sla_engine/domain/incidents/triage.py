"""Rows of the triage list: tickets and alerts that wait for somebody to place them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageRecord:
    """One ticket or alert to decide on; `deliveries` are the ids of the inbox rows that reported it, oldest first."""

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
