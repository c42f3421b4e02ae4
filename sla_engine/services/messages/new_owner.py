"""The message to whoever is given an incident."""

from datetime import datetime

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import current
from sla_engine.domain.incidents.incident_names import spoken_number
from sla_engine.services.messages import nudges
from sla_engine.services.unit_of_work.incident_work import IncidentWork


def tell_new_owner(work: IncidentWork, *, to: str, by: str, real_now: datetime) -> None:
    """Tell somebody that an incident is theirs, unless they are absent or took it themselves.

    The fact `replied` is set once the customer has our first reply; each metric that is due names its instant.
    """
    if to == by or work.msp.is_absent(to, work.now):
        return
    incident, response = work.incident, work.reading(MetricName.FIRST_RESPONSE)
    facts: dict[str, str | None] = {
        "by": by,
        "customer": incident.customer,
        "priority": incident.priority.value,
        "link": incident.link,
        "ticket": spoken_number(incident.external_id),
        "replied": "yes" if response is None or response.is_over else None,
    }
    alive = [reading for reading in current(work.readings()) if not reading.is_over and reading.due_at is not None]
    due = {reading.metric.value: reading.due_at.isoformat() for reading in alive if reading.due_at is not None}
    facts |= {"at": work.now.isoformat(), **due}
    nudges.send_line(work, to, "assigned", facts, key=f"assigned:{work.key}:{work.history[-1].seq}", at=real_now)
