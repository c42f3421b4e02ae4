"""SLA notes: one per incident, wanted from the first miss on, then written, reviewed and, if need be, returned."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.incidents.reasons import Attribution, BreachReason
from sla_engine.domain.notes.note_state import STILL_TO_WRITE, NoteDepth, NoteState
from sla_engine.domain.notes.prevention import Prevention
from sla_engine.storage.tables.incidents import Clock, IncidentRow
from sla_engine.storage.tables.notes import ExplainedMiss, SlaNote, SopDecision
from sla_engine.storage.upserts import insert_new, upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRecord:
    """An SLA note as stored. People are Slack ids; instants are SLA time in UTC.

    `prevention` is what its author will do; in a note from before prevention was a choice (`prevention_kind` is None),
    whatever they wrote.
    """

    incident_id: int
    state: NoteState
    wanted_at: datetime
    wanted_from: str | None
    manager: str | None
    reminders: int
    reason: BreachReason | None = None
    attribution: Attribution | None = None
    what_happened: str | None = None
    impact: str | None = None
    prevention: str | None = None
    prevention_kind: Prevention | None = None
    prefill: Mapping[str, Any] | None = None
    author: str | None = None
    written_at: datetime | None = None
    reviewer: str | None = None
    reviewed_at: datetime | None = None
    returned_because: str | None = None
    asked_at: datetime | None = None
    """When its writer was first asked for what they owe now; None before."""
    depth: NoteDepth = NoteDepth.FULL
    addition_from: str | None = None
    """Who is to add why another target was missed since (empty: whoever dispatches); None where nothing is."""

    @property
    def owed(self) -> bool:
        """Whether somebody still has to write it."""
        return self.state in STILL_TO_WRITE

    @property
    def explains(self) -> bool:
        """Whether it gives a reason."""
        return self.reason is not None and self.written_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedClock:
    """A missed target as its clock was measured last: how far over it is, whether it still runs, or was explained."""

    metric: MetricName
    over: timedelta
    breached_at: datetime
    is_open: bool
    is_explained: bool


_FIELDS = [field.name for field in fields(NoteRecord)]


def lock(session: Session, incident_id: int) -> NoteRecord | None:
    """The incident's note, locked until the transaction ends; the incident is locked before, by whoever changes one."""
    row = session.get(SlaNote, incident_id, with_for_update=True, populate_existing=True)
    return None if row is None else record_of(row)


def want(
    session: Session,
    incident_id: int,
    *,
    wanted_at: datetime,
    wanted_from: str | None,
    manager: str | None,
    depth: NoteDepth = NoteDepth.FULL,
) -> NoteRecord:
    """Add a note that is to be written for the incident; one that it has already stays as it is."""
    note = NoteRecord(
        incident_id=incident_id,
        state=NoteState.WANTED,
        wanted_at=wanted_at,
        wanted_from=wanted_from,
        manager=manager,
        reminders=0,
        depth=depth,
    )
    insert_new(session, SlaNote, [_columns(note)], key=["incident_id"])
    return note


def save(session: Session, record: NoteRecord) -> None:
    """Write the note as it is now; whoever changes one holds the lock of its incident."""
    upsert(session, SlaNote, [_columns(record)], key=["incident_id"])


def _columns(record: NoteRecord) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name in _FIELDS:
        value = getattr(record, name)
        plain = value.value if isinstance(value, StrEnum) else value
        columns[name] = dict(plain) if isinstance(plain, Mapping) else plain
    return columns


def last_by(session: Session, author: str, *, other_than: int) -> NoteRecord | None:
    """The author's latest note about another incident."""
    row = session.scalar(
        select(SlaNote)
        .where(SlaNote.author == author, SlaNote.incident_id != other_than, SlaNote.what_happened.is_not(None))
        .order_by(SlaNote.written_at.desc(), SlaNote.incident_id.desc())
        .limit(1)
    )
    return None if row is None else record_of(row)


def one_offs(
    session: Session, *, customer: str, service: str | None, reason: BreachReason, since: datetime, until: datetime
) -> int:
    """The number of notes written in `[since, until]` that call a miss of this kind a one-off."""
    wanted = (
        select(func.count())
        .select_from(SlaNote)
        .join(IncidentRow, IncidentRow.id == SlaNote.incident_id)
        .where(
            SlaNote.prevention_kind == Prevention.ONE_OFF.value,
            SlaNote.reason == reason.value,
            SlaNote.written_at >= since,
            SlaNote.written_at <= until,
            IncidentRow.customer == customer,
            IncidentRow.service.is_(None) if service is None else IncidentRow.service == service,
        )
    )
    return session.scalar(wanted) or 0


def for_manager(session: Session, *, incident_id: int | None = None) -> list[NoteRecord]:
    """Notes that wait for the service manager: to be accepted or returned, or for an SOP decision; oldest first.

    With `incident_id` only that incident's.
    """
    undecided = SopDecision.id.is_(None)
    wanted = (
        select(SlaNote)
        .outerjoin(SopDecision, SopDecision.incident_id == SlaNote.incident_id)
        .where(
            or_(
                SlaNote.state == NoteState.WRITTEN.value,
                (SlaNote.state == NoteState.ACCEPTED.value) & undecided,
            )
        )
        .order_by(SlaNote.written_at, SlaNote.incident_id)
    )
    if incident_id is not None:
        wanted = wanted.where(SlaNote.incident_id == incident_id)
    return [record_of(row) for row in session.scalars(wanted)]


def to_review(session: Session) -> list[NoteRecord]:
    """Notes that are written and neither accepted nor returned, the oldest first."""
    written = select(SlaNote).where(SlaNote.state == NoteState.WRITTEN.value)
    return [record_of(row) for row in session.scalars(written.order_by(SlaNote.written_at, SlaNote.incident_id))]


def still_to_write(session: Session, *, writer: str | None = None) -> list[NoteRecord]:
    """Notes that somebody still has to write, the longest wanted first; with `writer` only theirs."""
    wanted = (
        select(SlaNote)
        .where(SlaNote.state.in_([state.value for state in STILL_TO_WRITE]))
        .order_by(SlaNote.wanted_at, SlaNote.incident_id)
    )
    if writer is not None:
        wanted = wanted.where(SlaNote.wanted_from == writer)
    return [record_of(row) for row in session.scalars(wanted)]


def mark_asked(session: Session, incident_ids: Collection[int], *, at: datetime) -> None:
    """Record when the writers of notes that are owed were asked for them, where they were not asked before."""
    owed = SlaNote.state.in_([state.value for state in STILL_TO_WRITE])
    asked = update(SlaNote).where(SlaNote.incident_id.in_(incident_ids), owed, SlaNote.asked_at.is_(None))
    session.execute(asked.values(asked_at=at))


def missed_clocks(session: Session, incident_ids: Collection[int]) -> dict[int, list[MissedClock]]:
    """The clocks of these incidents that missed their targets, without those that were waived, the first miss first."""
    wanted = (
        select(Clock, ExplainedMiss.incident_id.is_not(None))
        .outerjoin(
            ExplainedMiss,
            (ExplainedMiss.incident_id == Clock.incident_id)
            & (ExplainedMiss.metric == Clock.metric)
            & (ExplainedMiss.cycle == Clock.cycle),
        )
        .where(Clock.incident_id.in_(incident_ids), Clock.breached_at.is_not(None), Clock.waived_at.is_(None))
        .where(Clock.state != ClockState.CANCELLED.value)
        .order_by(Clock.breached_at, Clock.metric, Clock.cycle)
    )
    missed: dict[int, list[MissedClock]] = {}
    for row, is_explained in session.execute(wanted):
        if row.breached_at is not None:
            missed.setdefault(row.incident_id, []).append(
                MissedClock(
                    metric=MetricName(row.metric),
                    over=timedelta(microseconds=row.elapsed_us - row.target_us),
                    breached_at=row.breached_at,
                    is_open=row.stopped_at is None,
                    is_explained=is_explained,
                )
            )
    return missed


def additions_wanted(session: Session) -> list[NoteRecord]:
    """Notes that want an addition because another target of their incident was missed since."""
    wanted = select(SlaNote).where(SlaNote.addition_from.is_not(None)).order_by(SlaNote.incident_id)
    return [record_of(row) for row in session.scalars(wanted)]


def usual_reasons(session: Session, *, since: datetime) -> list[BreachReason]:
    """The reasons that were given since then, the most frequent first."""
    counted = select(ExplainedMiss.reason).where(ExplainedMiss.at >= since).group_by(ExplainedMiss.reason)
    return [BreachReason(reason) for reason in session.scalars(counted.order_by(func.count().desc()))]


def record_of(row: SlaNote) -> NoteRecord:
    """A note as stored."""
    values = {name: getattr(row, name) for name in _FIELDS}
    values["state"] = NoteState(row.state)
    values["depth"] = NoteDepth(row.depth)
    values["reason"] = None if row.reason is None else BreachReason(row.reason)
    values["attribution"] = None if row.attribution is None else Attribution(row.attribution)
    values["prevention_kind"] = None if row.prevention_kind is None else Prevention(row.prevention_kind)
    return NoteRecord(**values)
