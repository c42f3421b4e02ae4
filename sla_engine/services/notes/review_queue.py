"""The service manager's queue: the notes that wait for a review or a decision, read in a few set queries."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.reasons import BREACH_REASONS
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.domain.notes.suggestions import Suggestion
from sla_engine.domain.time.reach import WorkingTime
from sla_engine.services.notes.suggestions import suggestions_by_incident
from sla_engine.storage import incidents, notes
from sla_engine.storage.database import Session
from sla_engine.storage.notes import NoteRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """A note that waits for the service manager: to accept or return, or (`accepted`) to decide on an SOP."""

    incident_key: str
    title: str
    customer: str
    priority: str
    author: str
    written_at: datetime
    waiting: timedelta
    """Open time of the MSP's calendar since it was written."""
    reason_label: str
    what_happened: str
    impact: str
    prevention: str
    accepted: bool
    suggestion: str


def review_queue(session: Session, *, calendar: WorkingTime, now: datetime) -> tuple[ReviewItem, ...]:
    """Every note that waits for the service manager, the oldest first."""
    waiting = notes.for_manager(session)
    if not waiting:
        return ()
    records = incidents.by_ids(session, [note.incident_id for note in waiting])
    suggested = suggestions_by_incident(session, now=now)
    return tuple(
        _item(note, records[note.incident_id], calendar=calendar, suggestion=suggested.get(note.incident_id), now=now)
        for note in waiting
    )


def _item(
    note: NoteRecord, record: Incident, *, calendar: WorkingTime, suggestion: Suggestion | None, now: datetime
) -> ReviewItem:
    written = note.written_at or note.wanted_at
    return ReviewItem(
        incident_key=record.key,
        title=record.title,
        customer=record.customer,
        priority=record.priority.value,
        author=note.author or "",
        written_at=written,
        waiting=calendar.elapsed(written, now),
        reason_label=BREACH_REASONS[note.reason].label if note.reason else "",
        what_happened=note.what_happened or "",
        impact=note.impact or "",
        prevention=": ".join(filter(None, (note.prevention_kind and note.prevention_kind.label, note.prevention))),
        accepted=note.state is NoteState.ACCEPTED,
        suggestion=suggestion.sentence if suggestion else "",
    )
