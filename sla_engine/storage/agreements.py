"""Versions of agreements by customer: which of them is in force at an instant, and which were applied when."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sla_engine.domain.agreements.versions import AppliedVersion
from sla_engine.storage.database import READ_ONCE
from sla_engine.storage.tables.agreements import AgreementVersion


def customers(session: Session) -> tuple[str, ...]:
    """The customers that have an agreement, by name."""
    return tuple(sorted(session.scalars(select(AgreementVersion.customer).distinct())))


def in_force(session: Session, customer: str, *, at: datetime) -> int | None:
    """The number of the version that began last up to `at`; of equals the newest applied; None when none began."""
    return session.scalar(
        select(AgreementVersion.id)
        .where(AgreementVersion.customer == customer, AgreementVersion.effective <= at)
        .order_by(AgreementVersion.effective.desc(), AgreementVersion.id.desc())
        .limit(1)
    )


def all_in_force(session: Session, *, at: datetime) -> dict[str, int]:
    """The number of the version in force at `at` for every customer, as `in_force` chooses it."""
    rows = session.execute(
        select(AgreementVersion.customer, AgreementVersion.id)
        .where(AgreementVersion.effective <= at)
        .order_by(AgreementVersion.customer, AgreementVersion.effective, AgreementVersion.id)
    )
    return {customer: number for customer, number in rows}  # noqa: C416 - rows are no tuples to mypy


def applied_versions(session: Session, customer: str) -> tuple[AppliedVersion, ...]:
    """All versions of a customer's agreement, in the order they were applied; read once in a reading transaction."""
    seen: dict[str, tuple[AppliedVersion, ...]] = session.info.get(READ_ONCE, {})
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


def first_effective(session: Session, customer: str) -> datetime | None:
    """The instant from which the customer's first agreement counts; None without one."""
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
