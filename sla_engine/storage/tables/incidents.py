"""Incidents, their facts, clocks, timers and nudges, and the acts that may be undone."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sla_engine.storage.tables.base import Base, BigKey


class IncidentRow(Base):
    """An incident as it is now: a projection of its events, locked while they are appended."""

    __tablename__ = "incident"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    customer: Mapped[str]
    agreement_version_id: Mapped[int] = mapped_column(ForeignKey("agreement_version.id"))
    source: Mapped[str]
    external_id: Mapped[str | None]
    link: Mapped[str | None]
    title: Mapped[str]
    priority: Mapped[str]
    state: Mapped[str]
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]
    resolved_at: Mapped[datetime | None]
    assignee: Mapped[str | None]
    responsible: Mapped[str | None]
    paused_for: Mapped[list[Any]]
    pause_until: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None]
    customer_waits_since: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None]
    promise: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    promise_asked_at: Mapped[datetime | None]
    site: Mapped[str | None]
    service: Mapped[str | None]
    merged_into: Mapped[str | None]
    replayed: Mapped[bool]
    problem: Mapped[str | None]
    last_hash: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("ix_incident_external_id", "external_id"),
        Index("ix_incident_link", "link", postgresql_using="hash"),
        Index("ix_incident_open_customer", "customer", "state"),
        Index("ix_incident_assignee_state", "assignee", "state"),
        Index(
            "ix_incident_problem",
            "problem",
            postgresql_where=text("problem IS NOT NULL"),
            sqlite_where=text("problem IS NOT NULL"),
        ),
    )


class EventRow(Base):
    """One recorded fact. UPDATE and DELETE are refused by triggers; each row's hash covers the one before."""

    __tablename__ = "event"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    by: Mapped[str]
    unique_key: Mapped[str | None] = mapped_column(unique=True)
    payload_sha256: Mapped[str]
    previous_hash: Mapped[str | None]
    hash: Mapped[str]
    source: Mapped[str | None]
    told_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_event_incident_id_occurred_at_id", "incident_id", "occurred_at", "id"),
        Index(
            "ix_event_by_recorded_at",
            "by",
            "recorded_at",
            postgresql_where=text("by <> ''"),
            sqlite_where=text("by <> ''"),
        ),
        Index(
            "ix_event_complaint",
            "occurred_at",
            postgresql_where=text("kind = 'complained'"),
            sqlite_where=text("kind = 'complained'"),
        ),
        Index(
            "ix_event_undone",
            "occurred_at",
            postgresql_where=text("kind = 'undone'"),
            sqlite_where=text("kind = 'undone'"),
        ),
        {"sqlite_autoincrement": True},
    )


class Clock(Base):
    """One clock as last computed; read by the sweep, the board and the digest."""

    __tablename__ = "clock"
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    metric: Mapped[str] = mapped_column(primary_key=True)
    cycle: Mapped[int] = mapped_column(primary_key=True)
    priority: Mapped[str]
    state: Mapped[str]
    target_us: Mapped[int] = mapped_column(BigInteger)
    elapsed_us: Mapped[int] = mapped_column(BigInteger)
    elapsed_before_run_us: Mapped[int] = mapped_column(BigInteger)
    paused_open_us: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime]
    running_since: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    grace_until: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    breached_on_change: Mapped[bool]
    noticed_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    outcome_at: Mapped[datetime | None]
    first_elapsed_us: Mapped[int | None] = mapped_column(BigInteger)
    waived_at: Mapped[datetime | None]
    version_id: Mapped[int | None] = mapped_column(BigInteger)
    current: Mapped[bool]
    last_nudged_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_clock_outcome_at", "outcome_at", postgresql_where=text("outcome_at IS NOT NULL"),
              sqlite_where=text("outcome_at IS NOT NULL")),
        Index("ix_clock_due_at_current", "due_at", postgresql_where=text("current AND due_at IS NOT NULL"),
              sqlite_where=text("current AND due_at IS NOT NULL")),
    )  # fmt: skip


class Timer(Base):
    """A duty that is due at an instant of SLA time; unarmed where `due` is NULL."""

    __tablename__ = "timer"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    duty: Mapped[str]
    subject: Mapped[str]
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    due: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("duty", "subject"),
        Index("ix_timer_incident_id", "incident_id"),
        Index("ix_timer_due", "due", postgresql_where=text("due IS NOT NULL"), sqlite_where=text("due IS NOT NULL")),
    )  # fmt: skip


class Nudge(Base):
    """One posted (or edited) nudge and what it shows now; see `storage/nudges.py`."""

    __tablename__ = "nudge"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    message: Mapped[str] = mapped_column(unique=True)
    live: Mapped[bool]
    edits: Mapped[int]
    shown: Mapped[dict[str, Any]]


class Act(Base):
    """What one request of a person wrote, so that they can undo it. `at` is SLA time, the other instants real time."""

    __tablename__ = "act"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    request: Mapped[str] = mapped_column(index=True)
    by: Mapped[str] = mapped_column(index=True)
    action: Mapped[str]
    at: Mapped[datetime]
    done_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
    messages: Mapped[list[Any]]
    others: Mapped[list[Any]]
    undone_by: Mapped[str | None]
    undone_at: Mapped[datetime | None]
