"""The fields of a fact that a message's sentence is made of."""

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

_WITH_FIELDS = (Opened, Followed, Waived, Merged, Moved, Absorbed, Reprocessed, Corrected)


def fact_fields(event: Event) -> Mapping[str, str | None]:
    """The fields of this fact as text, instants in ISO 8601; none for a fact whose text says it all."""
    if not isinstance(event, _WITH_FIELDS):
        return {}
    return {field.name: _as_text(getattr(event, field.name)) for field in fields(event)}


def _as_text(value: object) -> str | None:
    if isinstance(value, datetime):
        return value.isoformat()
    return None if value is None else str(value)
