"""Applies the escalation decision for one incident: facts, clocks, nudges and timers, in one transaction."""

from collections.abc import Collection
from datetime import datetime

from sla_engine.domain.escalation.decide import decide
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.services.messages import nudges
from sla_engine.services.unit_of_work.incident_work import IncidentWork


def escalate(work: IncidentWork, duties: Collection[Duty], *, real_now: datetime) -> None:
    """Decide what these duties require now, record it, post it in at most one nudge, and set when to look next."""
    newest = work.history[-1].seq
    decision = decide(work.situation(), now=work.now, duties=duties)
    work.apply(decision)
    if decision.nudge is None:
        nudges.refresh(work, real_now=real_now)
        return
    promise = work.incident.promise
    facts = {"promised": None if promise is None else promise.isoformat()}
    key = f"{work.key}:promise_due:{newest}"
    lines = [nudges.new_line(work, person, "promise_due", facts, key=key, at=real_now) for person in decision.asked]
    nudges.post(work, decision.nudge, real_now=real_now, lines=lines)
