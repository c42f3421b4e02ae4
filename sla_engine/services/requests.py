"""Clicks, commands and forms: kept before they are answered, so that none is lost and none is done twice."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sla_engine.notifications import LineMessage
from sla_engine.storage import inbox, outbox
from sla_engine.storage.database import Database

SOURCE = "slack"


class Requests:
    """The inbox as the front end uses it. Instants are real time."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def take(self, request: str, payload: Mapping[str, Any], *, at: datetime) -> bool:
        """Keep a request; False when it was kept before.

        Raises: StorageBusy.
        """
        with self.database.transaction() as session:
            return inbox.take(session, inbox_id=request, source=SOURCE, payload=payload, received_at=at)

    def done(self, request: str, *, at: datetime) -> None:
        """The request was carried out and answered."""
        with self.database.transaction() as session:
            inbox.done(session, request, at=at)

    def unfinished(self, *, at: datetime, older_than: timedelta, limit: int = 20) -> list[dict[str, Any]]:
        """Requests that were kept but never finished: a process died, or the database went away, in between."""
        with self.database.reading() as session:
            rows = inbox.waiting(session, source=SOURCE, before=at - older_than, limit=limit)
            return [dict(row.payload) for row in rows]

    def answer_later(self, request: str, person: str, text: str, *, at: datetime) -> None:
        """Send an answer that Slack did not take as a direct message, when Slack is back."""
        line = LineMessage(incident_key=None, text_key="answer", facts={"text": text})
        with self.database.transaction() as session:
            outbox.enqueue(session, key=f"answer:{request}", destination=person, notification=line, at=at)
