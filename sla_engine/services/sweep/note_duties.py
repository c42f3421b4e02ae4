"""What the sweep does when a note, a review or a procedure is due to be asked for again.

Each answers for its own timer: it arms it anew while there is something left to ask for, and leaves it unarmed
otherwise. The timer is held by the sweep, then the note is locked: the order in which people's acts lock them too.
"""

from datetime import datetime

from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.notes.sop import next_reminder
from sla_engine.services.notes import prompts, sop_prompts
from sla_engine.services.unit_of_work.incident_work import Case
from sla_engine.services.unit_of_work.unit_of_work import Casework
from sla_engine.storage import incidents, notes, sops, timers
from sla_engine.storage.database import Session
from sla_engine.storage.notes import NoteState
from sla_engine.storage.timers import DueTimer, Duty


def remind_note(casework: Casework, session: Session, due: DueTimer, *, now: datetime) -> None:
    """Ask the writer for a note that is missing or was returned, and let the service manager know."""
    case = _case(casework, session, due, now=now)
    note = notes.lock(session, case.incident.id)
    if note is not None and note.state is NoteState.WITHDRAWN:
        prompts.show_withdrawn(case, note, at=casework.real_clock())
    if note is None or not note.owed:
        return
    prompts.ask(case, note, at=casework.real_clock())
    _again(case, due)


def remind_review(casework: Casework, session: Session, due: DueTimer, *, now: datetime) -> None:
    """Put a note before the service manager again while it is not reviewed, or accepted and not decided on."""
    case = _case(casework, session, due, now=now)
    note = notes.lock(session, case.incident.id)
    if note is None or note.owed:
        return
    if note.state is NoteState.ACCEPTED and sops.of_incident(session, case.incident.id) is not None:
        return
    prompts.ask_review(case, note, at=casework.real_clock())
    _again(case, due)


def remind_sop(casework: Casework, session: Session, due: DueTimer, *, now: datetime) -> None:
    """Write to the owner of a procedure that is not done: as its day comes near, on the day, then every week."""
    sop = sops.lock(session, due.subject)
    if sop.done_at is not None or sop.due_on is None:
        return
    case = casework.case(session, _incident(session, sop.incident_id), now=now)
    sop_prompts.remind(case, sop, at=casework.real_clock())
    again = next_reminder(sop.due_on, now=now, zone=case.msp.zone)
    timers.arm(session, Duty.SOP, due.subject, again, incident_id=sop.incident_id)


def _again(case: Case, due: DueTimer) -> None:
    again = case.msp.calendar.add(case.now, case.msp.notes.remind_every)
    timers.arm(case.session, Duty(due.duty), due.subject, again, incident_id=due.incident_id)


def _case(casework: Casework, session: Session, due: DueTimer, *, now: datetime) -> Case:
    return casework.case(session, incidents.find(session, due.subject), now=now)


def _incident(session: Session, incident_id: int) -> Incident:
    return incidents.by_ids(session, [incident_id])[incident_id]
