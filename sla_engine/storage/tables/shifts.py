"""Who is absent and who dispatches, whom nudges called, and who did not react."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, text
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


class NudgeRecipient(Base):
    """A person whom a posted nudge called; `rung` is empty for a nudge that no rung caused. Instants are SLA time."""

    __tablename__ = "nudge_recipient"
    message: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    called_at: Mapped[datetime]
    priority: Mapped[str]
    metric: Mapped[str]
    rung: Mapped[str]
    __table_args__ = (
        Index("ix_nudge_recipient_called_at", "called_at"),
        Index("ix_nudge_recipient_incident_id_called_at", "incident_id", "called_at"),
    )


class SilenceRow(Base):
    """A time in which somebody did not react to nudges about their incidents. Instants are SLA time.

    `message` names the message about it; it was `answered` where it ended without an act of theirs: a colleague knew
    better, they were said to be away, or nothing of theirs was open any more.
    """

    __tablename__ = "silence"
    message: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str]
    noticed_at: Mapped[datetime]
    shown: Mapped[dict[str, Any]]
    edits: Mapped[int]
    settled_at: Mapped[datetime | None]
    answered: Mapped[bool]
    __table_args__ = (
        Index("ix_silence_person_settled_at", "person", "settled_at"),
        Index("ix_silence_open", "person", postgresql_where=text("settled_at IS NULL"),
              sqlite_where=text("settled_at IS NULL")),
    )  # fmt: skip


class HandoverRow(Base):
    """The dispatch went from one person to the next; the newest row says who has it. Instants are SLA time.

    `message` names the message about it, which shows `shown` after `edits` edits; `reminded` is who was told that
    nobody has taken over, and `closed` that nobody has to any more.
    """

    __tablename__ = "handover"
    message: Mapped[str] = mapped_column(primary_key=True)
    taken_by: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    shown: Mapped[dict[str, Any]]
    edits: Mapped[int]
    reminded: Mapped[int]
    closed: Mapped[bool]
