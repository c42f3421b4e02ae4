"""The messages of the note loop: who is asked, what they see, and how a message changes when somebody acts.

One prompt of a note is live at a time: the writer's while the note is owed, then the manager's review. The next
prompt takes the buttons from the one before. Beside it the manager has one message about a missing note, which is
edited with each reminder and never repeated. Names of messages follow from the note alone: how often it was written,
whose turn it is, and how often they were asked.
"""

from dataclasses import replace
from datetime import datetime

from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.clocks.time_by_stage import told_at
from sla_engine.domain.incidents.events import NoteWritten
from sla_engine.domain.incidents.reasons import BREACH_REASONS
from sla_engine.domain.notes.sop import STEP_LABELS
from sla_engine.notifications import Miss, NoteReviewMessage, NoteWantedMessage
from sla_engine.services.notes.review_queue import reasons_before, suggested_sop
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import outbox
from sla_engine.storage.notes import NoteRecord
from sla_engine.storage.sops import SopRecord

WANTED, WRITTEN, ACCEPTED, RETURNED, DECIDED, SUPERSEDED, WITHDRAWN = (
    "wanted", "written", "accepted", "returned", "decided", "superseded", "withdrawn"
)  # fmt: skip


def missed(work: IncidentWork) -> tuple[Reading, ...]:
    """The clocks of the incident that missed their targets, the first miss first."""
    found = [reading for measured in work.readings().values() for reading in measured if reading.breached]
    return tuple(sorted(found, key=lambda reading: (reading.breached_at or work.now, reading.metric, reading.cycle)))


def misses(work: IncidentWork) -> tuple[Miss, ...]:
    """The same as a message shows them."""
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
    """Ask the writer, for the first time or again, and let the manager know; answers the note with one more prompt."""
    retire(work, note, state=SUPERSEDED, at=at)
    message = _ask_name(work, _round(work), note.reminders)
    destination = _writer(work, note) or work.msp.dispatcher_channel
    shown = _wanted(work, note, for_manager=False, reminder=note.reminders)
    _post(work, message, destination, shown, at=at)
    _tell_manager(work, note, at=at)
    asked = replace(note, reminders=note.reminders + 1)
    return work.prompts.save_note(asked)


def ask_review(work: IncidentWork, note: NoteRecord, *, at: datetime) -> NoteRecord:
    """Put the note before the manager, for the first time or again; answers the note with one more prompt."""
    retire(work, note, state=SUPERSEDED, at=at)
    asked = work.prompts.save_note(replace(note, reminders=note.reminders + 1))
    shown = _review(work, note, state=note.state.value)
    _post(work, _review_name(work, _round(work), note.reminders), _manager(work, note), shown, at=at)
    return asked


def retire(work: IncidentWork, note: NoteRecord, *, state: str, at: datetime) -> None:
    """Show on the live prompt what became of it; nothing when nobody was asked yet."""
    if not note.reminders:
        return
    number = note.reminders - 1
    if note.owed:
        shown = _wanted(work, note, for_manager=False, reminder=number)
        _edit(work, _ask_name(work, _round(work), number), replace(shown, state=state), suffix=state, at=at)
    else:
        review = _review(work, replace(note, reminders=number), state=state)
        _edit(work, _review_name(work, _round(work), number), review, suffix=state, at=at)


def show_written(work: IncidentWork, note: NoteRecord, *, at: datetime) -> None:
    """The note was written: its prompts say so and lose their buttons. `note` is as it was before."""
    retire(work, note, state=WRITTEN if note.owed else SUPERSEDED, at=at)
    shown = replace(_wanted(work, note, for_manager=True, reminder=note.reminders), state=WRITTEN)
    _edit(work, _manager_name(work), shown, suffix=f"written:{_round(work)}", at=at)


def show_withdrawn(work: IncidentWork, note: NoteRecord, *, at: datetime) -> None:
    """No miss is left, so whoever was asked for the note is asked no more."""
    number = max(0, note.reminders - 1)
    suffix = f"{WITHDRAWN}:{number}"
    for_writer = replace(_wanted(work, note, for_manager=False, reminder=number), state=WITHDRAWN)
    _edit(work, _ask_name(work, _round(work), number), for_writer, suffix=suffix, at=at)
    _edit(work, _manager_name(work), replace(for_writer, for_manager=True), suffix=suffix, at=at)


def show_review(
    work: IncidentWork, note: NoteRecord, *, state: str, sop: SopRecord | None = None, at: datetime
) -> None:
    """The live review shows what the manager did; an accepted note is also shown as accepted to its author."""
    number = max(0, note.reminders - 1)
    shown = replace(
        _review(work, replace(note, reminders=number), state=state), decision=_decision(sop) if sop else None
    )
    _edit(work, _review_name(work, _round(work), number), shown, suffix=state, at=at)
    if state == ACCEPTED:
        _show_author(work, note, at=at)


def _show_author(work: IncidentWork, note: NoteRecord, *, at: datetime) -> None:
    """The prompt the author answered says that the note was accepted."""
    asked, number = _round(work) - 1, 0
    while outbox.destination_of(work.session, _ask_name(work, asked, number + 1)) is not None:
        number += 1
    shown = replace(_wanted(work, note, for_manager=False, reminder=number), state=ACCEPTED)
    _edit(work, _ask_name(work, asked, number), shown, suffix=ACCEPTED, at=at)


def _tell_manager(work: IncidentWork, note: NoteRecord, *, at: datetime) -> None:
    manager = _manager(work, note)
    if manager == _writer(work, note):
        return
    shown = _wanted(work, note, for_manager=True, reminder=note.reminders)
    if outbox.destination_of(work.session, _manager_name(work)) is None:
        _post(work, _manager_name(work), manager, shown, at=at)
    else:
        _edit(work, _manager_name(work), shown, suffix=f"wanted:{_round(work)}:{note.reminders}", at=at)


def _wanted(work: IncidentWork, note: NoteRecord, *, for_manager: bool, reminder: int) -> NoteWantedMessage:
    return NoteWantedMessage(
        incident_key=work.key,
        title=work.incident.title,
        customer=work.incident.customer,
        priority=work.incident.priority.value,
        misses=misses(work),
        writer=_writer(work, note),
        worked_on_by=_worked_on_by(work),
        for_manager=for_manager,
        reminder=reminder,
        returned_because=note.returned_because,
    )


def _review(work: IncidentWork, note: NoteRecord, *, state: str) -> NoteReviewMessage:
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
        customer_told_at=told_at(work.history),
        suggestion=_suggested_sop(work, note),
        state=state,
        state_by=note.reviewer,
        reminder=note.reminders,
    )


def _suggested_sop(work: IncidentWork, note: NoteRecord) -> str:
    customer = work.incident.customer
    reasons = reasons_before(work.session, [note], customer=customer, now=work.now)
    return suggested_sop(note, customer=customer, reasons=reasons, now=work.now)


def _decision(sop: SopRecord) -> str:
    label = STEP_LABELS[sop.decision]
    return f"{label}: {sop.title} ({sop.number})" if sop.title else f"{label}: {sop.reason}"


def _writer(work: IncidentWork, note: NoteRecord) -> str | None:
    """Who is asked: who was wanted to write it, else who worked on it, else the dispatcher on duty."""
    msp = work.msp
    return msp.reachable(note.wanted_from) or msp.reachable(work.incident.responsible) or msp.dispatcher(work.now)


def _worked_on_by(work: IncidentWork) -> str | None:
    """Who worked on it, where that is nobody to write to and another is asked instead."""
    responsible = work.incident.responsible
    return None if work.msp.reachable(responsible) else responsible


def _manager(work: IncidentWork, note: NoteRecord) -> str:
    msp = work.msp
    return msp.reachable(note.manager) or msp.manager_of(work.incident.customer) or msp.managers_channel


def _round(work: IncidentWork) -> int:
    """How often the note was written so far."""
    return sum(isinstance(entry.event, NoteWritten) for entry in work.history)


def _ask_name(work: IncidentWork, written: int, number: int) -> str:
    return f"note:{work.key}:ask:{written}:{number}"


def _review_name(work: IncidentWork, written: int, number: int) -> str:
    return f"note:{work.key}:review:{written}:{number}"


def _manager_name(work: IncidentWork) -> str:
    return f"note:{work.key}:manager"


def _post(
    work: IncidentWork, message: str, destination: str, shown: NoteWantedMessage | NoteReviewMessage, *, at: datetime
) -> None:
    outbox.enqueue(
        work.session, key=message, destination=destination, notification=shown, incident_id=work.incident.id, at=at
    )


def _edit(
    work: IncidentWork, message: str, shown: NoteWantedMessage | NoteReviewMessage, *, suffix: str, at: datetime
) -> None:
    destination = outbox.destination_of(work.session, message)
    if destination is None:
        return
    outbox.enqueue(
        work.session,
        key=f"{message}:{suffix}",
        destination=destination,
        notification=shown,
        message=message,
        op="update",
        incident_id=work.incident.id,
        at=at,
    )
