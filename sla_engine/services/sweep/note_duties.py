"""The sweep's duties for notes that are not wanted any more, and procedures to be asked for again.

Each function arms its own timer anew while there is something left to ask for, and leaves it unarmed otherwise. The
timer is held by the sweep, then the note is locked: the order in which people's acts lock them too.
"""

from datetime import datetime

from sla_engine.domain.notes.note_state import NoteState
from sla_engine.domain.notes.sop import next_reminder
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.services.notes import sop_prompts
from sla_engine.services.notes.wanted_notes import show_note
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import sops


def show_withdrawn(work: IncidentWork, *, real_now: datetime) -> None:
    """Show on the message that asked for a note that it is not wanted any more."""
    note = work.prompts.lock_note()
    if note is not None and note.state is NoteState.WITHDRAWN:
        show_note(work, note, at=real_now)


def remind_sop(work: IncidentWork, reminder: str, *, real_now: datetime) -> None:
    """Write to the owner of a procedure that is not done: as its day comes near, on the day, then every week."""
    sop = sops.lock(work.session, reminder)
    if sop.done_at is not None or sop.due_on is None or sop_prompts.waits_for_return(work, sop):
        return
    sop_prompts.remind(work, sop, at=real_now)
    work.timers.set(Duty.SOP, reminder, next_reminder(sop.due_on, now=work.now, zone=work.msp.zone))
