"""The missed targets that a note is written about, as its form and its review show them."""

from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.clocks.reading import Reading
from sla_engine.notifications.notes import Miss
from sla_engine.services.unit_of_work.incident_work import IncidentWork


def missed(work: IncidentWork) -> tuple[Reading, ...]:
    """The clocks of the incident that missed their targets, the first miss first."""
    breached = [reading for measured in work.readings().values() for reading in measured if reading.breached]
    return tuple(sorted(breached, key=lambda reading: (reading.breached_at or work.now, reading.metric, reading.cycle)))


def misses(work: IncidentWork) -> tuple[Miss, ...]:
    """The misses of the incident as a message shows them."""
    return tuple(
        Miss(
            metric_label=METRICS[reading.metric].label,
            target=reading.target.duration,
            elapsed=reading.elapsed,
            breached_at=reading.breached_at or work.now,
        )
        for reading in missed(work)
    )
