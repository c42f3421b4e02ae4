"""Problems, and what happened to each."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from sla_engine.storage.tables.base import Base, BigKey


class ProblemRow(Base):
    """A problem as it is now: a projection of its facts, locked while one is added. Its incidents name it."""

    __tablename__ = "problem"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    state: Mapped[str] = mapped_column(index=True)
    watched_until: Mapped[datetime | None]


class ProblemFactRow(Base):
    """One thing that happened to a problem; UPDATE and DELETE are refused by triggers. Instants are SLA time."""

    __tablename__ = "problem_fact"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    problem_id: Mapped[int] = mapped_column(ForeignKey("problem.id"))
    kind: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]
    text: Mapped[str]
    until: Mapped[datetime | None]
    undoes: Mapped[int | None] = mapped_column(BigInteger)
    request: Mapped[str | None] = mapped_column(unique=True)
    __table_args__ = (Index("ix_problem_fact_problem_id_id", "problem_id", "id"),)
