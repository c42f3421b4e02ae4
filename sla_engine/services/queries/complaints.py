"""The complaints of customers in a span of time, for the digest."""

from datetime import datetime

from sla_engine.domain.incidents.events import Complained
from sla_engine.domain.incidents.history import in_order
from sla_engine.domain.reporting.digest import Complaint
from sla_engine.storage import events, incidents
from sla_engine.storage.database import Session


def complaints_of(session: Session, since: datetime, until: datetime) -> tuple[Complaint, ...]:
    """The complaints in `[since, until)`, oldest first."""
    ids = events.incidents_with(session, Complained, since=since, until=until)
    records, histories = incidents.by_ids(session, ids), events.histories(session, ids)
    complaints = [
        Complaint(
            incident_key=records[number].key,
            customer=records[number].customer,
            title=records[number].title,
            at=entry.at,
            by=entry.by,
        )
        for number in ids
        for entry in in_order(histories[number])
        if isinstance(entry.event, Complained) and since <= entry.at < until
    ]
    return tuple(sorted(complaints, key=lambda complaint: complaint.at))
