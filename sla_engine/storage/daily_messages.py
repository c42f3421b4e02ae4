"""The live daily message of each person."""

from dataclasses import dataclass
from typing import cast

from sqlalchemy.orm import Session

from sla_engine.notifications.daily import DailyMessage
from sla_engine.notifications.kinds import from_payload, to_payload
from sla_engine.storage.tables.notes import DailyMessageRow
from sla_engine.storage.upserts import upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveDaily:
    """A person's live daily message: its name in the outbox, how often it was edited, and what it shows."""

    person: str
    message: str
    edits: int
    shown: DailyMessage


def lock(session: Session, person: str) -> LiveDaily | None:
    """The live message of a person, locked until the transaction ends; None before the first."""
    row = session.get(DailyMessageRow, person, with_for_update=True, populate_existing=True)
    if row is None:
        return None
    shown = cast("DailyMessage", from_payload("daily", row.shown))
    return LiveDaily(person=person, message=row.message, edits=row.edits, shown=shown)


def save(session: Session, live: LiveDaily) -> None:
    """Keep what a person's live message shows now."""
    columns = {"person": live.person, "message": live.message, "edits": live.edits, "shown": to_payload(live.shown)}
    upsert(session, DailyMessageRow, [columns], key=["person"])
