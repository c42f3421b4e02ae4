"""Versions of `msp.yaml`, as they were applied; the newest is in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sla_engine.storage import version_chain
from sla_engine.storage.tables.agreements import MspVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class MspRecord:
    """One applied people file: its text, the holidays it meant, and who applied it when."""

    id: int
    source: str
    resolved: Mapping[str, Any]
    applied_at: datetime
    applied_by: str
    tzdata_version: str


def add(
    session: Session,
    *,
    source: str,
    resolved: Mapping[str, Any],
    applied_at: datetime,
    applied_by: str,
    tzdata_version: str,
) -> int:
    """Store a version and return its number; it is in force from then on."""
    row = MspVersion(
        source=source,
        resolved=dict(resolved),
        applied_at=applied_at,
        applied_by=applied_by,
        tzdata_version=tzdata_version,
    )
    return version_chain.append(session, row)


def newest_id(session: Session) -> int | None:
    """The number of the version in force; None before the first."""
    return session.scalar(select(MspVersion.id).order_by(MspVersion.id.desc()).limit(1))


def load(session: Session, version_id: int) -> MspRecord:
    """One version.

    Raises: LookupError when there is none with this number.
    """
    row = session.get(MspVersion, version_id)
    if row is None:
        message = f"no people version {version_id}"
        raise LookupError(message)
    return MspRecord(
        id=row.id,
        source=row.source,
        resolved=row.resolved,
        applied_at=row.applied_at,
        applied_by=row.applied_by,
        tzdata_version=row.tzdata_version,
    )
