"""Which incident somebody means by a key, a ticket's own number, or a link."""

from sla_engine.domain.incidents.events import Followed, Merged, Moved
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.incident_names import (
    NamedIncident,
    looks_like_ticket,
    may_be_ticket,
    numbers_meant,
    spoken_number,
)
from sla_engine.domain.text.addresses import web_address
from sla_engine.domain.text.names import folded
from sla_engine.parsing.keys import looks_like_key
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import events, incident_names, incidents
from sla_engine.storage.database import Session

OFFERED = 5


class IncidentNames:
    """Looks names up; nothing here changes anything."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def meant(self, word: str) -> tuple[NamedIncident, ...]:
        """The incidents a word may name, at most five; empty when it is no name of an incident.

        A ticket that another incident goes on with names that one. Raises: UnknownIncident for what can only be a
        number and nobody has, StorageBusy.
        """
        link = web_address(word)
        is_key = looks_like_key(word)
        if link is None and not is_key and not may_be_ticket(word):
            return ()
        key = incidents.normal_key(word) if is_key else None
        with self.unit_of_work.database.reading() as session:
            named = incident_names.by_names(session, key=key, numbers=numbers_meant(word), link=link, limit=OFFERED)
            if not named and (is_key or looks_like_ticket(word)):
                incidents.find(session, word)
            current = [incident if incident.key == key else _successor(session, incident) for incident in named]
        tickets = {one.key: spoken_number(first.external_id) for first, one in zip(named, current, strict=True)}
        return tuple(
            NamedIncident(incident.key, incident.customer, incident.title, tickets[incident.key])
            for incident in {one.key: one for one in current}.values()
        )


def names_itself(word: str) -> bool:
    """Whether a word is written as a key of ours (`INC-1042`): it can mean nothing else, so nobody need look it up."""
    return folded(word).startswith("inc-") and looks_like_key(word)


def written_key(word: str) -> str:
    """A key as we write it, whatever its case and dash."""
    return incidents.normal_key(word)


def _successor(session: Session, incident: Incident) -> Incident:
    """The incident that its ticket goes on with: another customer's, one that follows it, or the one it is part of."""
    seen = {incident.key}
    while not incident.is_open:
        endings = events.of_kind(session, [incident.id], Followed, Moved, Merged)[incident.id]
        key = next((_key_in(entry.event) for entry in reversed(endings)), None)
        if key is None or key in seen:
            return incident
        seen.add(key)
        incident = incidents.find(session, key)
    return incident


def _key_in(event: object) -> str | None:
    match event:
        case Followed(key=key) | Moved(key=key) | Merged(into=key):
            return key
        case _:
            return None
