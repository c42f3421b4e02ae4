"""A pause for the customer in which the customer answered: which answer is still to be spoken of."""

from collections.abc import Sequence

from sla_engine.domain.clocks.answers import answer_in_pause
from sla_engine.domain.incidents.events import Entry
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.storage import nudges
from sla_engine.storage.database import Session


def occasion_key(incident: Incident, reply: Entry) -> str:
    """The name under which a reply is spoken of, once."""
    return f"{incident.key}:answered:{reply.seq}"


def untold_answer(session: Session, incident: Incident, history: Sequence[Entry]) -> Entry | None:
    """The customer's answer in a pause that goes on, as long as nobody was nudged because of it."""
    if PauseReason.CUSTOMER not in incident.paused_for or incident.customer_waits_since is None:
        return None
    reply = answer_in_pause(history)
    if reply is None or nudges.posted(session, f"nudge:{occasion_key(incident, reply)}"):
        return None
    return reply
