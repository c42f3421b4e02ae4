"""Progress of replayed logs, so that an interrupted replay goes on and a finished one is not done again."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from sla_engine.storage.tables.intake import Replay


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayRecord:
    """One log under one agreement: rows worked through, facts added by all runs, and the figures so far."""

    name: str
    rows_done: int
    facts_added: int
    figures: dict[str, Any]


def find(session: Session, name: str) -> ReplayRecord | None:
    """The progress of the replay with this name; None before its first batch."""
    row = session.get(Replay, name)
    if row is None:
        return None
    return ReplayRecord(
        name=row.name,
        rows_done=row.rows_done,
        facts_added=row.facts_added,
        figures=row.figures or {},
    )


def store(session: Session, record: ReplayRecord) -> None:
    """Store the progress, in the transaction that made it."""
    row = session.get(Replay, record.name)
    if row is None:
        row = Replay(name=record.name)
        session.add(row)
    row.rows_done, row.facts_added = record.rows_done, record.facts_added
    row.figures = record.figures
    session.flush()
