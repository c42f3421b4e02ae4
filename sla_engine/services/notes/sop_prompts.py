"""Messages to the owner of a procedure: that it is theirs, due, overdue or done."""

from datetime import datetime

from sla_engine.domain.notes.sop import is_overdue
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.notifications.notes import SopReminderMessage
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import outbox, sops
from sla_engine.storage.outbox import NewMessage
from sla_engine.storage.sops import SopRecord


def remind(work: IncidentWork, sop: SopRecord, *, at: datetime) -> None:
    """Write to the owner, for the first time or again."""
    outbox.enqueue(work.session, _prompt(work, sop, number=sop.reminders, at=at))
    sops.mark_reminded(work.session, sop)


def waits_for_return(work: IncidentWork, sop: SopRecord) -> bool:
    """Whether the owner is absent; the reminder is then set to when they are back."""
    back_at = None if sop.owner is None else work.msp.roster.back_at(sop.owner, work.now)
    if back_at is not None:
        work.timers.set(Duty.SOP, sop.reminder, back_at)
    return back_at is not None


def show_done(work: IncidentWork, sop: SopRecord, *, at: datetime) -> None:
    """Show on every message about the procedure that it is done."""
    for number in range(sop.reminders):
        outbox.edit(work.session, _prompt(work, sop, number=number, done=True, at=at), edit_name="done")


def _prompt(work: IncidentWork, sop: SopRecord, *, number: int, done: bool = False, at: datetime) -> NewMessage:
    due_on = sop.due_on or work.now
    shown = SopReminderMessage(
        number=sop.number,
        decision=sop.decision.value,
        title=sop.title or "",
        owner=sop.owner or "",
        link=sop.link,
        due_on=due_on,
        incident_key=work.key,
        overdue=is_overdue(due_on, now=work.now, zone=work.msp.zone),
        done=done,
    )
    return NewMessage(
        key=f"sop:{sop.reminder}:{number}",
        destination=work.msp.reachable(sop.owner) or work.msp.managers_channel,
        notification=shown,
        incident_id=work.incident.id,
        at=at,
    )
