"""Failed items, refusals, and single values."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sla_engine.storage.tables.base import Base, BigKey


class Failure(Base):
    """An item of a queue that failed, until it succeeds or is dropped. Instants are real time."""

    __tablename__ = "failure"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
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


class Refusal(Base):
    """One act that was refused to somebody; kept as acts are kept in the history."""

    __tablename__ = "refusal"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    by: Mapped[str]
    action: Mapped[str]
    incident_key: Mapped[str | None]
    error: Mapped[str]
    at: Mapped[datetime]


class HomeVisit(Base):
    """When somebody opened their Home tab last (real time), and a hash of what it shows.

    `holds_answer` while an answer to what they did there stands on it.
    """

    __tablename__ = "home_visit"
    person: Mapped[str] = mapped_column(primary_key=True)
    opened_at: Mapped[datetime] = mapped_column(index=True)
    shown: Mapped[str]
    holds_answer: Mapped[bool]


class Setting(Base):
    """Small durable facts of this deployment: the demo's clock, the last sweep, the next incident number."""

    __tablename__ = "setting"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]
