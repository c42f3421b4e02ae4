"""Messages to the owner of a procedure: it is theirs, it is due, it is done."""

from dataclasses import replace
from datetime import datetime

from sla_engine.domain.notes.sop import is_overdue
from sla_engine.notifications import SopReminderMessage
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import outbox, sops
from sla_engine.storage.sops import SopRecord


def remind(work: IncidentWork, sop: SopRecord, *, at: datetime) -> None:
    """Write to the owner: for the first time, or once more."""
    outbox.enqueue(
        work.session,
        key=_name(sop, sop.reminders),
        destination=work.msp.reachable(sop.owner) or work.msp.managers_channel,
        notification=_message(work, sop),
        incident_id=work.incident.id,
        at=at,
    )
    sops.mark_reminded(work.session, sop)


def show_done(work: IncidentWork, sop: SopRecord, *, at: datetime) -> None:
    """Every message about it says that it is done."""
    shown = replace(_message(work, sop), done=True)
    for number in range(sop.reminders):
        message = _name(sop, number)
        destination = outbox.destination_of(work.session, message)
        if destination is not None:
            outbox.enqueue(
                work.session,
                key=f"{message}:done",
                destination=destination,
                notification=shown,
                message=message,
                op="update",
                incident_id=work.incident.id,
                at=at,
            )


def _message(work: IncidentWork, sop: SopRecord) -> SopReminderMessage:
    due_on = sop.due_on or work.now
    return SopReminderMessage(
        number=sop.number,
        decision=sop.decision.value,
        title=sop.title or "",
        owner=sop.owner or "",
        link=sop.link,
        due_on=due_on,
        incident_key=work.key,
        overdue=is_overdue(due_on, now=work.now, zone=work.msp.zone),
    )


def _name(sop: SopRecord, number: int) -> str:
    return f"sop:{sop.number}:{number}"
