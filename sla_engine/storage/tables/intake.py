"""Deliveries and requests that came in, the words of other systems, the triage list, and replays."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sla_engine.storage.tables.base import Base, BigKey


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


class IntakeWord(Base):
    """A word of another system that had no meaning when it came, and the meaning it was given since."""

    __tablename__ = "intake_word"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
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
    """A delivery that held a word before it had a meaning: it is worked on again once it has one."""

    __tablename__ = "intake_word_saying"
    word_id: Mapped[int] = mapped_column(ForeignKey("intake_word.id"), primary_key=True)
    inbox_id: Mapped[str] = mapped_column(primary_key=True)


class Triage(Base):
    """A ticket or alert that names no known customer: kept for a person, never dropped."""

    __tablename__ = "triage"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    source: Mapped[str]
    external_id: Mapped[str]
    customer: Mapped[str]
    title: Mapped[str]
    payload: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_as: Mapped[str | None]
    __table_args__ = (UniqueConstraint("source", "external_id"),)


class CustomerName(Base):
    """What another system calls a customer of ours, as somebody said for good; found by its folded form."""

    __tablename__ = "customer_name"
    folded: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    customer: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


class Replay(Base):
    """The progress of a replayed log, so that it can go on after an interruption."""

    __tablename__ = "replay"
    name: Mapped[str] = mapped_column(primary_key=True)
    rows_done: Mapped[int]
    facts_added: Mapped[int]
    figures: Mapped[dict[str, Any] | None]
