"""The message to whoever is given an incident, or several at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import current
from sla_engine.domain.incidents.incident_names import spoken_number
from sla_engine.notifications.notices import LineMessage
from sla_engine.services.messages import nudges
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import outbox
from sla_engine.storage.outbox import NewMessage

SEVERAL = "assigned_many"
"""The text key of the line about several incidents; its fact `incidents` has a line of each, its key first."""


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


def tell_new_owners(given: Sequence[IncidentWork], owners: Mapping[str, str], *, by: str, real_now: datetime) -> None:
    """Send each new owner (by incident key) one message, however many incidents they were given."""
    for person in sorted({owners[work.key] for work in given} - {by}):
        theirs = [work for work in given if owners[work.key] == person]
        if len(theirs) == 1:
            tell_new_owner(theirs[0], to=person, by=by, real_now=real_now)
        elif not theirs[0].msp.is_absent(person, theirs[0].now):
            _tell_of_several(theirs, person, by=by, real_now=real_now)


def _tell_of_several(theirs: Sequence[IncidentWork], person: str, *, by: str, real_now: datetime) -> None:
    first = theirs[0]
    named = "\n".join(f"{work.key} {work.incident.customer}: {work.incident.title}" for work in theirs)
    line = LineMessage(incident_key=None, text_key=SEVERAL, facts={"by": by, "title": None, "incidents": named})
    key = f"assigned:{first.key}:{first.history[-1].seq}"
    outbox.enqueue(first.session, NewMessage(key=key, destination=person, notification=line, at=real_now))
