"""What the tests of outcomes ask a small MSP's database."""

from __future__ import annotations

from datetime import datetime, timedelta

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.events import Event
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.stored_names import stored_name
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.services.agreements import agreement_files
from sla_engine.services.incidents.incident_acts import settled
from sla_engine.storage import clocks, events, incidents
from sla_engine.storage.clocks import ClockRecord
from sla_engine.storage.prompts import IncidentPrompts
from tests.note_desk import EXAMPLES, Desk, at

RESPONSE, RESOLUTION, UPDATE = MetricName.FIRST_RESPONSE, MetricName.RESOLUTION, MetricName.CUSTOMER_UPDATE
PLAN = MetricName.RESOLUTION_PLAN
BETA = "Beta Logistics"
"""Its agreement names sites, and reopens for two weeks."""


def with_beta(database_url: str) -> Desk:
    """A desk that also serves Beta Logistics."""
    made = Desk(database_url)
    start = at("mon 00:00") - timedelta(days=1)
    agreement_files.apply(made.database, [EXAMPLES / "agreements" / "beta-logistics.yaml"], by="test", now=start)
    return made


def found(desk: Desk, key: str) -> Incident:
    with desk.database.reading() as session:
        return incidents.find(session, key)


def history(desk: Desk, key: str) -> list[Entry]:
    with desk.database.reading() as session:
        return events.history(session, incidents.find(session, key).id)


def told(desk: Desk, key: str) -> list[str]:
    return [stored_name(entry.event) for entry in history(desk, key)]


def clock(desk: Desk, key: str, metric: MetricName, cycle: int = 0) -> ClockRecord:
    with desk.database.reading() as session:
        return clocks.of_incident(session, incidents.find(session, key).id)[metric, cycle]


def note_state(desk: Desk, key: str) -> NoteState | None:
    with desk.database.reading() as session:
        note = IncidentPrompts(session, incidents.find(session, key).id).note
    return None if note is None else note.state


def tell_late(desk: Desk, key: str, event: Event, *, happened: datetime, now: datetime) -> None:
    """What another system tells long after it happened."""
    with desk.database.transaction() as session:
        work = desk.unit_of_work.work_on(session, incidents.lock(session, key), now=now)
        with settled(desk.unit_of_work, work):
            work.record(event, by="webhook:anna", at=happened)
