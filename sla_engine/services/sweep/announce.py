"""Announces what became due of one incident: gathered, decided, and written in one transaction."""

from collections.abc import Collection
from datetime import datetime

from sla_engine.domain.escalation.decide import decide
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.services.messages import nudges
from sla_engine.services.unit_of_work.incident_work import IncidentWork


def announce(case: IncidentWork, duties: Collection[Duty], *, real_now: datetime) -> None:
    """Record and post what these duties of an incident have to say now, in one message, and set when to look next."""
    before = case.history[-1].seq
    decision = decide(case.situation(), now=case.now, duties=duties)
    case.apply(decision)
    for person in decision.asked:
        promised = case.incident.promise
        facts = {"promised": None if promised is None else promised.isoformat()}
        key = f"{case.key}:promise_due:{before}"
        nudges.tell_person(case, person, "promise_due", facts, key=key, at=real_now)
    if decision.nudge is not None:
        nudges.post(case, decision.nudge, real_now=real_now)
