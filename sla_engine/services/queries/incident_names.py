"""Which incident somebody means by a key, a ticket's own number, or a link."""

from sla_engine.domain.incidents.incident_names import NamedIncident, looks_like_ticket, numbers_meant
from sla_engine.domain.text.addresses import web_address
from sla_engine.domain.text.names import folded
from sla_engine.parsing.keys import looks_like_key
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import incident_names, incidents

OFFERED = 5


class IncidentNames:
    """Looks names up; nothing here changes anything."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def meant(self, word: str) -> tuple[NamedIncident, ...]:
        """The incidents a word may name, at most five; empty when it is no name of an incident.

        Raises: UnknownIncident for a number nobody has, StorageBusy.
        """
        link = web_address(word)
        if link is None and not looks_like_key(word) and not looks_like_ticket(word):
            return ()
        key = incidents.normal_key(word) if looks_like_key(word) else None
        with self.unit_of_work.database.reading() as session:
            named = incident_names.by_names(session, key=key, numbers=numbers_meant(word), link=link, limit=OFFERED)
            if not named:
                incidents.find(session, word)
        return tuple(named)


def names_itself(word: str) -> bool:
    """Whether a word is written as a key of ours (`INC-1042`): it can mean nothing else, so nobody need look it up."""
    return folded(word).startswith("inc-") and looks_like_key(word)
