"""The messages of the note loop: who is asked, what they see, and how a message changes when somebody acts.

One prompt of a note is live at a time: the writer's while the note is owed, then the manager's review. The next
prompt takes the buttons from the one before. The manager has one more message about a missing note, which is edited
with each reminder and never repeated. The name of a message follows from the note alone: how often it was written,
whose turn it is, and how often they were asked.
"""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.clocks.time_by_stage import last_update_at
from sla_engine.domain.incidents.note_events import NoteWritten
from sla_engine.domain.incidents.reasons import BREACH_REASONS
from sla_engine.domain.notes.sop import STEP_LABELS
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.notifications.notes import Miss, NoteReviewMessage, NoteWantedMessage
from sla_engine.services.notes.suggestions import suggestion_for
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import outbox
from sla_engine.storage.notes import NoteRecord
from sla_engine.storage.outbox import NewMessage
from sla_engine.storage.sops import SopRecord


class PromptState(StrEnum):
    """What the prompt of a note shows of it."""

    WANTED = "wanted"
    WRITTEN = "written"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    DECIDED = "decided"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


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
    """Ask for what the note needs next, for the first time or again; answers the note with one more prompt.

    While it is owed, its writer is asked and the manager is let know; from then on, the manager is asked to review it.
    Somebody absent is asked once they are back.
    """
    if waits_for_return(work, note):
        return work.prompts.save_note(note)
    retire(work, note, state=PromptState.SUPERSEDED, at=at)
    asked = work.prompts.save_note(replace(note, reminders=note.reminders + 1))
    outbox.enqueue(work.session, _prompt(work, note, number=note.reminders, at=at))
    if note.owed:
        _let_manager_know(work, note, at=at)
    return asked


def waits_for_return(work: IncidentWork, note: NoteRecord) -> bool:
    """Whether whoever is to be asked next is absent; the reminder is then set to when they are back."""
    person = _writer(work, note) if note.owed else _manager(work, note)
    back_at = None if person is None else work.msp.roster.back_at(person, work.now)
    if back_at is not None:
        work.timers.set(Duty.NOTE if note.owed else Duty.REVIEW, work.key, back_at)
    return back_at is not None


def retire(work: IncidentWork, note: NoteRecord, *, state: PromptState, at: datetime) -> None:
    """Show on the live prompt what became of it; nothing when nobody was asked yet."""
    if note.reminders:
        live = _prompt(work, note, number=note.reminders - 1, state=state, at=at)
        outbox.edit(work.session, live, edit_name=state)


def show_written(work: IncidentWork, note: NoteRecord, *, at: datetime) -> None:
    """Show on its prompts that the note was written, and take their buttons away; `note` is as it was before."""
    retire(work, note, state=PromptState.WRITTEN if note.owed else PromptState.SUPERSEDED, at=at)
    for_manager = _manager_message(work, note, number=note.reminders, state=PromptState.WRITTEN, at=at)
    outbox.edit(work.session, for_manager, edit_name=f"written:{_times_written(work)}")


def show_withdrawn(work: IncidentWork, note: NoteRecord, *, at: datetime) -> None:
    """Show on its prompts that the note is not wanted any more, because no miss is left."""
    number, state = _live_number(note), PromptState.WITHDRAWN
    for_writer = _writer_prompt(work, note, number=number, state=state, at=at)
    for_manager = _manager_message(work, note, number=number, state=state, at=at)
    for message in (for_writer, for_manager):
        outbox.edit(work.session, message, edit_name=f"{state}:{number}")


def show_review(
    work: IncidentWork, note: NoteRecord, *, state: PromptState, sop: SopRecord | None = None, at: datetime
) -> None:
    """Show on the live review what the manager did; the author of an accepted note is shown that it was accepted."""
    live = _review_prompt(work, note, number=_live_number(note), state=state, sop=sop, at=at)
    outbox.edit(work.session, live, edit_name=state)
    if state is PromptState.ACCEPTED:
        _show_author(work, note, at=at)


def _show_author(work: IncidentWork, note: NoteRecord, *, at: datetime) -> None:
    """Show on the prompt that the author answered that the note was accepted."""
    written = _times_written(work) - 1
    number = 0
    while _is_posted(work, _writer_name(work, written, number + 1)):
        number += 1
    answered = _writer_prompt(work, note, number=number, state=PromptState.ACCEPTED, at=at)
    outbox.edit(
        work.session, replace(answered, key=_writer_name(work, written, number)), edit_name=PromptState.ACCEPTED
    )


def _let_manager_know(work: IncidentWork, note: NoteRecord, *, at: datetime) -> None:
    manager = _manager(work, note)
    if manager == _writer(work, note) or work.msp.is_absent(manager, work.now):
        return
    message = _manager_message(work, note, number=note.reminders, state=PromptState.WANTED, at=at)
    if _is_posted(work, message.key):
        outbox.edit(work.session, message, edit_name=f"wanted:{_times_written(work)}:{note.reminders}")
    else:
        outbox.enqueue(work.session, message)


def _is_posted(work: IncidentWork, message: str) -> bool:
    return outbox.destination_of(work.session, message) is not None


def _live_number(note: NoteRecord) -> int:
    """The number of the prompt that was posted last, counted from 0."""
    return max(0, note.reminders - 1)


def _prompt(
    work: IncidentWork, note: NoteRecord, *, number: int, state: PromptState | None = None, at: datetime
) -> NewMessage:
    """One prompt of a note: the writer's while the note is owed, then the manager's review."""
    if note.owed:
        return _writer_prompt(work, note, number=number, state=state or PromptState.WANTED, at=at)
    return _review_prompt(work, note, number=number, state=state or PromptState(note.state), at=at)


def _writer_prompt(
    work: IncidentWork, note: NoteRecord, *, number: int, state: PromptState, at: datetime
) -> NewMessage:
    shown = _wanted(work, note, number=number, state=state, for_manager=False)
    to = _writer(work, note) or work.msp.dispatcher_channel
    return _message(work, _writer_name(work, _times_written(work), number), shown, to=to, at=at)


def _writer_name(work: IncidentWork, written: int, number: int) -> str:
    """The name of the writer's prompt with this number, for a note that had been `written` so often before."""
    return f"note:{work.key}:ask:{written}:{number}"


def _manager_message(
    work: IncidentWork, note: NoteRecord, *, number: int, state: PromptState, at: datetime
) -> NewMessage:
    """The one message by which the manager knows of a missing note."""
    shown = _wanted(work, note, number=number, state=state, for_manager=True)
    return _message(work, f"note:{work.key}:manager", shown, to=_manager(work, note), at=at)


def _review_prompt(
    work: IncidentWork, note: NoteRecord, *, number: int, state: PromptState, sop: SopRecord | None = None, at: datetime
) -> NewMessage:
    shown = _review(work, note, number=number, state=state, sop=sop)
    name = f"note:{work.key}:review:{_times_written(work)}:{number}"
    return _message(work, name, shown, to=_manager(work, note), at=at)


def _message(
    work: IncidentWork, name: str, shown: NoteWantedMessage | NoteReviewMessage, *, to: str, at: datetime
) -> NewMessage:
    return NewMessage(key=name, destination=to, notification=shown, incident_id=work.incident.id, at=at)


def _wanted(
    work: IncidentWork, note: NoteRecord, *, number: int, state: PromptState, for_manager: bool
) -> NoteWantedMessage:
    return NoteWantedMessage(
        incident_key=work.key,
        title=work.incident.title,
        customer=work.incident.customer,
        priority=work.incident.priority.value,
        misses=misses(work),
        writer=_writer(work, note),
        worked_on_by=_worked_on_by(work),
        for_manager=for_manager,
        reminder=number,
        returned_because=note.returned_because,
        state=state.value,
    )


def _review(
    work: IncidentWork, note: NoteRecord, *, number: int, state: PromptState, sop: SopRecord | None
) -> NoteReviewMessage:
    row = BREACH_REASONS[note.reason] if note.reason else None
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


def _writer(work: IncidentWork, note: NoteRecord) -> str | None:
    """The person to ask: whom the note is wanted from, else who worked on the incident, else the dispatcher on duty."""
    msp = work.msp
    return msp.reachable(note.wanted_from) or msp.reachable(work.incident.responsible) or msp.dispatcher(work.now)


def _worked_on_by(work: IncidentWork) -> str | None:
    """Who worked on the incident, where that is nobody we can write to and somebody else is asked."""
    responsible = work.incident.responsible
    return None if work.msp.reachable(responsible) else responsible


def _manager(work: IncidentWork, note: NoteRecord) -> str:
    msp = work.msp
    return msp.reachable(note.manager) or msp.manager_of(work.incident.customer) or msp.managers_channel


def _times_written(work: IncidentWork) -> int:
    """How often the note was written so far."""
    return sum(isinstance(entry.event, NoteWritten) for entry in work.history)
