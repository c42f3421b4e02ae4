"""The registry of procedures, and every change of it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sla_engine.storage.tables.base import Base, BigKey


class SopRow(Base):
    """A procedure as it is registered now; its number is `SOP-` and its id."""

    __tablename__ = "sop"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    version: Mapped[int]
    title: Mapped[str]
    link: Mapped[str | None]
    owner: Mapped[str]
    backup: Mapped[str | None]
    published_on: Mapped[date | None]
    reviewed_on: Mapped[date | None]
    review_every_days: Mapped[int]
    review_on: Mapped[date | None]
    services: Mapped[list[Any]]
    customers: Mapped[list[Any]]
    reasons: Mapped[list[Any]]
    retired_at: Mapped[datetime | None]


class SopChangeRow(Base):
    """One change of a procedure, with all its terms after it; only ever added to."""

    __tablename__ = "sop_change"
    sop_id: Mapped[int] = mapped_column(ForeignKey("sop.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    request: Mapped[str | None]
    terms: Mapped[dict[str, Any]]
    __table_args__ = (UniqueConstraint("request"),)
