"""Who is absent and who dispatches, as people said in Slack."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from sla_engine.storage.tables.base import Base


class RosterChangeRow(Base):
    """One thing somebody said about absences and turns; rows are only ever added. Instants are SLA time."""

    __tablename__ = "roster_change"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str]
    person: Mapped[str]
    by: Mapped[str]
    told_at: Mapped[datetime]
    until: Mapped[datetime | None]
    undoes: Mapped[int | None] = mapped_column(BigInteger)
    request: Mapped[str | None] = mapped_column(unique=True)
