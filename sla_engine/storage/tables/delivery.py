"""Messages on their way out, and the channels they go to."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from sla_engine.storage.tables.base import Base, BigKey


class Outbox(Base):
    """A message (or an edit or deletion of one) recorded with the fact that caused it. Instants here are real time."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    message: Mapped[str] = mapped_column(index=True)
    op: Mapped[str]
    destination: Mapped[str]
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    thread_of: Mapped[str | None]
    successor: Mapped[str | None]
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
    duplicate_check_at: Mapped[datetime | None]
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
        Index("ix_outbox_duplicate_check_at", "duplicate_check_at",
              postgresql_where=text("duplicate_check_at IS NOT NULL"),
              sqlite_where=text("duplicate_check_at IS NOT NULL")),
        Index("ix_outbox_full", "created_at", postgresql_where=text("payload <> '{}'"),
              sqlite_where=text("payload <> '{}'")),
        Index("ix_outbox_dead", "id", postgresql_where=text("state = 'dead'"), sqlite_where=text("state = 'dead'")),
    )  # fmt: skip


class LiveMessage(Base):
    """A message of a channel that is edited while what it says changes: the newest of its name, and what it shows.

    `changed_at` is real time.
    """

    __tablename__ = "live_message"
    name: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    edits: Mapped[int]
    destination: Mapped[str]
    period: Mapped[str]
    is_there: Mapped[bool]
    shown: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]


class Slot(Base):
    """One destination's share of Slack's rate limit, common to all processes. Instants are real time."""

    __tablename__ = "slot"
    destination: Mapped[str] = mapped_column(primary_key=True)
    channel_id: Mapped[str | None]
    next_at: Mapped[datetime]
    unknowns: Mapped[int]
    storm_until: Mapped[datetime | None]
    storm_outbox_id: Mapped[int | None] = mapped_column(BigInteger)
    lost_error: Mapped[str | None]
    lost_since: Mapped[datetime | None]
    lost_until: Mapped[datetime | None]
