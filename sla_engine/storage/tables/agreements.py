"""Versions of agreements and of the MSP's own file."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sla_engine.storage.tables.base import Base, BigKey


class FileVersion(Base):
    """One applied file, chained to the one applied before it; `resolved` holds the holidays as dates.

    A library update moves nothing that was applied before it.
    """

    __abstract__ = True
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    source: Mapped[str]
    resolved: Mapped[dict[str, Any]]
    applied_at: Mapped[datetime]
    applied_by: Mapped[str]
    tzdata_version: Mapped[str]
    previous_hash: Mapped[str | None]
    hash: Mapped[str | None]


class MspVersion(FileVersion):
    """One applied `msp.yaml`; the newest is in force."""

    __tablename__ = "msp_version"


class AgreementVersion(FileVersion):
    """One applied agreement file, and the version of `msp.yaml` it took its defaults from."""

    __tablename__ = "agreement_version"
    customer: Mapped[str] = mapped_column(index=True)
    effective: Mapped[datetime]
    source_sha256: Mapped[str]
    msp_version_id: Mapped[int | None] = mapped_column(ForeignKey("msp_version.id"))
    __table_args__ = (UniqueConstraint("customer", "effective", "source_sha256"),)
