"""Copies what was told of a ticket to the incident that goes on with it, each fact at its own time."""

from datetime import datetime

from sla_engine.domain.incidents.events import Followed
from sla_engine.domain.incidents.history import OF_THE_TICKET, in_order
from sla_engine.domain.incidents.new_fact import NewFact
from sla_engine.services.unit_of_work.incident_work import IncidentWork


def copy_facts(work: IncidentWork, target: IncidentWork, *, since: datetime) -> None:
    """Copy the ticket's facts from `since` on; what was computed and announced stays with the incident."""
    counting = in_order(work.history)  # what went to another incident before stays there
    of_ticket = [entry for entry in counting if isinstance(entry.event, OF_THE_TICKET) and entry.at >= since]
    target.record_all(
        [
            NewFact(
                event=entry.event,
                at=entry.at,
                by=entry.by,
                unique_key=f"{target.key}:from:{work.key}:{entry.seq}",
                source=entry.source,
                received_at=entry.received_at,
            )
            for entry in of_ticket
        ]
    )


def hand_over(work: IncidentWork, follower: IncidentWork, *, at: datetime, by: str) -> None:
    """Let another incident go on with this one from that instant; neither is settled yet."""
    copy_facts(work, follower, since=at)
    name = f"{work.key}:followed:{follower.key}:{at.isoformat()}"
    work.record(Followed(key=follower.key), by=by, at=at, unique_key=name)
