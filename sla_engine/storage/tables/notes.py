"""SLA notes, what their authors will do, decisions about SOPs, daily messages, and the weeks that were posted."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from sla_engine.storage.tables.base import Base, BigKey


class SlaNote(Base):
    """The written reason for an incident's missed targets: one per incident."""

    __tablename__ = "sla_note"
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    state: Mapped[str]
    wanted_at: Mapped[datetime]
    wanted_from: Mapped[str | None]
    manager: Mapped[str | None]
    reminders: Mapped[int]
    reason: Mapped[str | None]
    attribution: Mapped[str | None]
    what_happened: Mapped[str | None]
    impact: Mapped[str | None]
    prevention: Mapped[str | None]
    prevention_kind: Mapped[str | None]
    prefill: Mapped[dict[str, Any] | None]
    author: Mapped[str | None]
    written_at: Mapped[datetime | None]
    reviewer: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]
    returned_because: Mapped[str | None]
    asked_at: Mapped[datetime | None]
    depth: Mapped[str]
    addition_from: Mapped[str | None]
    __table_args__ = (
        Index("ix_sla_note_state", "state"),
        Index("ix_sla_note_addition_from", "addition_from", postgresql_where=text("addition_from IS NOT NULL"),
              sqlite_where=text("addition_from IS NOT NULL")),
    )  # fmt: skip


class ExplainedMiss(Base):
    """A missed target that was explained: why, by whom, and its figures as they stood then."""

    __tablename__ = "explained_miss"
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    metric: Mapped[str] = mapped_column(primary_key=True)
    cycle: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str]
    attribution: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    target_us: Mapped[int] = mapped_column(BigInteger)
    elapsed_us: Mapped[int] = mapped_column(BigInteger)
    is_open: Mapped[bool]


class ActionItem(Base):
    """What the author of an SLA note will do, by when, and whether it was done."""

    __tablename__ = "action_item"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    what: Mapped[str]
    owner: Mapped[str]
    due_on: Mapped[datetime]
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]


class SopDecision(Base):
    """The service manager's decision about a procedure after a miss, and whether it was carried out."""

    __tablename__ = "sop_decision"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), unique=True)
    sop_id: Mapped[int | None] = mapped_column(ForeignKey("sop.id"))
    decision: Mapped[str]
    reason: Mapped[str | None]
    title: Mapped[str | None]
    owner: Mapped[str | None]
    link: Mapped[str | None]
    due_on: Mapped[datetime | None]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]
    reminders: Mapped[int]
    __table_args__ = (Index("ix_sop_decision_sop_id", "sop_id"),)


class DailyMessageRow(Base):
    """The live daily message of a person, as it is shown."""

    __tablename__ = "daily_message"
    person: Mapped[str] = mapped_column(primary_key=True)
    message: Mapped[str]
    edits: Mapped[int]
    shown: Mapped[dict[str, Any]]


class PostedWeek(Base):
    """A weekly digest as it was posted: all its figures, its counts, and the counts that a later digest announced."""

    __tablename__ = "posted_week"
    week: Mapped[str] = mapped_column(primary_key=True)
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    posted_at: Mapped[datetime]
    figures: Mapped[dict[str, Any]]
    posted: Mapped[dict[str, Any]]
    announced: Mapped[dict[str, Any]]
