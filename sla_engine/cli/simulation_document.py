"""A simulation as a JSON-ready document; its form is described in `docs/commands.md`."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from sla_engine.domain.agreements.ladders import Repeat
from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.escalation.forecast import ForeseenNudge, ForeseenStep
from sla_engine.domain.escalation.what_if import ClockChange
from sla_engine.domain.incidents.suppositions import (
    IfHoliday,
    IfOpened,
    IfPaused,
    IfPriority,
    IfResolved,
    IfResumed,
    Supposition,
)
from sla_engine.json_output import JsonObject
from sla_engine.services.simulation.outlook import IncidentOutlook, Simulation

_KINDS: Mapping[type[Supposition], str] = {
    IfOpened: "opened",
    IfPaused: "paused",
    IfResumed: "resumed",
    IfPriority: "priority_set",
    IfResolved: "resolved",
    IfHoliday: "holiday",
}


def as_document(simulation: Simulation) -> JsonObject:
    """The simulation as a document: instants in ISO 8601 and UTC, durations in seconds with decimals."""
    return {
        "supposed": _supposed(simulation.supposed),
        "now": _instant(simulation.now),
        "incidents": [_incident(incident, simulation.names) for incident in simulation.incidents],
        "more_incidents": simulation.more,
        "unchanged_incidents": simulation.unchanged,
    }


def _supposed(supposed: Supposition) -> JsonObject:
    fields = {name: getattr(supposed, name) for name in supposed.__dataclass_fields__}
    return {"kind": _KINDS[type(supposed)]} | {name: _plain(value) for name, value in fields.items()}


def _plain(value: object) -> object:
    match value:
        case datetime():
            return _instant(value)
        case date():
            return value.isoformat()
        case StrEnum():
            return value.value
        case _:
            return value


def _incident(incident: IncidentOutlook, names: Mapping[str, str]) -> JsonObject:
    return {
        "key": incident.key or None,
        "title": incident.title,
        "customer": incident.customer,
        "priority": incident.priority.value,
        "clocks": [_change(change) for change in incident.changes],
        "nudges": [_nudge(nudge, names) for nudge in incident.nudges],
        "otherwise": None if incident.otherwise is None else _nudge(incident.otherwise, names),
    }


def _change(change: ClockChange) -> JsonObject:
    return {
        "metric": change.metric.value,
        "cycle": change.after.cycle,
        "before": None if change.before is None else _reading(change.before),
        "after": _reading(change.after),
        "left_at_rest": _seconds(change.left_at_rest),
        "effect": change.effect.value,
    }


def _reading(reading: Reading) -> JsonObject:
    return {
        "state": reading.state.value,
        "due_at": _instant(reading.due_at),
        "breached_at": _instant(reading.breached_at),
        "breached_on_change": reading.breached_on_change,
        "left": _seconds(reading.remaining),
        "target": _seconds(reading.target.duration),
        "rule": reading.target.named,
        "version": reading.version or None,
    }


def _nudge(nudge: ForeseenNudge, names: Mapping[str, str]) -> JsonObject:
    return {
        "at": _instant(nudge.at),
        "cause": nudge.cause.value,
        "to": [{"id": person, "name": names.get(person)} for person in nudge.to],
        "channel": nudge.channel,
        "rungs": [_step(step) for step in nudge.steps],
    }


def _step(step: ForeseenStep) -> JsonObject:
    return {
        "metric": step.metric.value,
        "cycle": step.cycle,
        "rung": step.rung.label,
        "repeat": step.repeat,
        "breached": step.breached,
        "goes_on": None if step.rung.repeat is None else _repeat(step.rung.repeat),
    }


def _repeat(repeat: Repeat) -> JsonObject:
    return {
        "every": _seconds(repeat.every),
        "wall": repeat.wall,
        "backoff": repeat.backoff,
        "longest": _seconds(repeat.longest) if repeat.backoff > 1 else None,
        "up_after": repeat.up_after,
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()
