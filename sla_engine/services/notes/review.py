"""A written note in full, for the service manager who reviews it."""

from sla_engine.domain.clocks.time_by_stage import last_update_at
from sla_engine.domain.incidents.reasons import BREACH_REASONS
from sla_engine.domain.notes.prevention import ONE_OFFS_WITHIN, Prevention
from sla_engine.domain.notes.sop import STEP_LABELS
from sla_engine.notifications.notes import NoteReviewMessage
from sla_engine.services.notes import note_misses
from sla_engine.services.notes.suggestions import suggestion_for
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import action_items, notes, sops
from sla_engine.storage.notes import NoteRecord
from sla_engine.storage.sops import SopRecord

DECIDED = "decided"
"""The state of an accepted note once a decision about an SOP was made."""


def review_of(work: IncidentWork, note: NoteRecord) -> NoteReviewMessage:
    """The note with its misses, what the evidence suggests, and what was decided."""
    row = BREACH_REASONS[note.reason] if note.reason else None
    sop = sops.of_incident(work.session, work.incident.id)
    item = action_items.of_incident(work.session, work.incident.id)
    suggestion = suggestion_for(work.session, work.incident, now=work.now)
    return NoteReviewMessage(
        incident_key=work.key,
        title=work.incident.title,
        customer=work.incident.customer,
        priority=work.incident.priority.value,
        misses=note_misses.misses(work, note),
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
        suggestion=suggestion.sentence if suggestion else "",
        state=note.state.value if sop is None else DECIDED,
        state_by=note.reviewer if sop is None else sop.decided_by,
        decision=None if sop is None else _decision(sop),
    )


def _decision(sop: SopRecord) -> str:
    label = STEP_LABELS[sop.decision]
    return f"{label}: {sop.title} ({sop.number})" if sop.title else f"{label}: {sop.reason}"


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
