"""Reads what notes say, with the procedures that were decided on, as evidence for suggestions."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import NamedTuple, cast

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from sla_engine.domain.incidents.note_events import NoteReturned
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import Attribution, BreachReason, NextStep
from sla_engine.domain.incidents.stored_names import STORED_NAMES
from sla_engine.domain.notes.evidence import Decided, Evidence, KnownSop, NoteEvidence
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.domain.sops.sop import Sop
from sla_engine.storage import sop_registry
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
    SopDecision.sop_id,
    SopDecision.decision,
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
    sop_id: int | None
    decision: str | None
    decided_at: datetime | None
    done_at: datetime | None


def evidence(session: Session, *, since: datetime, customer: str | None = None) -> Evidence:
    """The notes wanted or written since an instant, the procedures in use, and all decisions.

    With a `customer` only their notes, and those after which a procedure was decided on.
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
        wanted = wanted.where(or_(IncidentRow.customer == customer, SopDecision.sop_id.is_not(None)))
    rows = [_Row(*cast("tuple[object, ...]", tuple(row))) for row in session.execute(wanted)]  # type: ignore[arg-type]
    notes = {row.incident_id: _note(row) for row in rows}
    decided = [row for row in rows if row.decision is not None]
    return Evidence(
        notes=list(notes.values()),
        sops=_known_sops(session, decided, notes),
        decisions=[_decided(row) for row in decided],
    )


def _known_sops(session: Session, decided: Sequence[_Row], notes: Mapping[int, NoteEvidence]) -> list[KnownSop]:
    """The procedures in use, linked to the incidents after which they were decided on."""
    asked_by: dict[str, list[_Row]] = {}
    for row in decided:
        if row.sop_id is not None:
            asked_by.setdefault(number_of(row.sop_id), []).append(row)
    in_use = [sop for sop in sop_registry.registered(session) if sop.retired_at is None]
    return [_known_sop(sop, asked_by.get(sop.number, ()), notes) for sop in in_use]


def _known_sop(sop: Sop, asked_by: Sequence[_Row], notes: Mapping[int, NoteEvidence]) -> KnownSop:
    done = [row.done_at for row in asked_by if row.done_at is not None]
    listed = [] if sop.published_on is None else [_begin(sop.published_on)]
    created = [row.decided_at for row in asked_by if row.decision == NextStep.CREATE_SOP and row.decided_at is not None]
    return KnownSop(
        number=sop.number,
        title=sop.title,
        known_since=min(created, default=None),
        published_at=max([*done, *listed], default=None),
        is_being_written=any(row.done_at is None for row in asked_by),
        customers=frozenset(sop.customers),
        services=frozenset(sop.services),
        reasons=frozenset(sop.reasons),
        linked=tuple(notes[row.incident_id] for row in asked_by),
    )


def _begin(day: date) -> datetime:
    """The first instant of a day in UTC; the MSP's own lies within hours of it, which decides nothing over weeks."""
    return datetime.combine(day, time(), tzinfo=UTC)


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


def _decided(row: _Row) -> Decided:
    return Decided(incident_id=row.incident_id, step=NextStep(row.decision or ""), at=row.decided_at or row.wanted_at)
