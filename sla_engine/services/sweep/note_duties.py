"""The sweep's duties for notes, reviews and procedures that are due to be asked for again.

Each function arms its own timer anew while there is something left to ask for, and leaves it unarmed otherwise. The
timer is held by the sweep, then the note is locked: the order in which people's acts lock them too.
"""

from datetime import datetime

from sla_engine.domain.notes.note_state import NoteState
from sla_engine.domain.notes.sop import next_reminder
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.services.notes import prompts, sop_prompts
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import sops


def remind_note(work: IncidentWork, *, real_now: datetime) -> None:
    """Ask the writer for a note that is missing or was returned, and let the service manager know."""
    note = work.prompts.lock_note()
    if note is not None and note.state is NoteState.WITHDRAWN:
        prompts.show_withdrawn(work, note, at=real_now)
    if note is None or not note.owed or prompts.waits_for_return(work, note):
        return
    prompts.ask(work, note, at=real_now)
    _remind_again(work, Duty.NOTE)


def remind_review(work: IncidentWork, *, real_now: datetime) -> None:
    """Put a note before the service manager again while it is not reviewed, or accepted without an SOP decision."""
    note = work.prompts.lock_note()
    if note is None or note.owed or prompts.waits_for_return(work, note):
        return
    if note.state is NoteState.ACCEPTED and sops.of_incident(work.session, work.incident.id) is not None:
        return
    prompts.ask(work, note, at=real_now)
    _remind_again(work, Duty.REVIEW)


def remind_sop(work: IncidentWork, number: str, *, real_now: datetime) -> None:
    """Write to the owner of a procedure that is not done: as its day comes near, on the day, then every week."""
    sop = sops.lock(work.session, number)
    if sop.done_at is not None or sop.due_on is None or sop_prompts.waits_for_return(work, sop):
        return
    sop_prompts.remind(work, sop, at=real_now)
    work.timers.set(Duty.SOP, number, next_reminder(sop.due_on, now=work.now, zone=work.msp.zone))


def _remind_again(work: IncidentWork, duty: Duty) -> None:
    work.timers.set(duty, work.key, work.msp.calendar.add(work.now, work.msp.notes.remind_every))
