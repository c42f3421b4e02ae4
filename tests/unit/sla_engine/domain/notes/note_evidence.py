"""Notes as evidence, by days of a spring."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import BREACH_REASONS, BreachReason
from sla_engine.domain.notes.evidence import KnownSop, NoteEvidence

START = datetime(2026, 1, 5, 12, tzinfo=UTC)


def day(number: float) -> datetime:
    """The instant so many days after the first one."""
    return START + timedelta(days=number)


def note(number: int, at: float = 100, **changed: Any) -> NoteEvidence:
    """A note about INC-number, written on a day."""
    reason = changed.pop("reason", BreachReason.LATE_TRIAGE)
    written_at = changed.pop("written_at", day(at))
    values: dict[str, Any] = {
        "incident_id": number,
        "incident_key": f"INC-{number}",
        "customer": "Acme Dental",
        "service": None,
        "title": "E-mail is down",
        "priority": Priority.P3,
        "reason": reason,
        "attribution": None if reason is None else BREACH_REASONS[reason].attribution,
        "author": "U0TOM",
        "wanted_at": day(at) - timedelta(hours=2),
        "written_at": written_at,
    }
    return NoteEvidence(**(values | changed))


def sop(number: int = 7, **changed: Any) -> KnownSop:
    """A procedure that was published on the tenth day."""
    values: dict[str, Any] = {
        "number": f"SOP-{number}",
        "title": "Mail queue",
        "known_since": day(1),
        "published_at": day(10),
    }
    return KnownSop(**(values | changed))
