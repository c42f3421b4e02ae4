"""Computes the prefilled part of an SLA note, so that its writer answers four questions and no more."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.clocks.time_by_stage import StageTime, last_update_at, stage_times, suggested_reason
from sla_engine.domain.incidents.reasons import BreachReason
from sla_engine.domain.notes.prevention import PlannedAction, Prevention
from sla_engine.domain.time.local_time import local_day
from sla_engine.notifications.notes import Miss
from sla_engine.services.notes import note_misses
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import action_items
from sla_engine.storage.notes import NoteRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class NotePrefill:
    """The computed part of a note, and the text written before; times are open time, instants UTC.

    `stages` is the time of the worst miss (`stages_of`) by stage, the longest first. The suggested reason is
    None where only a person can know.
    """

    incident_key: str
    title: str
    customer: str
    priority: str
    misses: tuple[Miss, ...]
    stages_of: str
    stages: tuple[StageTime, ...]
    customer_told_at: datetime | None
    suggested_reason: BreachReason | None
    returned_because: str | None
    reason: BreachReason | None
    what_happened: str
    impact: str
    prevention: Prevention | None
    prevention_before: str
    """What the note said of prevention before that was a choice."""
    action: PlannedAction


def prefill(work: IncidentWork, note: NoteRecord | None) -> NotePrefill:
    """The form as it is before anybody types; the incident has missed a target."""
    worst = max(note_misses.missed(work), key=_overrun)
    stages = stage_times(work.history, worst, work.terms, now=work.now)
    suggested = suggested_reason(stages, worst)
    return NotePrefill(
        incident_key=work.key,
        title=work.incident.title,
        customer=work.incident.customer,
        priority=work.incident.priority.value,
        misses=note_misses.misses(work),
        stages_of=METRICS[worst.metric].label,
        stages=stages,
        customer_told_at=last_update_at(work.history),
        suggested_reason=suggested,
        returned_because=note.returned_because if note else None,
        reason=note.reason if note else None,
        what_happened=(note.what_happened or "") if note else "",
        impact=(note.impact or "") if note else "",
        **_prevention(work, note),
    )


def _prevention(work: IncidentWork, note: NoteRecord | None) -> dict[str, Any]:
    """What the note says of the next miss, by the names of the form's fields."""
    kind, words = (note.prevention_kind, note.prevention or "") if note else (None, "")
    item = action_items.of_incident(work.session, work.incident.id) if kind is Prevention.ACTION else None
    return {
        "prevention": kind,
        "prevention_before": words if kind is None else "",
        "action": PlannedAction(
            words if kind is Prevention.ACTION else "",
            local_day(item.due_on, zone=work.msp.zone) if item else None,
        ),
    }


def computed(work: IncidentWork) -> dict[str, object]:
    """The computed part of a note as a document, to be read later as its author saw it."""
    customer_told_at, missed = last_update_at(work.history), note_misses.missed(work)
    worst = max(missed, key=_overrun)
    return {
        "misses": [
            {
                "metric": reading.metric.value,
                "cycle": reading.cycle,
                "target_seconds": reading.target.duration.total_seconds(),
                "elapsed_seconds": reading.elapsed.total_seconds(),
                "breached_at": (reading.breached_at or work.now).isoformat(),
            }
            for reading in missed
        ],
        "stages_of": worst.metric.value,
        "stages": {
            time.stage.value: time.spent.total_seconds()
            for time in stage_times(work.history, worst, work.terms, now=work.now)
        },
        "customer_told_at": customer_told_at.isoformat() if customer_told_at else None,
    }


def _overrun(reading: Reading) -> timedelta:
    return -reading.remaining
