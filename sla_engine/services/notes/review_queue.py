"""The service manager's queue: the notes that wait for a review or a decision, read in a few set queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.reasons import BREACH_REASONS
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.domain.notes.sop import RECURS_WITHIN, GivenReasons, suggestion
from sla_engine.domain.time.reach import WorkingTime
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
    accepted: bool
    suggestion: str


def review_queue(session: Session, *, calendar: WorkingTime, now: datetime) -> tuple[ReviewItem, ...]:
    """Every note that waits for the service manager, the oldest first."""
    waiting = notes.for_manager(session)
    if not waiting:
        return ()
    records = incidents.by_ids(session, [note.incident_id for note in waiting])
    reasons = reasons_before(session, waiting, now=now)
    return tuple(
        _item(note, records[note.incident_id], calendar=calendar, reasons=reasons, now=now) for note in waiting
    )


def suggestion_for(session: Session, incident: Incident, *, now: datetime) -> str:
    """The suggestion about an SOP for the note of one incident; empty when the note waits for no decision."""
    waiting = notes.for_manager(session, incident_id=incident.id)
    reasons = reasons_before(session, waiting, customer=incident.customer, now=now)
    return "".join(suggested_sop(note, customer=incident.customer, reasons=reasons, now=now) for note in waiting)


def suggested_sop(note: NoteRecord, *, customer: str, reasons: GivenReasons, now: datetime) -> str:
    """The suggestion about an SOP in a sentence; empty while the note gives no reason."""
    if note.reason is None:
        return ""
    alike = reasons.alike(customer, note.reason, until=note.written_at or now)
    return suggestion(note.reason, customer=customer, alike=alike).sentence


def reasons_before(
    session: Session, waiting: Sequence[NoteRecord], *, customer: str | None = None, now: datetime
) -> GivenReasons:
    """The reasons that were given in the windows in which these notes' own are counted."""
    written = [note.written_at or now for note in waiting if note.reason is not None]
    if not written:
        return GivenReasons(())
    since, until = min(written) - RECURS_WITHIN, max(written)
    return GivenReasons(notes.reasons_given(session, since=since, until=until, customer=customer))


def _item(
    note: NoteRecord, record: Incident, *, calendar: WorkingTime, reasons: GivenReasons, now: datetime
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
        accepted=note.state is NoteState.ACCEPTED,
        suggestion=suggested_sop(note, customer=record.customer, reasons=reasons, now=now),
    )
