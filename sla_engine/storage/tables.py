"""Every table. Facts are append-only (`event`); all other incident columns are projections that can be rebuilt."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, MetaData, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from sla_engine.storage.columns import Instant, JsonDocument

# SQLite autoincrements only INTEGER keys; PostgreSQL should have room for more than 2^31 events.
_BigKey = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """Names of constraints are fixed, so that migrations can find them on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        datetime: Instant,
        str: Text,
        dict[str, Any]: JsonDocument,
        list[Any]: JsonDocument,
    }


class MspVersion(Base):
    """One applied `msp.yaml`; the newest is in force."""

    __tablename__ = "msp_version"
    id: Mapped[int] = mapped_column(_BigKey, primary_key=True)
    source: Mapped[str]
    resolved: Mapped[dict[str, Any]]
    applied_at: Mapped[datetime]
    applied_by: Mapped[str]
    tzdata_version: Mapped[str]
    previous_hash: Mapped[str | None]
    hash: Mapped[str | None]


class AgreementVersion(Base):
    """One applied agreement file; `resolved` holds the holidays as dates, so a library update moves nothing."""

    __tablename__ = "agreement_version"
    id: Mapped[int] = mapped_column(_BigKey, primary_key=True)
    customer: Mapped[str] = mapped_column(index=True)
    effective: Mapped[datetime]
    source: Mapped[str]
    source_sha256: Mapped[str]
    resolved: Mapped[dict[str, Any]]
    applied_at: Mapped[datetime]
    applied_by: Mapped[str]
    tzdata_version: Mapped[str]
    msp_version_id: Mapped[int | None] = mapped_column(ForeignKey("msp_version.id"))
    previous_hash: Mapped[str | None]
    hash: Mapped[str | None]
    __table_args__ = (UniqueConstraint("customer", "effective", "source_sha256"),)


class IncidentRow(Base):
    """What an incident is now: a projection of its events, locked while they are appended."""

    __tablename__ = "incident"
    id: Mapped[int] = mapped_column(_BigKey, primary_key=True)
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
    last_hash: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("ix_incident_open_customer", "customer", "state"),
        Index("ix_incident_assignee_state", "assignee", "state"),
    )


class EventRow(Base):
    """One recorded fact. UPDATE and DELETE are refused by triggers; each row's hash covers the one before."""

    __tablename__ = "event"
    id: Mapped[int] = mapped_column(_BigKey, primary_key=True)
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
        {"sqlite_autoincrement": True},
    )


class Clock(Base):
    """One measurement as last computed; what the sweep, the board and the digest read."""

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
    rungs_done: Mapped[int]
    last_nudged_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_clock_outcome_at", "outcome_at", postgresql_where=text("outcome_at IS NOT NULL"),
              sqlite_where=text("outcome_at IS NOT NULL")),
        Index("ix_clock_due_at_current", "due_at", postgresql_where=text("current AND due_at IS NOT NULL"),
              sqlite_where=text("current AND due_at IS NOT NULL")),
    )  # fmt: skip


class Timer(Base):
    """Look at this duty at that instant (SLA time); `due` NULL is unarmed."""

    __tablename__ = "timer"
    id: Mapped[int] = mapped_column(_BigKey, primary_key=True)
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
    """One posted (or edited) nudge and what it shows now; at most one per incident is live."""

    __tablename__ = "nudge"
    id: Mapped[int] = mapped_column(_BigKey, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    message: Mapped[str] = mapped_column(unique=True)
    live: Mapped[bool]
    edits: Mapped[int]
    shown: Mapped[dict[str, Any]]


class Outbox(Base):
    """A message (or an edit of one) recorded with the fact that caused it. Instants here are real time."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(_BigKey, primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    message: Mapped[str] = mapped_column(index=True)
    op: Mapped[str]
    destination: Mapped[str]
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    thread_of: Mapped[str | None]
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    state: Mapped[str]
    created_at: Mapped[datetime]
    not_before: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    token: Mapped[str | None]
    attempts: Mapped[int]
    posts: Mapped[int]
    first_tried_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    audit_at: Mapped[datetime | None]
    channel_id: Mapped[str | None]
    ts: Mapped[str | None]
    error: Mapped[str | None]
    collapsed_into: Mapped[int | None] = mapped_column(BigInteger)
    text_only: Mapped[str | None]
    meant_for: Mapped[str | None]
    __table_args__ = (
        Index("ix_outbox_waiting", "destination", "id",
              postgresql_where=text("state IN ('pending', 'unknown', 'sending')"),
              sqlite_where=text("state IN ('pending', 'unknown', 'sending')")),
        Index("ix_outbox_audit_at", "audit_at", postgresql_where=text("audit_at IS NOT NULL"),
              sqlite_where=text("audit_at IS NOT NULL")),
        Index("ix_outbox_full", "created_at", postgresql_where=text("payload <> '{}'"),
              sqlite_where=text("payload <> '{}'")),
        Index("ix_outbox_dead", "id", postgresql_where=text("state = 'dead'"), sqlite_where=text("state = 'dead'")),
    )  # fmt: skip


class Slot(Base):
    """One destination's share of Slack's rate limit, common to all processes. Instants are real time."""

    __tablename__ = "slot"
    destination: Mapped[str] = mapped_column(primary_key=True)
    channel_id: Mapped[str | None]
    next_at: Mapped[datetime]
    unknowns: Mapped[int]
    open_until: Mapped[datetime | None]
    storm_until: Mapped[datetime | None]
    storm_outbox_id: Mapped[int | None] = mapped_column(BigInteger)
    lost_error: Mapped[str | None]
    lost_since: Mapped[datetime | None]
    lost_until: Mapped[datetime | None]


class Inbox(Base):
    """One click, command, event or webhook, kept before it is answered, so that none is lost or done twice.

    `received_at` is real time, `arrived_at` SLA time where facts may count from it.
    """

    __tablename__ = "inbox"
    id: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    received_at: Mapped[datetime]
    arrived_at: Mapped[datetime | None]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str]
    done_at: Mapped[datetime | None]
    error: Mapped[str | None]
    __table_args__ = (
        Index("ix_inbox_received", "received_at", postgresql_where=text("state = 'received'"),
              sqlite_where=text("state = 'received'")),
        Index("ix_inbox_full", "received_at", postgresql_where=text("payload <> '{}'"),
              sqlite_where=text("payload <> '{}'")),
        Index("ix_inbox_to_review", "state", postgresql_where=text("state IN ('refused', 'failed')"),
              sqlite_where=text("state IN ('refused', 'failed')")),
    )  # fmt: skip


class Failure(Base):
    """An item of a queue that failed, until it succeeds or is dropped. Instants are real time."""

    __tablename__ = "failure"
    id: Mapped[int] = mapped_column(_BigKey, primary_key=True)
    queue: Mapped[str]
    item: Mapped[str]
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    tries: Mapped[int]
    error: Mapped[str]
    first_failed_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None]
    set_aside_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("queue", "item"),)


class IntakeWord(Base):
    """A word of another system that nobody had given a meaning, and the meaning it was given since."""

    __tablename__ = "intake_word"
    id: Mapped[int] = mapped_column(_BigKey, primary_key=True)
    intake: Mapped[str]
    kind: Mapped[str]
    word: Mapped[str]
    folded: Mapped[str]
    asked_at: Mapped[datetime]
    shown: Mapped[int]
    meaning: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("intake", "kind", "folded"),)


class IntakeWordSaying(Base):
    """A delivery that said a word before it had a meaning: it is worked on again once it has one."""

    __tablename__ = "intake_word_saying"
    word_id: Mapped[int] = mapped_column(ForeignKey("intake_word.id"), primary_key=True)
    inbox_id: Mapped[str] = mapped_column(primary_key=True)


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
    prefill: Mapped[dict[str, Any] | None]
    author: Mapped[str | None]
    written_at: Mapped[datetime | None]
    reviewer: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]
    returned_because: Mapped[str | None]
    __table_args__ = (Index("ix_sla_note_state", "state"),)


class SopDecision(Base):
    """What the service manager decided about a procedure after a miss, and whether it was done."""

    __tablename__ = "sop_decision"
    id: Mapped[int] = mapped_column(_BigKey, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), unique=True)
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


class PostedWeek(Base):
    """A weekly digest as it was posted: all its figures, its counts, and those that a later digest told instead."""

    __tablename__ = "posted_week"
    week: Mapped[str] = mapped_column(primary_key=True)
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    posted_at: Mapped[datetime]
    figures: Mapped[dict[str, Any]]
    posted: Mapped[dict[str, Any]]
    announced: Mapped[dict[str, Any]]


class Triage(Base):
    """Something came in that names no known customer: kept for a person, never dropped."""

    __tablename__ = "triage"
    id: Mapped[int] = mapped_column(_BigKey, primary_key=True)
    source: Mapped[str]
    external_id: Mapped[str]
    customer: Mapped[str]
    title: Mapped[str]
    payload: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_as: Mapped[str | None]
    __table_args__ = (UniqueConstraint("source", "external_id"),)


class Replay(Base):
    """How far a replayed file got, so that it can go on after an interruption."""

    __tablename__ = "replay"
    name: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    rows_done: Mapped[int]
    facts_added: Mapped[int]
    figures: Mapped[dict[str, Any] | None]
    updated_at: Mapped[datetime]


class Refusal(Base):
    """Somebody was refused something: kept, as the history of what was done is kept."""

    __tablename__ = "refusal"
    id: Mapped[int] = mapped_column(_BigKey, primary_key=True)
    by: Mapped[str]
    action: Mapped[str]
    incident_key: Mapped[str | None]
    error: Mapped[str]
    at: Mapped[datetime]


class Setting(Base):
    """Small durable facts of this deployment: the demo's clock, the last sweep, the next incident number."""

    __tablename__ = "setting"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]
