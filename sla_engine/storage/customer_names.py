"""Other names of customers: what another system calls somebody whom an agreement names otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sla_engine.domain.text.names import folded
from sla_engine.storage.tables.intake import CustomerName


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherName:
    """A name that always means this customer, and who said so when (SLA time)."""

    name: str
    customer: str
    by: str
    at: datetime


def customer_called(session: Session, name: str) -> str | None:
    """The customer that this name was said to mean; None where nobody said so."""
    return session.scalar(select(CustomerName.customer).where(CustomerName.folded == folded(name)))


def keep(session: Session, name: str, *, customer: str, by: str, at: datetime) -> None:
    """Let a name mean a customer from now on, whatever it meant before."""
    forget(session, name)
    session.add(CustomerName(folded=folded(name), name=name, customer=customer, by=by, at=at))
    session.flush()


def forget(session: Session, name: str) -> None:
    """Let a name mean nobody again."""
    session.execute(delete(CustomerName).where(CustomerName.folded == folded(name)))


def other_names(session: Session) -> Sequence[OtherName]:
    """Every name that was said to mean a customer, by name."""
    rows = session.scalars(select(CustomerName).order_by(CustomerName.folded))
    return [OtherName(name=row.name, customer=row.customer, by=row.by, at=row.at) for row in rows]
