"""Reads what notes say, with the procedures that were decided on, as evidence for suggestions."""

from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from sla_engine.domain.incidents.note_events import NoteReturned
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import Attribution, BreachReason, NextStep
from sla_engine.domain.incidents.stored_names import STORED_NAMES
from sla_engine.domain.notes.evidence import Decided, Evidence, KnownSop, NoteEvidence
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.domain.notes.sop import NEEDS_OWNER
from sla_engine.storage.sop_registry import number_of
from sla_engine.storage.tables.incidents import EventRow, IncidentRow
from sla_engine.storage.tables.notes import SlaNote, SopDecision

_RETURNED_KIND = next(name for name, event in STORED_NAMES.items() if event is NoteReturned)
_WAS_RETURNED = exists().where(EventRow.incident_id == SlaNote.incident_id, EventRow.kind == _RETURNED_KIND)
_COLUMNS = (
    IncidentRow.id,
    IncidentRow.key,
    IncidentRow.customer,
    IncidentRow.service,
    IncidentRow.title,
    IncidentRow.priority,
    SlaNote.reason,
    SlaNote.attribution,
    SlaNote.author,
    SlaNote.wanted_at,
    SlaNote.written_at,
    _WAS_RETURNED,
    SopDecision.id,
    SopDecision.sop_id,
    SopDecision.decision,
    SopDecision.title,
    SopDecision.decided_at,
    SopDecision.done_at,
)


class _Row(NamedTuple):
    incident_id: int
    incident_key: str
    customer: str
    service: str | None
    title: str
    priority: str
    reason: str | None
    attribution: str | None
    author: str | None
    wanted_at: datetime
    written_at: datetime | None
    is_returned: bool
    decision_id: int | None
    sop_id: int | None
    decision: str | None
    sop_title: str | None
    decided_at: datetime | None
    done_at: datetime | None


def evidence(session: Session, *, since: datetime, customer: str | None = None) -> Evidence:
    """The notes wanted or written since an instant, the procedures decided on at any time, and all decisions.

    With a `customer` only theirs.
    """
    wanted = (
        select(*_COLUMNS)
        .join(IncidentRow, IncidentRow.id == SlaNote.incident_id)
        .outerjoin(SopDecision, SopDecision.incident_id == SlaNote.incident_id)
        .where(SlaNote.state != NoteState.WITHDRAWN.value)
        .where(or_(SlaNote.wanted_at >= since, SlaNote.written_at >= since, SopDecision.id.is_not(None)))
        .order_by(IncidentRow.id)
    )
    if customer is not None:
        wanted = wanted.where(IncidentRow.customer == customer)
    rows = [_Row(*cast("tuple[object, ...]", tuple(row))) for row in session.execute(wanted)]  # type: ignore[arg-type]
    notes = {row.incident_id: _note(row) for row in rows}
    decided = [row for row in rows if row.decision_id is not None and row.decided_at is not None]
    return Evidence(
        notes=[notes[row.incident_id] for row in rows],
        sops=[_sop(row, notes[row.incident_id]) for row in decided if row.decision in NEEDS_OWNER],
        decisions=[_decided(row) for row in decided],
    )


def _note(row: _Row) -> NoteEvidence:
    return NoteEvidence(
        incident_id=row.incident_id,
        incident_key=row.incident_key,
        customer=row.customer,
        service=row.service,
        title=row.title,
        priority=Priority(row.priority),
        reason=None if row.reason is None else BreachReason(row.reason),
        attribution=None if row.attribution is None else Attribution(row.attribution),
        author=row.author,
        wanted_at=row.wanted_at,
        written_at=row.written_at,
        is_returned=row.is_returned,
    )


def _sop(row: _Row, note: NoteEvidence) -> KnownSop:
    return KnownSop(
        number="" if row.sop_id is None else number_of(row.sop_id),
        title=row.sop_title or "",
        known_since=row.decided_at or row.wanted_at,
        published_at=row.done_at,
        linked=(note,),
    )


def _decided(row: _Row) -> Decided:
    return Decided(incident_id=row.incident_id, step=NextStep(row.decision or ""), at=row.decided_at or row.wanted_at)
