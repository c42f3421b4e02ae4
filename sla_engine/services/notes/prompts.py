"""The messages by which a service manager reviews a note, and how they change when somebody acts.

One of them is live at a time: the next one takes the buttons from the one before. The name of a message follows from
the note alone: how often it was written, and how often its review was asked for.
"""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.clocks.time_by_stage import last_update_at
from sla_engine.domain.incidents.note_events import NoteWritten
from sla_engine.domain.incidents.reasons import BREACH_REASONS
from sla_engine.domain.notes.prevention import ONE_OFFS_WITHIN, Prevention
from sla_engine.domain.notes.sop import STEP_LABELS
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.notifications.notes import Miss, NoteReviewMessage
from sla_engine.services.notes.suggestions import suggestion_for
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import action_items, notes, outbox
from sla_engine.storage.notes import NoteRecord
from sla_engine.storage.outbox import NewMessage
from sla_engine.storage.sops import SopRecord


class PromptState(StrEnum):
    """What the review of a note shows of it."""

    WRITTEN = "written"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    DECIDED = "decided"
    SUPERSEDED = "superseded"


def missed(work: IncidentWork) -> tuple[Reading, ...]:
    """The clocks of the incident that missed their targets, the first miss first."""
    breached = [reading for measured in work.readings().values() for reading in measured if reading.breached]
    return tuple(sorted(breached, key=lambda reading: (reading.breached_at or work.now, reading.metric, reading.cycle)))


def misses(work: IncidentWork) -> tuple[Miss, ...]:
    """The misses of the incident as a message shows them."""
    return tuple(
        Miss(
            metric_label=METRICS[reading.metric].label,
            target=reading.target.duration,
            elapsed=reading.elapsed,
            breached_at=reading.breached_at or work.now,
        )
        for reading in missed(work)
    )


def ask(work: IncidentWork, note: NoteRecord, *, at: datetime) -> NoteRecord:
    """Ask the manager to review a note, for the first time or again; answers the note with one more prompt.

    Somebody absent is asked once they are back.
    """
    if waits_for_return(work, note):
        return work.prompts.save_note(note)
    retire(work, note, state=PromptState.SUPERSEDED, at=at)
    asked = work.prompts.save_note(replace(note, reminders=note.reminders + 1))
    outbox.enqueue(work.session, _review_prompt(work, note, number=note.reminders, state=_state(note), at=at))
    return asked


def waits_for_return(work: IncidentWork, note: NoteRecord) -> bool:
    """Whether the manager is absent; the reminder is then set to when they are back."""
    back_at = work.msp.roster.back_at(_manager(work, note), work.now)
    if back_at is not None:
        work.timers.set(Duty.REVIEW, work.key, back_at)
    return back_at is not None


def retire(work: IncidentWork, note: NoteRecord, *, state: PromptState, at: datetime) -> None:
    """Show on the live review what became of it; nothing while none was asked for."""
    if not note.owed and note.reminders:
        live = _review_prompt(work, note, number=note.reminders - 1, state=state, at=at)
        outbox.edit(work.session, live, edit_name=state)


def show_review(
    work: IncidentWork, note: NoteRecord, *, state: PromptState, sop: SopRecord | None = None, at: datetime
) -> None:
    """Show on the live review what the manager did."""
    live = _review_prompt(work, note, number=_live_number(note), state=state, sop=sop, at=at)
    outbox.edit(work.session, live, edit_name=state)


def _live_number(note: NoteRecord) -> int:
    """The number of the prompt that was posted last, counted from 0."""
    return max(0, note.reminders - 1)


def _review_prompt(
    work: IncidentWork, note: NoteRecord, *, number: int, state: PromptState, sop: SopRecord | None = None, at: datetime
) -> NewMessage:
    shown = _review(work, note, number=number, state=state, sop=sop)
    name = f"note:{work.key}:review:{_times_written(work)}:{number}"
    to = _manager(work, note)
    return NewMessage(key=name, destination=to, notification=shown, incident_id=work.incident.id, at=at)


def _state(note: NoteRecord) -> PromptState:
    return PromptState(note.state)


def _review(
    work: IncidentWork, note: NoteRecord, *, number: int, state: PromptState, sop: SopRecord | None
) -> NoteReviewMessage:
    row = BREACH_REASONS[note.reason] if note.reason else None
    item = action_items.of_incident(work.session, work.incident.id)
    return NoteReviewMessage(
        incident_key=work.key,
        title=work.incident.title,
        customer=work.incident.customer,
        priority=work.incident.priority.value,
        misses=misses(work),
        author=note.author or "",
        reason_label=row.label if row else "",
        attribution=note.attribution.label if note.attribution else "",
        what_happened=note.what_happened or "",
        impact=note.impact or "",
        prevention=note.prevention or "",
        prevention_kind=note.prevention_kind.label if note.prevention_kind else "",
        action_number=item.number if item else None,
        action_due=item.due_on if item else None,
        one_offs=_one_offs_alike(work, note),
        customer_told_at=last_update_at(work.history),
        suggestion=_suggested_sop(work),
        state=state.value,
        state_by=note.reviewer,
        decision=_decision(sop) if sop else None,
        reminder=number,
    )


def _suggested_sop(work: IncidentWork) -> str:
    suggestion = suggestion_for(work.session, work.incident, now=work.now)
    return suggestion.sentence if suggestion else ""


def _decision(sop: SopRecord) -> str:
    label = STEP_LABELS[sop.decision]
    return f"{label}: {sop.title} ({sop.number})" if sop.title else f"{label}: {sop.reason}"


def _manager(work: IncidentWork, note: NoteRecord) -> str:
    msp = work.msp
    return msp.reachable(note.manager) or msp.manager_of(work.incident.customer) or msp.managers_channel


def _times_written(work: IncidentWork) -> int:
    """How often the note was written so far."""
    return sum(isinstance(entry.event, NoteWritten) for entry in work.history)


def _one_offs_alike(work: IncidentWork, note: NoteRecord) -> int:
    """The number of notes that called such a miss a one-off in the 30 days before this one did, this one included.

    Alike are notes of one customer and service with one reason; 0 where this one says something else.
    """
    if note.reason is None or note.prevention_kind is not Prevention.ONE_OFF:
        return 0
    until = note.written_at or work.now
    return notes.one_offs(
        work.session,
        customer=work.incident.customer,
        service=work.incident.service,
        reason=note.reason,
        since=until - ONE_OFFS_WITHIN,
        until=until,
    )
