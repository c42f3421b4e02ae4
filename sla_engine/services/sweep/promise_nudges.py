"""A promised update that did not come: first whoever promised it is asked, and only then it lapses."""

from datetime import datetime

from sla_engine.domain.agreements.ladders import Recipient
from sla_engine.domain.agreements.msp import Role
from sla_engine.domain.incidents.events import PromiseLapsed, PromiseQuestioned
from sla_engine.domain.incidents.promises import promise_in_force, promise_look
from sla_engine.notifications import NudgeCause
from sla_engine.services.messages import nudges
from sla_engine.services.sweep.ladder_nudges import also_due, most_pressing, reached, record, spoken, told
from sla_engine.services.unit_of_work.incident_work import Case


def look_at_promise(case: Case, *, real_now: datetime) -> bool:
    """Question a promise whose time has come, or let it lapse; True when a nudge was posted that says so.

    False also when a target was missed in the same instant: that is announced as a miss, and asks in the same message.
    """
    incident = case.incident
    look = promise_look(incident.promise, incident.promise_asked_at)
    if incident.promise is None or look is None or look > case.now:
        return False
    if incident.promise_asked_at is None:
        case.record(PromiseQuestioned(promised=incident.promise), by="")
        _ask_technician(case, promised=incident.promise, real_now=real_now)
        return _say(case, NudgeCause.PROMISE_QUESTIONED, (), real_now=real_now)
    holder = _holder(case)
    case.record(PromiseLapsed(promised=incident.promise), by="")
    return _say(case, NudgeCause.PROMISE_LAPSED, holder, real_now=real_now)


def _holder(case: Case) -> tuple[str, ...]:
    promise = promise_in_force(case.history)
    return (promise.by,) if promise is not None else ()


def _ask_technician(case: Case, *, promised: datetime, real_now: datetime) -> None:
    """Who does not dispatch may not read the dispatcher channel, and is asked by a message of their own too."""
    key = f"{case.key}:promise_due:{case.history[-1].seq}"
    for holder in _holder(case):
        if case.msp.reachable(holder) and not case.msp.role_of(holder).may_act_as(Role.DISPATCHER):
            facts: dict[str, str | None] = {"promised": promised.isoformat()}
            nudges.tell_person(case, holder, "promise_due", facts, key=key, at=real_now)


def _say(case: Case, cause: NudgeCause, mention_too: tuple[str, ...], *, real_now: datetime) -> bool:
    key = f"{case.key}:promise:{case.history[-1].seq}"
    found = case.readings()
    steps = [(reading, step) for reading, step in reached(case, found) if not step.repeat]
    if any(reading.breached for reading, _ in steps):
        return False
    pressing = most_pressing(case)
    occasion = nudges.Occasion(
        cause=cause,
        tell=tuple(dict.fromkeys((Recipient.DISPATCHER, *told(steps)))),
        key=key,
        reading=pressing,
        also=also_due(steps, pressing, found=found),
        mention_too=mention_too,
    )
    record(case, steps)
    nudges.post(case, occasion, real_now=real_now)
    spoken(case)
    case.follow()
    return True
