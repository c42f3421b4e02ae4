"""The missed targets that a note is written about, as its form and its review show them."""

from datetime import timedelta

from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.clocks.reading import ClockState, Reading
from sla_engine.notifications.notes import Miss
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage.notes import NoteRecord

A_MINUTE = timedelta(minutes=1)  # figures are shown in minutes


def missed(work: IncidentWork) -> tuple[Reading, ...]:
    """The clocks of the incident that missed their targets, the first miss first."""
    breached = [reading for measured in work.readings().values() for reading in measured if reading.breached]
    return tuple(sorted(breached, key=lambda reading: (reading.breached_at or work.now, reading.metric, reading.cycle)))


def misses(work: IncidentWork, note: NoteRecord | None = None) -> tuple[Miss, ...]:
    """The misses of the incident as a message shows them; of a `note`, with the figures it saw where they grew."""
    noted = _noted(note)
    return tuple(
        Miss(
            metric_label=METRICS[reading.metric].label,
            target=reading.target.duration,
            elapsed=reading.elapsed,
            breached_at=reading.breached_at or work.now,
            still_open=reading.state in (ClockState.RUNNING, ClockState.PAUSED),
            noted=_grown(noted.get((reading.metric.value, reading.cycle)), reading),
        )
        for reading in missed(work)
    )


def _noted(note: NoteRecord | None) -> dict[tuple[str, int], timedelta]:
    """The time used of each clock when the note was written, by metric and cycle."""
    seen = note.prefill.get("misses", []) if note is not None and note.prefill is not None else []
    return {(miss["metric"], miss["cycle"]): timedelta(seconds=miss["elapsed_seconds"]) for miss in seen}


def _grown(noted: timedelta | None, reading: Reading) -> timedelta | None:
    """The time that the note saw, where it has grown since by a minute or more."""
    return noted if noted is not None and reading.elapsed - noted >= A_MINUTE else None
