"""The content of a nudge when it is posted, alone, in the place of another one, or as an edit of it."""

from dataclasses import replace
from datetime import datetime, timedelta

from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.escalation.nudges import AlsoDue, NudgeCause, Occasion
from sla_engine.domain.escalation.recipients import Addressees
from sla_engine.domain.incidents.events import Breached
from sla_engine.notifications.nudges import NudgeMessage
from sla_engine.services.messages.nudge_content import as_it_stands
from sla_engine.services.messages.nudge_status import in_its_state
from sla_engine.services.unit_of_work.incident_work import IncidentWork

NOTICED_LATE = timedelta(minutes=2)
"""A breach noticed later than this says so."""


def draft(work: IncidentWork, occasion: Occasion, addressees: Addressees) -> NudgeMessage:
    """The content of a nudge about this occasion."""
    incident, reading = work.incident, occasion.reading
    shown = NudgeMessage(
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
        noticed_at=_noticed_late(work, reading) if occasion.cause is NudgeCause.BREACH else None,
        mention=addressees.people,
        assignee=incident.assignee,
        repeat=occasion.repeat,
        text=occasion.text,
        also=occasion.also,
        metric=reading.metric.value if reading else None,
        cycle=reading.cycle if reading else 0,
        posted_at=work.now,
        direct=addressees.owner_alone is not None,
        told=addressees.people,
        announced_reply=occasion.reply,
    )
    return as_it_stands(in_its_state(shown, work), work)


def in_place_of(before: NudgeMessage, shown: NudgeMessage) -> NudgeMessage:
    """A new nudge that also says what the one before it said; who was told counts anew after a reopening."""
    told = () if shown.cause is NudgeCause.REOPENED else before.told
    return replace(
        shown,
        told=tuple(dict.fromkeys((*told, *shown.told))),
        replaced=before.replaced + 1,
        updates=before.updates,
        names={**before.names, **shown.names},
        announced_reply=shown.announced_reply or before.announced_reply,
    )


def edited_into(before: NudgeMessage, shown: NudgeMessage) -> NudgeMessage:
    """The nudge that is there with the content of a new one that notifies nobody else.

    A warning does not push aside what is late already: its clock is named beside it.
    """
    is_warning = shown.cause is NudgeCause.AT_RISK and shown.breached_at is None and shown.metric_label is not None
    if is_warning and before.breached_at is not None and not before.is_settled:
        warned = AlsoDue(
            metric_label=shown.metric_label or "", percent=shown.percent, breached=False, due_at=shown.due_at
        )
        others = [due for due in shown.also if due.metric_label != before.metric_label]
        return replace(before, also=(*others, warned), announced_reply=shown.announced_reply or before.announced_reply)
    return replace(
        shown,
        mention=before.mention,
        told=before.told,
        replaced=before.replaced,
        posted_at=before.posted_at,
        updates=before.updates,
        names={**before.names, **shown.names},
        announced_reply=shown.announced_reply or before.announced_reply,
    )


def _noticed_late(work: IncidentWork, reading: Reading | None) -> datetime | None:
    """The instant at which the reading's breach was recorded, if that was later than `NOTICED_LATE`; else None."""
    for entry in work.history:
        event = entry.event
        if reading is None or not isinstance(event, Breached) or entry.recorded_at - entry.at <= NOTICED_LATE:
            continue
        if (event.metric, event.cycle) == (reading.metric.value, reading.cycle):
            return entry.recorded_at
    return None
