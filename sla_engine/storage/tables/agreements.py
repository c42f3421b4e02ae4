"""Versions of agreements and of the MSP's own file."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sla_engine.storage.tables.base import Base, BigKey


class MspVersion(Base):
    """One applied `msp.yaml`; the newest is in force."""

    __tablename__ = "msp_version"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
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
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
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
