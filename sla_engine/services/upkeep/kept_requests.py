"""Clicks, commands and forms: kept before they are answered, so that none is lost and none is done twice."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sla_engine.domain.upkeep.retries import URGENT, Queue
from sla_engine.notifications.notices import LineMessage
from sla_engine.storage import failures, inbox, outbox
from sla_engine.storage.database import Database
from sla_engine.storage.failures import FailureRecord

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

    def take_form(self, request: str, payload: Mapping[str, Any], *, at: datetime) -> bool:
        """Keep a submitted form, named by its view; False when it was carried out before.

        One whose work failed, or that is still under way, is kept anew with what it says now.

        Raises: StorageBusy.
        """
        with self.database.transaction() as session:
            if inbox.take(session, inbox_id=request, source=SOURCE, payload=payload, received_at=at):
                return True
            return inbox.take_again(session, request, payload)

    def forget(self, request: str) -> None:
        """Forget a form that was refused, so that it may be submitted again."""
        with self.database.transaction() as session:
            inbox.forget(session, request)

    def done(self, request: str, *, at: datetime) -> None:
        """Record that a request was carried out and answered."""
        with self.database.transaction() as session:
            inbox.done(session, request, at=at)
            failures.clear(session, Queue.REQUEST, request)

    def unfinished(self, *, at: datetime, older_than: timedelta, limit: int = 20) -> list[str]:
        """The names of unfinished requests that are to be carried out now, oldest first.

        A process died or the database went away in between, or they failed and are to be tried again.
        """
        with self.database.reading() as session:
            return inbox.waiting(session, sources=[SOURCE], before=at - older_than, now=at, limit=limit)

    def kept(self, request: str) -> dict[str, Any]:
        """The payload of a kept request.

        Raises: LookupError.
        """
        with self.database.reading() as session:
            row = inbox.find(session, request)
        if row is None:
            raise LookupError(request)
        return dict(row.payload)

    def failed(self, request: str, error: Exception, *, at: datetime) -> FailureRecord:
        """Count a failure: the request is tried again later, or after five tries set aside."""
        with self.database.transaction() as session:
            return inbox.put_off(session, request, queue=Queue.REQUEST, error=error, pace=URGENT, at=at)

    def give_up(self, request: str, error: Exception, *, at: datetime) -> None:
        """Record that a request cannot be carried out, and is not to be tried again."""
        with self.database.transaction() as session:
            inbox.failed(session, request, failures.described(error), at=at)
            failures.clear(session, Queue.REQUEST, request)

    def answer_later(self, request: str, person: str, text: str, *, at: datetime) -> None:
        """Send an answer that Slack did not take as a direct message, when Slack is back."""
        line = LineMessage(incident_key=None, text_key="answer", facts={"text": text})
        with self.database.transaction() as session:
            outbox.enqueue(
                session, outbox.NewMessage(key=f"answer:{request}", destination=person, notification=line, at=at)
            )
