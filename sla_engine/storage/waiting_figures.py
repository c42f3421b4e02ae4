"""Counts of notes, decisions and procedures that wait, and since when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from sla_engine.domain.incidents.reasons import NextStep
from sla_engine.storage.figures import Moment
from sla_engine.storage.tables.notes import SlaNote, SopDecision


@dataclass(frozen=True, slots=True)
class WaitingCount:
    """The number of those that wait, and since when the first of them does; None when none does."""

    count: int
    oldest: datetime | None


def notes_owed(session: Session, at: datetime) -> WaitingCount:
    """Notes missing or returned at that instant."""
    unwritten = or_(SlaNote.written_at.is_(None), SlaNote.written_at > at)
    returned = and_(SlaNote.state == "returned", SlaNote.reviewed_at <= at)
    return _waiting(session, SlaNote.wanted_at, SlaNote.wanted_at <= at,
                    SlaNote.state != "withdrawn", or_(unwritten, returned))  # fmt: skip


def notes_to_review(session: Session, at: datetime) -> WaitingCount:
    """Notes written but neither accepted nor returned at that instant."""
    return _waiting(session, SlaNote.written_at, SlaNote.written_at <= at, SlaNote.state != "explained",
                    or_(SlaNote.reviewed_at.is_(None), SlaNote.reviewed_at > at))  # fmt: skip


def decisions_waiting(session: Session, at: datetime) -> WaitingCount:
    """Notes accepted at that instant without a decision about an SOP."""
    decided = exists().where(SopDecision.incident_id == SlaNote.incident_id, SopDecision.decided_at <= at)
    return _waiting(session, SlaNote.reviewed_at, SlaNote.state == "accepted",
                    SlaNote.reviewed_at <= at, not_(decided))  # fmt: skip


def sops_overdue(session: Session, *, at: datetime, today: datetime) -> WaitingCount:
    """Procedures not done at that instant whose due day is over; `today` is the first instant of the local day."""
    return _waiting(session, SopDecision.due_on, SopDecision.decided_at <= at,
                    SopDecision.due_on < today, or_(SopDecision.done_at.is_(None), SopDecision.done_at > at),
                    SopDecision.decision.in_((NextStep.CREATE_SOP.value, NextStep.UPDATE_SOP.value)))  # fmt: skip


def _waiting(session: Session, since: Moment, *conditions: ColumnElement[bool]) -> WaitingCount:
    count, oldest = session.execute(select(func.count(), func.min(since)).where(*conditions)).one()
    return WaitingCount(count, oldest)
