"""Announces what became due of one incident: gathered, decided, and written in one transaction."""

from collections.abc import Collection
from datetime import datetime

from sla_engine.domain.escalation.decide import decide
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.services.messages import nudges
from sla_engine.services.unit_of_work.incident_work import IncidentWork


def announce(work: IncidentWork, duties: Collection[Duty], *, real_now: datetime) -> None:
    """Record and post what these duties of an incident have to say now, in one message, and set when to look next."""
    before = work.history[-1].seq
    decision = decide(work.situation(), now=work.now, duties=duties)
    work.apply(decision)
    for person in decision.asked:
        promised = work.incident.promise
        facts = {"promised": None if promised is None else promised.isoformat()}
        key = f"{work.key}:promise_due:{before}"
        nudges.tell_person(work, person, "promise_due", facts, key=key, at=real_now)
    if decision.nudge is not None:
        nudges.post(work, decision.nudge, real_now=real_now)
