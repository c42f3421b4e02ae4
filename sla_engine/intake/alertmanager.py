"""Alertmanager's webhook, version 4, and Grafana's, which is the same document with version 1.

Each alert of a group opens an incident when it fires and resolves it after. A 4xx makes the sender drop the whole
group for good, so only what is no such group at all is refused: an alert that cannot be read goes to the triage list
with the reason, as does one that names no customer, and one that names no priority opens as P3.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sla_engine.domain.incidents.events import Event, Resolved
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reports import Opening, Report
from sla_engine.domain.text.addresses import web_address
from sla_engine.intake.fields import Fields, shown
from sla_engine.services.intake.errors import PayloadInvalid

VERSIONS = ("4", "1")  # Alertmanager's and Grafana's
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
LABEL_MAX_CHARS = 200
LINK_MAX_CHARS = 2000
NO_TITLE = "An alert without a summary"
FINGERPRINT_MAX_CHARS = 100
_RESOLVED: tuple[Event, ...] = (Resolved(text="the alert is resolved"),)


def parse(payload: Mapping[str, Any]) -> tuple[Report, ...]:
    """A report for each alert of the group, whether it could be read or not.

    Raises: PayloadInvalid when it is no group of alerts.
    """
    fields = Fields(payload)
    version = fields.text("version", longest=LABEL_MAX_CHARS)
    if version not in VERSIONS:
        raise fields.invalid("version", f"must be 4 (Alertmanager) or 1 (Grafana), not {shown(version)}")
    return tuple(_report(path, alert) for path, alert in fields.items("alerts"))


def delivery_id(payload: Mapping[str, Any]) -> str:
    """A hash of the payload, because neither sender numbers its notifications: equal ones have the same id."""
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutAlerts:
    """Alerts that the sender left out of a group because it was too large; `group` names the group."""

    alerts: int
    group: str


def left_out(payload: Mapping[str, Any]) -> LeftOutAlerts | None:
    """The alerts that the sender left out by its `max_alerts`; None when it left out none."""
    fields = Fields(payload)
    alerts = fields.count("truncatedAlerts")
    if not alerts:
        return None
    return LeftOutAlerts(alerts=alerts, group=fields.lenient_text("groupKey", longest=LABEL_MAX_CHARS))


def _report(path: str, alert: object) -> Report:
    try:
        return _read(Fields(alert, path))
    except PayloadInvalid as invalid:
        return _unreadable(alert, invalid.sentence)


def _read(alert: Fields) -> Report:
    status = alert.text("status", longest=LABEL_MAX_CHARS).lower()
    if status not in {"firing", "resolved"}:
        raise alert.invalid("status", f"must be firing or resolved, not {shown(status)}")
    series = _escaped(alert.text("fingerprint", longest=FINGERPRINT_MAX_CHARS))
    return _resolved(alert, series) if status == "resolved" else _firing(alert, series)


def _firing(alert: Fields, series: str) -> Report:
    started = alert.optional_instant("startsAt")
    if started is None:
        raise alert.invalid("startsAt", "is missing")
    return Report(
        external_id=external_id(series, started),
        what="firing",
        at=started,
        opening=_opening(alert),
        series=series,
        started_at=started,
    )


def _resolved(alert: Fields, series: str) -> Report:
    """The end of a firing; one without readable times counts from its arrival."""
    started, ended = alert.lenient_instant("startsAt"), alert.lenient_instant("endsAt")
    if ended is not None and ended.year <= STILL_FIRING_YEAR:
        ended = None
    if ended is not None and started is not None:
        ended = max(ended, started)
    return Report(
        external_id=series if started is None else external_id(series, started),
        what="resolved",
        at=ended,
        events=_RESOLVED,
        opening=_opening(alert),
        series=series,
        started_at=started,
    )


def external_id(series: str, started: datetime) -> str:
    """The id of one firing of an alert: its series and its start."""
    return f"{series}@{started.astimezone(UTC).isoformat()}"


def _unreadable(alert: object, reason: str) -> Report:
    """A report of an alert that cannot be read, for a person to decide; the same alert sent again has the same id."""
    fields = Fields(alert if isinstance(alert, Mapping) else {})
    named = fields.lenient_text("fingerprint", longest=LABEL_MAX_CHARS)
    is_name = 0 < len(named) <= FINGERPRINT_MAX_CHARS
    series = _escaped(named) if is_name else f"unnamed-{delivery_id({'alert': alert})[:16]}"
    return Report(external_id=series, what="firing", opening=_opening(fields), series=series, doubt=reason)


def _escaped(fingerprint: str) -> str:
    """The fingerprint without `@`, which separates a series from its start in an id."""
    return fingerprint.replace("%", "%25").replace("@", "%40")


def _opening(alert: Fields) -> Opening:
    labels, annotations = alert.lenient_object("labels"), alert.lenient_object("annotations")
    name = labels.lenient_text("alertname", longest=LABEL_MAX_CHARS)
    summary = annotations.lenient_text("summary", longest=TITLE_MAX_CHARS)
    link = alert.lenient_text("generatorURL", longest=LINK_MAX_CHARS + 1)
    return Opening(
        customer=labels.lenient_text("customer", longest=LABEL_MAX_CHARS),
        title=summary or name or NO_TITLE,
        priority=_priority(labels),
        link=web_address(link),
    )


def _priority(labels: Fields) -> Priority:
    """The priority by the `priority` label, else by the severity, else P3."""
    label = labels.lenient_text("priority", longest=LABEL_MAX_CHARS).upper()
    if label in set(Priority):
        return Priority(label)
    severity = labels.lenient_text("severity", longest=LABEL_MAX_CHARS).lower()
    return PRIORITY_OF_SEVERITY.get(severity, PRIORITY_WITHOUT_A_WORD)
