"""Nudges: posting one, editing it when somebody acts, and shrinking it when the next takes its place."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.escalation.escalation_step import EscalationStep
from sla_engine.domain.escalation.nudges import NudgeCause, Occasion, called, questioned
from sla_engine.domain.escalation.recipients import Addressees
from sla_engine.domain.incidents.events import Breached
from sla_engine.domain.incidents.history import Entry
from sla_engine.notifications.notices import LineMessage
from sla_engine.notifications.nudges import NudgeMessage, NudgeState
from sla_engine.services.messages.nudge_content import as_it_stands
from sla_engine.services.messages.nudge_status import THREADED, happened, shown_after
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import nudge_recipients, outbox, storms
from sla_engine.storage.nudge_recipients import NudgeCall
from sla_engine.storage.nudges import NudgeRecord
from sla_engine.storage.outbox import NewMessage
from sla_engine.storage.storms import StormRecord

NOTICED_LATE = timedelta(minutes=2)
"""A breach noticed later than this says so."""

_NAMING_HOLDER = (NudgeCause.AT_RISK, NudgeCause.BREACH)
"""Nudges that name who has acknowledged the incident, if somebody has, instead of asking again."""


def post(work: IncidentWork, occasion: Occasion, *, real_now: datetime, lines: Sequence[NewMessage] = ()) -> None:
    """Post a new nudge where its rung says, after these lines, and shrink the one that was live before."""
    addressees = called(occasion, work.incident, work.history, msp=work.msp, now=work.now)
    destination = addressees.channel(work.msp)
    before = work.prompts.nudge
    aside = before is not None and _is_aside(work, before, destination)
    storm = _joined_storm(work, occasion, destination)
    new = NudgeRecord(
        incident_id=work.incident.id,
        message=f"nudge:{occasion.key}",
        live=not aside,
        shown=_message(work, occasion, addressees),
        destination=destination if storm is None else None,
        belongs_to=destination,
    )
    changed = [new]
    if before is not None and not aside:
        superseded = replace(before.shown, state=NudgeState.SUPERSEDED)
        changed.insert(0, replace(before, shown=superseded, live=False, edits=before.edits + 1))
    work.prompts.save_nudges(changed)
    nudge_recipients.keep(work.session, _call(work, occasion, new), addressees.people)
    shown = [message for nudge in changed for message in _as_shown(nudge, real_now=real_now)]
    if storm is not None:
        shown = [_deletion(nudge, successor=storm.message, at=real_now) for nudge in changed if nudge.destination]
    outbox.enqueue(work.session, *lines, *shown)


def _call(work: IncidentWork, occasion: Occasion, nudge: NudgeRecord) -> NudgeCall:
    """The nudge as it calls people: by which rung of which clock, where a rung caused it."""
    steps = [(reading, step) for reading, step in occasion.steps if reading is occasion.reading]
    metric, rung = next(((reading.metric.value, _rung(step)) for reading, step in steps), ("", ""))
    return NudgeCall(
        message=nudge.message,
        incident_id=work.incident.id,
        called_at=work.now,
        priority=work.incident.priority,
        metric=metric,
        rung=rung,
    )


def _rung(step: EscalationStep) -> str:
    return f"repeated {step.rung.label}" if step.repeat else step.rung.label


def _is_aside(work: IncidentWork, before: NudgeRecord, destination: str) -> bool:
    """Whether the new nudge goes to the owner alone while the one before still waits in the dispatchers' channel."""
    channel = work.msp.dispatcher_channel
    return destination != channel and before.belongs_to in (channel, None)


def _joined_storm(work: IncidentWork, occasion: Occasion, destination: str) -> StormRecord | None:
    """The storm whose message in the dispatchers' channel stands for the new nudge, which then gets none."""
    channel = work.msp.dispatcher_channel
    if destination != channel:
        return None
    promise = work.incident.promise if occasion.cause is NudgeCause.PROMISE_QUESTIONED else None
    return storms.join(work.session, channel=channel, incident_id=work.incident.id, at=work.now, promise=promise)


def join_storm(work: IncidentWork, *, successor: str | None, real_now: datetime) -> None:
    """Take the live nudge's message in the dispatchers' channel away: a storm's message stands for it now."""
    before = work.prompts.nudge
    if before is None or before.destination != work.msp.dispatcher_channel:
        return
    superseded = replace(before.shown, state=NudgeState.SUPERSEDED)
    taken_away = replace(before, shown=superseded, live=False)
    waiting = replace(before, message=f"{before.message}:in storm", destination=None, edits=0)
    work.prompts.save_nudges([taken_away, waiting])
    outbox.enqueue(work.session, _deletion(taken_away, successor=successor, at=real_now))


def _deletion(nudge: NudgeRecord, *, successor: str | None, at: datetime) -> NewMessage:
    """The deletion of a nudge's message, once the storm's message is there."""
    return NewMessage(
        key=f"{nudge.message}:delete",
        destination=nudge.destination or "",
        notification=nudge.shown,
        message=nudge.message,
        op="delete",
        successor=successor,
        incident_id=nudge.incident_id,
        at=at,
    )


def leave_storm(work: IncidentWork, *, real_now: datetime) -> None:
    """Post the live nudge that waited behind the message of a storm; everybody it would call was called there."""
    before = work.prompts.nudge
    if before is None or before.destination is not None or not work.incident.is_open:
        return
    shown = replace(before.shown, mention=())
    alone = replace(before, shown=shown, destination=work.msp.dispatcher_channel, edits=0)
    work.prompts.save_nudges([alone])
    outbox.enqueue(work.session, *_as_shown(alone, real_now=real_now))


def show_progress(work: IncidentWork, entries: Sequence[Entry], *, real_now: datetime) -> None:
    """Edit the live nudge once for all that was just done, and post what happened in its thread."""
    if not entries:
        return
    nudge = work.prompts.nudge
    if nudge is None:
        return
    shown = nudge.shown
    for entry in entries:
        shown = shown_after(shown, entry)
    if work.incident.promise_asked_at is None:
        shown = _without_question(work, shown)
    shown = as_it_stands(shown, work)
    if shown != nudge.shown:
        edited = replace(nudge, shown=shown, live=shown.state is not NudgeState.CLOSED, edits=nudge.edits + 1)
        work.prompts.save_nudges([edited])
        outbox.enqueue(work.session, *_as_shown(edited, real_now=real_now))
    for entry in entries:
        if isinstance(entry.event, THREADED):
            _post_in_thread(work, nudge, entry, real_now=real_now)


def _without_question(work: IncidentWork, shown: NudgeMessage) -> NudgeMessage:
    """Drop the question about a promise that passed; whoever had acknowledged before is shown again."""
    if shown.asked is None:
        return shown
    answered = replace(shown, asked=None, promise=work.incident.promise)
    if shown.state is not NudgeState.LIVE or work.incident.acknowledged_by is None:
        return answered
    holder, since = work.incident.acknowledged_by, work.incident.acknowledged_at
    return replace(answered, state=NudgeState.ACKNOWLEDGED, state_by=holder, state_at=since)


def send_line(
    work: IncidentWork, destination: str, text_key: str, facts: dict[str, str | None], *, key: str, at: datetime
) -> None:
    """Send one line about the incident to a person or a channel."""
    outbox.enqueue(work.session, new_line(work, destination, text_key, facts, key=key, at=at))


def new_line(
    work: IncidentWork, destination: str, text_key: str, facts: dict[str, str | None], *, key: str, at: datetime
) -> NewMessage:
    """One line about the incident to a person or a channel, to be sent."""
    shown = LineMessage(incident_key=work.key, text_key=text_key, facts={"title": work.incident.title, **facts})
    return NewMessage(key=key, destination=destination, notification=shown, incident_id=work.incident.id, at=at)


def _message(work: IncidentWork, occasion: Occasion, addressees: Addressees) -> NudgeMessage:
    incident, reading = work.incident, occasion.reading
    asked = next(iter(questioned(work.history)), None)
    noticed_at = _noticed_late(work, reading) if occasion.cause is NudgeCause.BREACH else None
    names_holder = occasion.cause in _NAMING_HOLDER and incident.acknowledged_by is not None and asked is None
    message = NudgeMessage(
        incident_key=incident.key,
        title=incident.title,
        customer=incident.customer,
        priority=incident.priority.value,
        link=incident.link,
        cause=occasion.cause,
        metric_label=None,
        percent=occasion.percent,
        rung=occasion.rung,
        due_at=None,
        elapsed=timedelta(0),
        target=timedelta(0),
        breached_at=None,
        noticed_at=noticed_at,
        mention=addressees.people,
        assignee=incident.assignee,
        repeat=occasion.repeat,
        text=occasion.text,
        also=occasion.also,
        state=NudgeState.ACKNOWLEDGED if names_holder else NudgeState.LIVE,
        state_by=incident.acknowledged_by if names_holder else None,
        state_at=incident.acknowledged_at if names_holder else None,
        promise=incident.promise,
        asked=asked,
        metric=reading.metric.value if reading else None,
        cycle=reading.cycle if reading else 0,
        posted_at=work.now,
        direct=addressees.owner_alone is not None,
    )
    return as_it_stands(message, work)


def _noticed_late(work: IncidentWork, reading: Reading | None) -> datetime | None:
    """The instant at which the reading's breach was recorded, if that was later than `NOTICED_LATE`; else None."""
    for entry in work.history:
        event = entry.event
        if reading is None or not isinstance(event, Breached) or entry.recorded_at - entry.at <= NOTICED_LATE:
            continue
        if (event.metric, event.cycle) == (reading.metric.value, reading.cycle):
            return entry.recorded_at
    return None


def _as_shown(nudge: NudgeRecord, *, real_now: datetime) -> Iterator[NewMessage]:
    """The message that shows a nudge as it is now: its own, or an edit of it."""
    if nudge.destination is None:
        return  # it is part of a storm, or its message was emptied long ago
    edit = f"{nudge.message}:edit:{nudge.edits}"
    yield NewMessage(
        key=edit if nudge.edits else nudge.message,
        destination=nudge.destination,
        notification=nudge.shown,
        message=nudge.message,
        op="update" if nudge.edits else "post",
        incident_id=nudge.incident_id,
        at=real_now,
    )


def _post_in_thread(work: IncidentWork, nudge: NudgeRecord, entry: Entry, *, real_now: datetime) -> None:
    if nudge.destination != work.msp.dispatcher_channel:
        return
    fact = happened(entry)
    line = LineMessage(
        incident_key=work.key,
        text_key="happened",
        facts={
            **fact.fields,
            "what": fact.what,
            "by": fact.by,
            "text": fact.text,
            "at": fact.at.isoformat(),
        },
    )
    outbox.enqueue(
        work.session,
        NewMessage(
            key=f"{nudge.message}:thread:{entry.seq}",
            destination=nudge.destination,
            notification=line,
            thread_of=nudge.message,
            incident_id=work.incident.id,
            at=real_now,
        ),
    )
