"""Storms, and the incidents whose nudges came to a channel lately."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from sla_engine.storage.tables.base import Base, BigKey


class Storm(Base):
    """One storm in one channel and the message that shows it. Instants are SLA time, but `edited_at` is real time."""

    __tablename__ = "storm"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    channel: Mapped[str]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    promise: Mapped[datetime | None]
    nudged_at: Mapped[datetime | None]
    message: Mapped[str | None]
    posted_at: Mapped[datetime | None]
    edited_at: Mapped[datetime | None]
    edits: Mapped[int]
    mentioned: Mapped[list[Any]]
    shown: Mapped[dict[str, Any]]
    __table_args__ = (
        Index("ix_storm_channel_going_on", "channel", unique=True,
              postgresql_where=text("ended_at IS NULL"), sqlite_where=text("ended_at IS NULL")),
        Index("ix_storm_not_released", "id",
              postgresql_where=text("released_at IS NULL"), sqlite_where=text("released_at IS NULL")),
    )  # fmt: skip


class StormIncident(Base):
    """When an incident came to a channel as news last, and the storm it belongs to there, if any."""

    __tablename__ = "storm_incident"
    channel: Mapped[str] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    at: Mapped[datetime]
    storm_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("storm.id"))
    __table_args__ = (
        Index("ix_storm_incident_channel_at", "channel", "at"),
        Index("ix_storm_incident_storm_id", "storm_id"),
    )
