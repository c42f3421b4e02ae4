"""The place of a nudge while a storm lasts: the storm's message in the dispatchers' channel stands for it."""

from dataclasses import replace
from datetime import datetime

from sla_engine.domain.escalation.nudges import NudgeCause, Occasion
from sla_engine.notifications.nudges import NudgeState
from sla_engine.services.messages.nudge_messages import as_shown, deletion
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import outbox, storms
from sla_engine.storage.storms import StormRecord

_ASKS = frozenset({NudgeCause.HELP, NudgeCause.CUSTOMER_ANSWERED, NudgeCause.PAUSE_OUTLIVED})
"""Causes that are announced once and ask for an answer: no storm's message may be all that is left of them."""


def joined_storm(work: IncidentWork, occasion: Occasion, destination: str) -> StormRecord | None:
    """The storm whose message in the dispatchers' channel stands for the new nudge, which then gets none."""
    channel = work.msp.dispatcher_channel
    if destination != channel:
        return None
    promise = work.incident.promise if occasion.cause is NudgeCause.PROMISE_QUESTIONED else None
    number, cause = work.incident.id, occasion.cause
    return storms.join(work.session, channel=channel, incident_id=number, cause=cause, at=work.now, promise=promise)


def join_storm(work: IncidentWork, *, successor: str | None, real_now: datetime) -> None:
    """Take the live nudge's message in the dispatchers' channel away: a storm's message stands for it now."""
    before = work.prompts.nudge_at(direct=False)
    if before is None or before.destination != work.msp.dispatcher_channel:
        return
    taken_away = replace(before, shown=replace(before.shown, state=NudgeState.SUPERSEDED), live=False)
    waiting = replace(before, message=f"{before.message}:in storm", destination=None, edits=0)
    work.prompts.save_nudges([taken_away, waiting])
    outbox.enqueue(work.session, *deletion(taken_away, successor=successor, real_now=real_now))


def leave_storm(work: IncidentWork, *, alone: bool, real_now: datetime) -> None:
    """Post the live nudge that waited behind a storm's message, where it is to stand `alone` or asks for an answer.

    Everybody it would call was called by the storm. Any other counts as never told: what comes next is posted.
    """
    before = work.prompts.nudge_at(direct=False)
    if before is None or before.destination is not None or not work.incident.is_open:
        return
    shown = replace(before.shown, mention=())
    if alone or (shown.cause in _ASKS and shown.state is NudgeState.LIVE):
        posted = replace(before, shown=shown, destination=work.msp.dispatcher_channel, edits=0)
        work.prompts.save_nudges([posted])
        outbox.enqueue(work.session, *as_shown(posted, real_now=real_now))
    else:
        work.prompts.save_nudges([replace(before, shown=replace(shown, told=()))])
