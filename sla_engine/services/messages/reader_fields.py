"""Per-recipient fields of a message (names, local times), kept apart because each reader has their own zone."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime

from sla_engine.domain.incidents.events import (
    Absorbed,
    Corrected,
    Event,
    Followed,
    Merged,
    Moved,
    Opened,
    Reprocessed,
    Waived,
)

_TOLD_BY_FIELD = (Opened, Followed, Waived, Merged, Moved, Absorbed, Reprocessed, Corrected)


def fields_of(event: Event) -> Mapping[str, str | None]:
    """The fields a sentence about this fact is made of, instants in ISO 8601; none where its text says it all."""
    if not isinstance(event, _TOLD_BY_FIELD):
        return {}
    return {field.name: _told(getattr(event, field.name)) for field in fields(event)}


def _told(value: object) -> str | None:
    if isinstance(value, datetime):
        return value.isoformat()
    return None if value is None else str(value)
