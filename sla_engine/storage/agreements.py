"""Versions of agreements, as they were applied: which is in force for a customer at an instant, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sla_engine.domain.agreements.versions import AppliedVersion
from sla_engine.storage import version_chain
from sla_engine.storage.database import SEEN
from sla_engine.storage.tables.agreements import AgreementVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAgreement:
    """A version about to be stored: the file's text and everything it meant on the day it was applied."""

    customer: str
    effective: datetime
    source: str
    source_sha256: str
    resolved: Mapping[str, Any]
    applied_at: datetime
    applied_by: str
    tzdata_version: str
    msp_version_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementRecord(NewAgreement):
    """One stored version."""

    id: int


def add(session: Session, version: NewAgreement) -> int:
    """Store a version and return its number."""
    row = AgreementVersion(
        customer=version.customer,
        effective=version.effective,
        source=version.source,
        source_sha256=version.source_sha256,
        resolved=dict(version.resolved),
        applied_at=version.applied_at,
        applied_by=version.applied_by,
        tzdata_version=version.tzdata_version,
        msp_version_id=version.msp_version_id,
    )
    return version_chain.append(session, row)


def customers(session: Session) -> tuple[str, ...]:
    """Everybody who has an agreement, by name."""
    return tuple(sorted(session.scalars(select(AgreementVersion.customer).distinct())))


def in_force(session: Session, customer: str, *, at: datetime) -> int | None:
    """The version with the latest beginning up to `at`; the newest applied wins among equals; None when none began."""
    return session.scalar(
        select(AgreementVersion.id)
        .where(AgreementVersion.customer == customer, AgreementVersion.effective <= at)
        .order_by(AgreementVersion.effective.desc(), AgreementVersion.id.desc())
        .limit(1)
    )


def applied_versions(session: Session, customer: str) -> tuple[AppliedVersion, ...]:
    """All versions of a customer's agreement, in the order they were applied; read once in a reading transaction."""
    seen: dict[str, tuple[AppliedVersion, ...]] = session.info.get(SEEN, {})
    if customer not in seen:
        seen[customer] = _applied_versions(session, customer)
    return seen[customer]


def _applied_versions(session: Session, customer: str) -> tuple[AppliedVersion, ...]:
    rows = session.execute(
        select(AgreementVersion.id, AgreementVersion.effective, AgreementVersion.applied_at)
        .where(AgreementVersion.customer == customer)
        .order_by(AgreementVersion.id)
    )
    return tuple(AppliedVersion(number=number, effective=since, applied_at=at) for number, since, at in rows)


def newest_number(session: Session) -> int:
    """The number of the version that was stored last; 0 when there is none."""
    return session.scalar(select(func.max(AgreementVersion.id))) or 0


def first_effective(session: Session, customer: str) -> datetime | None:
    """When the customer's first agreement begins."""
    return session.scalar(
        select(AgreementVersion.effective)
        .where(AgreementVersion.customer == customer)
        .order_by(AgreementVersion.effective)
        .limit(1)
    )


def same_text(session: Session, customer: str, *, effective: datetime, source_sha256: str) -> int | None:
    """The version that was made from this very text before."""
    return session.scalar(
        select(AgreementVersion.id).where(
            AgreementVersion.customer == customer,
            AgreementVersion.effective == effective,
            AgreementVersion.source_sha256 == source_sha256,
        )
    )


def load(session: Session, version_id: int) -> AgreementRecord:
    """One version.

    Raises: LookupError when there is none with this number.
    """
    row = session.get(AgreementVersion, version_id)
    if row is None:
        message = f"no agreement version {version_id}"
        raise LookupError(message)
    return AgreementRecord(
        id=row.id,
        customer=row.customer,
        effective=row.effective,
        source=row.source,
        source_sha256=row.source_sha256,
        resolved=row.resolved,
        applied_at=row.applied_at,
        applied_by=row.applied_by,
        tzdata_version=row.tzdata_version,
        msp_version_id=row.msp_version_id,
    )
