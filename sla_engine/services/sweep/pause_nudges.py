"""Pauses that should not go on unseen: one that outlived its end, and one in which the customer answered."""

from datetime import datetime, timedelta

from sla_engine.domain.agreements.ladders import Recipient
from sla_engine.domain.incidents.events import CustomerReplied
from sla_engine.domain.incidents.pauses import held_pauses
from sla_engine.notifications import NudgeCause
from sla_engine.services.messages import nudges
from sla_engine.services.sweep.ladder_nudges import most_pressing
from sla_engine.services.unit_of_work.incident_work import Case
from sla_engine.storage.timers import Duty

PAUSE_REMINDER = timedelta(hours=24)
"""How often a pause that has outlived its `until` is spoken of again."""


def look_at_pause(case: Case, *, real_now: datetime) -> bool:
    """Speak of a pause that the customer answered, or that has outlived its end; True when a nudge was posted."""
    return _answered(case, real_now=real_now) or _outlived(case, real_now=real_now)


def look_again(case: Case) -> None:
    """One message at a time: a pause that is due in the same instant is spoken of in the next look."""
    if case.incident.pause_until is not None or case.untold_answer() is not None:
        case.timers.set(Duty.PAUSE, case.key, case.now)


def _answered(case: Case, *, real_now: datetime) -> bool:
    reply = case.untold_answer()
    if reply is None:
        return False
    words = reply.event.text if isinstance(reply.event, CustomerReplied) else ""
    _post(case, NudgeCause.CUSTOMER_ANSWERED, case.answer_key(reply), words, real_now=real_now)
    return True


def _outlived(case: Case, *, real_now: datetime) -> bool:
    until = case.incident.pause_until
    if until is None or until > case.now or not case.incident.paused_for:
        return False
    key = f"{case.key}:pause:{until.isoformat()}:{case.now.isoformat()}"
    held = held_pauses(case.history, case.terms.reply_ends_pause)
    reason = next(pause.reason for pause in held.values() if pause.until == until)
    _post(case, NudgeCause.PAUSE_OUTLIVED, key, reason.value, real_now=real_now)
    return True


def _post(case: Case, cause: NudgeCause, key: str, text: str, *, real_now: datetime) -> None:
    occasion = nudges.Occasion(
        cause=cause,
        tell=(Recipient.DISPATCHER,),
        key=key,
        reading=most_pressing(case),
        mention_too=(case.incident.assignee,) if case.incident.assignee else (),
        text=text,
    )
    nudges.post(case, occasion, real_now=real_now)
    case.follow()
    until = case.incident.pause_until
    if until is not None and until <= case.now:
        case.timers.set(Duty.PAUSE, case.key, case.now + PAUSE_REMINDER)
