"""Alertmanager's webhook, version 4: each alert of a group opens an incident when it fires and resolves it after.

A 4xx makes Alertmanager drop the alert for good, so only what is no such payload at all is refused: an alert that
names no customer goes to the triage list, and one that names no priority opens as P3.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sla_engine.domain.events import Event, Resolved
from sla_engine.domain.priorities import Priority
from sla_engine.domain.reports import Opening, Report
from sla_engine.intake.fields import Fields, shown

VERSION = "4"
STILL_FIRING_YEAR = 1  # Alertmanager: endsAt is 0001-01-01T00:00:00Z while the alert fires
PRIORITY_OF_SEVERITY = {
    "critical": Priority.P1,
    "page": Priority.P1,
    "error": Priority.P2,
    "high": Priority.P2,
    "warning": Priority.P3,
    "info": Priority.P4,
    "none": Priority.P5,
}
PRIORITY_WITHOUT_A_WORD = Priority.P3
TITLE_MAX_CHARS = 4000
LABEL_MAX_CHARS = 100_000


def parse(payload: Mapping[str, Any]) -> tuple[Report, ...]:
    """A report for each alert of the group.

    Raises: PayloadInvalid.
    """
    fields = Fields(payload)
    version = fields.text("version", longest=LABEL_MAX_CHARS)
    if version != VERSION:
        raise fields.invalid("version", f"must be {VERSION}, not {shown(version)}")
    return tuple(_report(alert) for alert in fields.objects("alerts"))


def delivery_id(payload: Mapping[str, Any]) -> str:
    """Alertmanager numbers nothing: equal notifications are one delivery."""
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()


def _report(alert: Fields) -> Report:
    status = alert.text("status", longest=LABEL_MAX_CHARS)
    if status not in {"firing", "resolved"}:
        raise alert.invalid("status", f"must be firing or resolved, not {shown(status)}")
    fingerprint = alert.text("fingerprint", longest=LABEL_MAX_CHARS)
    started = alert.optional_instant("startsAt")
    if started is None:
        raise alert.invalid("startsAt", "is missing")
    resolved = status == "resolved"
    events: tuple[Event, ...] = (Resolved(text="the alert is resolved"),) if resolved else ()
    return Report(
        external_id=f"{fingerprint}@{started.isoformat()}",
        what=status,
        at=_ended(alert, started) if resolved else started,
        events=events,
        opening=_opening(alert),
        series=fingerprint,
        started_at=started,
    )


def _ended(alert: Fields, started: datetime) -> datetime | None:
    """When it ended; None (on arrival) when Alertmanager does not say."""
    ended = _end(alert)
    return None if ended is None else max(ended, started)


def _end(alert: Fields) -> datetime | None:
    ended = alert.optional_instant("endsAt")
    return None if ended is None or ended.year <= STILL_FIRING_YEAR else ended.astimezone(UTC)


def _opening(alert: Fields) -> Opening:
    labels, annotations = alert.optional_object("labels"), alert.optional_object("annotations")
    name = labels.optional_text("alertname", longest=LABEL_MAX_CHARS)
    summary = annotations.optional_text("summary", longest=LABEL_MAX_CHARS)
    link = alert.optional_text("generatorURL", longest=LABEL_MAX_CHARS)
    return Opening(
        customer=labels.optional_text("customer", longest=LABEL_MAX_CHARS),
        title=(summary or name or "An alert without a summary")[:TITLE_MAX_CHARS],
        priority=_priority(labels),
        link=link if link.startswith(("https://", "http://")) else None,
    )


def _priority(labels: Fields) -> Priority:
    """What the `priority` label says, else what the severity means, else P3."""
    said = labels.optional_text("priority", longest=LABEL_MAX_CHARS).upper()
    if said in set(Priority):
        return Priority(said)
    severity = labels.optional_text("severity", longest=LABEL_MAX_CHARS).lower()
    return PRIORITY_OF_SEVERITY.get(severity, PRIORITY_WITHOUT_A_WORD)
