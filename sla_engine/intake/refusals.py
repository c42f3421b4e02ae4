"""Notices of deliveries that were refused, or that are incomplete by their own account.

The payload of a refused delivery is read leniently: whatever is wrong with it, somebody must learn what it was about.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sla_engine.intake.alertmanager import LeftOutAlerts
from sla_engine.intake.fields import Fields
from sla_engine.services.intake.receive import Notice
from sla_engine.storage.inbox import name_part

SHOWN_MAX_CHARS = 200
EVERY = timedelta(hours=1)
"""The interval of notices that a sender's groups are refused as a whole: it goes on sending them."""
LEFT_OUT_EVERY = timedelta(hours=4)
"""The interval of notices about one incomplete group: Alertmanager repeats a group that often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedDelivery:
    """A delivery that was refused: its source, its payload as far as it could be read, and the reason."""

    source: str
    payload: Mapping[str, Any]
    reason: str
    at: datetime


def about_ticket(payload: Mapping[str, Any]) -> str:
    """The subject of a ticket system's delivery: the opening of a ticket, else the delivery itself, else empty."""
    fields = Fields(payload)
    ticket, delivery = (fields.lenient_text(name, longest=SHOWN_MAX_CHARS) for name in ("external_id", "id"))
    if _event(fields) == "opened" and ticket:
        return f"opened:{name_part(ticket)}"
    return f"id:{name_part(delivery)}" if delivery else ""


def about_nothing(_: Mapping[str, Any]) -> str:
    """An empty subject: a group of alerts has no name of its own."""
    return ""


def refused_ticket(refused: RefusedDelivery) -> Notice | None:
    """The notice of a ticket for which no clock runs, since its opening was refused; None for any other event."""
    fields = Fields(refused.payload)
    if _event(fields) != "opened":
        return None
    names = ("external_id", "customer", "title", "priority")
    facts: dict[str, str | None] = {name: fields.lenient_text(name, longest=SHOWN_MAX_CHARS) for name in names}
    facts |= {"source": refused.source, "reason": refused.reason}
    return Notice(
        key=f"refused:{refused.source}:{about_ticket(refused.payload)}", text_key="refused_ticket", facts=facts
    )


def refused_alerts(refused: RefusedDelivery) -> Notice:
    """The notice of alerts that were refused as a whole."""
    return Notice(
        key=f"refused:{refused.source}:{_period(refused.at, EVERY)}",
        text_key="refused_alerts",
        facts={"source": refused.source, "reason": refused.reason},
    )


def too_large(source: str, limit: int, *, at: datetime) -> Notice:
    """The notice of a delivery that was too large; `limit` is in bytes."""
    return Notice(
        key=f"too-large:{source}:{_period(at, EVERY)}",
        text_key="too_large",
        facts={"source": source, "kilobytes": str(limit // 1024)},
    )


def incomplete(source: str, left_out: LeftOutAlerts, *, at: datetime) -> Notice:
    """The notice of alerts that their sender left out of a group."""
    group = hashlib.sha256(left_out.group.encode()).hexdigest()[:16]
    return Notice(
        key=f"left-out:{source}:{group}:{_period(at, LEFT_OUT_EVERY)}",
        text_key="left_out",
        facts={"source": source, "alerts": str(left_out.alerts), "group": left_out.group or None},
    )


def _event(fields: Fields) -> str:
    return fields.lenient_text("event", longest=SHOWN_MAX_CHARS).lower()


def _period(at: datetime, length: timedelta) -> int:
    return int(at.timestamp() // length.total_seconds())
