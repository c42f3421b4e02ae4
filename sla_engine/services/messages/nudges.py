"""Nudges: posting one or editing the live one, keeping it true when somebody acts, and taking away what it replaces."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sla_engine.domain.escalation.escalation_step import EscalationStep
from sla_engine.domain.escalation.nudges import Occasion, called, changed_for_the_worse
from sla_engine.domain.escalation.placement import is_new_message
from sla_engine.domain.incidents.history import Entry
from sla_engine.notifications.notices import LineMessage
from sla_engine.notifications.nudges import NudgeMessage, NudgeState
from sla_engine.services.messages.nudge_content import as_it_stands
from sla_engine.services.messages.nudge_drafts import draft, edited_into, in_place_of
from sla_engine.services.messages.nudge_messages import as_shown, deletion
from sla_engine.services.messages.nudge_status import in_its_state, with_updates
from sla_engine.services.messages.storm_places import joined_storm
from sla_engine.services.unit_of_work.incident_work import IncidentWork, live_message
from sla_engine.storage import nudge_recipients, nudges, outbox
from sla_engine.storage.nudge_recipients import NudgeCall
from sla_engine.storage.nudges import NudgeRecord
from sla_engine.storage.outbox import NewMessage


def post(work: IncidentWork, occasion: Occasion, *, real_now: datetime, lines: Sequence[NewMessage] = ()) -> None:
    """Post a nudge where its rung says, after these lines, or edit the live one where nobody need be notified."""
    addressees = called(occasion, work.incident, work.history, msp=work.msp, now=work.now)
    destination = addressees.channel(work.msp)
    before = work.prompts.nudge_at(direct=addressees.owner_alone is not None)
    shown = draft(work, occasion, addressees)
    if before is not None and not is_new_message(occasion, addressees, live=live_message(before)):
        _edit(work, before, edited_into(before.shown, shown), lines=lines, real_now=real_now)
        return
    storm = joined_storm(work, occasion, destination)
    new = NudgeRecord(
        incident_id=work.incident.id,
        message=f"nudge:{occasion.key}",
        live=True,
        shown=shown if before is None else in_place_of(before.shown, shown),
        destination=destination if storm is None else None,
        belongs_to=destination,
    )
    successor = new.message if storm is None else storm.message
    _replace(work, before, new, successor=successor, lines=lines, real_now=real_now)
    nudge_recipients.keep(work.session, _call(work, occasion, new), addressees.people)


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


def show_progress(work: IncidentWork, entries: Sequence[Entry], *, real_now: datetime) -> None:
    """Edit the live nudges once for all that was just done; a reopening and a rise to P1 are posted."""
    if not entries or work.incident.replayed:
        return
    refresh(work, real_now=real_now, entries=entries)
    occasion = changed_for_the_worse(work.incident, work.history, entries)
    if occasion is not None:
        post(work, occasion, real_now=real_now)


def refresh(work: IncidentWork, *, real_now: datetime, entries: Sequence[Entry] = ()) -> None:
    """Edit the live nudges where they no longer say how their incident stands."""
    for nudge in work.prompts.nudges:
        shown = as_it_stands(in_its_state(with_updates(nudge.shown, entries), work), work)
        if replace(shown, elapsed=nudge.shown.elapsed) != nudge.shown:
            _edit(work, nudge, shown, real_now=real_now)


def _edit(
    work: IncidentWork,
    nudge: NudgeRecord,
    shown: NudgeMessage,
    *,
    real_now: datetime,
    lines: Sequence[NewMessage] = (),
) -> None:
    edited = replace(nudge, shown=shown, edits=nudge.edits + 1)
    work.prompts.save_nudges([edited])
    outbox.enqueue(work.session, *lines, *as_shown(edited, real_now=real_now))


def _replace(
    work: IncidentWork,
    before: NudgeRecord | None,
    new: NudgeRecord,
    *,
    successor: str | None,
    lines: Sequence[NewMessage],
    real_now: datetime,
) -> None:
    """Post a new nudge, and take away the one that it replaces; lines left of earlier ones lead to the new one."""
    if before is None:
        work.prompts.save_nudges([new])
        outbox.enqueue(work.session, *lines, *as_shown(new, real_now=real_now))
        return
    superseded = replace(before, shown=replace(before.shown, state=NudgeState.SUPERSEDED), live=False)
    work.prompts.save_nudges([superseded, new])
    left = nudges.left_behind(work.session, new.incident_id) if before.shown.replaced else ()
    old = [nudge for nudge in (*left, superseded) if nudge.direct is new.direct]
    deletions = [message for nudge in old for message in deletion(nudge, successor=successor, real_now=real_now)]
    outbox.enqueue(work.session, *lines, *as_shown(new, real_now=real_now), *deletions)


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
