"""The place of a nudge while a storm lasts: the storm's message in the dispatchers' channel stands for it."""

from dataclasses import replace
from datetime import datetime

from sla_engine.domain.escalation.nudges import NudgeCause, Occasion
from sla_engine.domain.escalation.storms import asks_after_storm, stands_alone
from sla_engine.notifications.nudges import NudgeState
from sla_engine.services.messages.nudge_messages import as_shown, deletion
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import outbox, storm_members
from sla_engine.storage.storms import StormRecord


def joined_storm(work: IncidentWork, occasion: Occasion, destination: str) -> StormRecord | None:
    """The storm whose message in the dispatchers' channel stands for the new nudge, which then gets none.

    None for a call for help, which has a message of its own though its incident belongs to the storm.
    """
    channel = work.msp.dispatcher_channel
    if destination != channel:
        return None
    promise = work.incident.promise if occasion.cause is NudgeCause.PROMISE_QUESTIONED else None
    number, cause = work.incident.id, occasion.cause
    storm = storm_members.join(
        work.session, channel=channel, incident_id=number, cause=cause, at=work.now, promise=promise
    )
    return None if stands_alone(cause, is_answered=False) else storm


def join_storm(work: IncidentWork, *, successor: str | None, real_now: datetime) -> None:
    """Take the live nudge's message in the dispatchers' channel away: a storm's message stands for it now."""
    before = work.prompts.nudge_at(direct=False)
    if before is None or before.destination != work.msp.dispatcher_channel:
        return
    taken_away = replace(before, shown=replace(before.shown, state=NudgeState.SUPERSEDED), live=False)
    waiting = replace(before, message=f"{before.message}:in storm", destination=None, edits=0)
    work.prompts.save_nudges([taken_away, waiting])
    outbox.enqueue(work.session, *deletion(taken_away, successor=successor, real_now=real_now))


def leave_storm(work: IncidentWork, *, is_late: bool, real_now: datetime) -> None:
    """Post the live nudge that waited behind the message of a storm, where its incident is late or it asks something.

    Of what is late everybody was told by the storm; what a nudge asks, nobody has read yet. Any other counts as never
    told: what comes next is posted.
    """
    before = work.prompts.nudge_at(direct=False)
    if before is None or before.destination is not None or not work.incident.is_open:
        return
    shown = before.shown
    asks = asks_after_storm(shown.cause, is_answered=shown.is_settled or shown.state is not NudgeState.LIVE)
    if asks or is_late:
        shown = shown if asks else replace(shown, mention=())
        posted = replace(before, shown=shown, destination=work.msp.dispatcher_channel, edits=0)
        work.prompts.save_nudges([posted])
        outbox.enqueue(work.session, *as_shown(posted, real_now=real_now))
    else:
        work.prompts.save_nudges([replace(before, shown=replace(shown, mention=(), told=()))])
