"""Keeps the one message about what waits for triage: posts it, edits it, calls again, and takes it away when empty."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sla_engine.domain.agreements.errors import NotSetUp
from sla_engine.domain.incidents.triage import LiveTriage, TriageRecord, TriageStep, triage_step
from sla_engine.domain.text.names import names_with_part, same_name, similar_names
from sla_engine.notifications.kinds import to_payload
from sla_engine.notifications.triage import TriageLine, TriageMessage
from sla_engine.services.intake.triage_rows import NO_CUSTOMER
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import agreements, outbox, settings, triage
from sla_engine.storage.database import Session
from sla_engine.storage.outbox import NewMessage

STATE = "triage message"
SHOWN = 12
"""Items in a message: Slack takes 50 blocks."""
MENU_HOLDS = 100
"""Customers in a menu; beyond them one is found by typing."""


class TriageMessages:
    """The message in the dispatcher channel; `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def keep_up(self, *, now: datetime) -> TriageStep:
        """Bring the message in line with what waits; answers what was done.

        Raises: StorageBusy.
        """
        with self.unit_of_work.database.reading() as session:
            step, _, _ = self._next(session, settings.get(session, STATE) or {}, now=now)
        if step is TriageStep.NONE:
            return step
        with self.unit_of_work.database.transaction() as session:
            state = settings.locked_from(session, STATE, {})
            step, message, waiting = self._next(session, state, now=now)
            self._do(session, step, state, message, waiting, now=now)
        return step

    def _next(
        self, session: Session, state: dict[str, Any], *, now: datetime
    ) -> tuple[TriageStep, TriageMessage, Sequence[TriageRecord]]:
        """What is to be done, the message as it should read, and what waits."""
        customers = agreements.customers(session)
        waiting = [record for record in triage.waiting(session) if needs_decision(record, customers)]
        try:
            mention = self.unit_of_work.msp(session).dispatcher(now)
        except NotSetUp:
            return TriageStep.NONE, message_of(waiting, customers, mention=None), waiting
        message = message_of(waiting, customers, mention=mention)
        is_shown = to_payload(message) == state.get("shown")
        return triage_step(_live(state), waiting, now=now, is_shown=is_shown), message, waiting

    def _do(
        self,
        session: Session,
        step: TriageStep,
        state: dict[str, Any],
        message: TriageMessage,
        waiting: Sequence[TriageRecord],
        *,
        now: datetime,
    ) -> None:
        channel, at = self.unit_of_work.msp(session).dispatcher_channel, self.unit_of_work.real_clock()
        live, number = state.get("message"), int(state.get("number", 0))
        match step:
            case TriageStep.NONE:
                return
            case TriageStep.EDIT:
                edits = int(state.get("edits", 0)) + 1
                outbox.edit(
                    session,
                    NewMessage(key=live or "", destination=channel, notification=message, at=at),
                    edit_name=f"edit:{edits}",
                )
                state |= {"shown": to_payload(message), "edits": edits}
            case TriageStep.POST:
                name = f"triage:{number + 1}"
                outbox.enqueue(session, NewMessage(key=name, destination=channel, notification=message, at=at))
                if live is not None:
                    _take_away(session, live, channel, message, successor=name, at=at)
                state |= {
                    "message": name,
                    "number": number + 1,
                    "posted_at": now.isoformat(),
                    "called_for": [record.id for record in waiting],
                    "is_urgent": any(record.is_urgent for record in waiting),
                    "shown": to_payload(message),
                }
            case TriageStep.DELETE:
                _take_away(session, live or "", channel, message, successor=None, at=at)
                state |= {"message": None, "shown": None}
        settings.put(session, STATE, state)


def needs_decision(record: TriageRecord, customers: Sequence[str]) -> bool:
    """Whether somebody has to decide: not while a new customer's agreement is being written."""
    return record.new_by is None or same_name(record.customer, customers) is not None


def message_of(waiting: Sequence[TriageRecord], customers: Sequence[str], *, mention: str | None) -> TriageMessage:
    """The message about what waits."""
    return TriageMessage(
        lines=tuple(line_of(record, customers) for record in waiting[:SHOWN]),
        more=max(0, len(waiting) - SHOWN),
        mention=mention,
        customers=tuple(customers) if len(customers) <= MENU_HOLDS else (),
    )


def line_of(record: TriageRecord, customers: Sequence[str]) -> TriageLine:
    """One item of a message or a list, with the customer whose name is likest."""
    fitting = names_with_part(record.customer, customers) or similar_names(record.customer, customers)
    return TriageLine(
        number=record.id,
        customer=record.customer,
        title=record.title,
        source=record.source,
        came_at=record.came_at,
        priority=record.priority,
        reason="" if record.reason == NO_CUSTOMER else record.reason,
        about=record.about,
        suggestion=fitting[0] if len(fitting) == 1 else None,
    )


def _live(state: dict[str, Any]) -> LiveTriage | None:
    if not state.get("message"):
        return None
    return LiveTriage(
        message=state["message"],
        posted_at=datetime.fromisoformat(state["posted_at"]),
        called_for=frozenset(state["called_for"]),
        is_urgent=state["is_urgent"],
    )


def _take_away(
    session: Session, live: str, channel: str, message: TriageMessage, *, successor: str | None, at: datetime
) -> None:
    """Delete a message; where a person wrote under it, it shrinks to one line."""
    shrunk = replace(message, lines=(), more=0, mention=None, customers=(), gone=successor is None)
    outbox.enqueue(
        session,
        NewMessage(
            key=f"{live}:delete",
            message=live,
            op="delete",
            destination=channel,
            notification=shrunk,
            at=at,
            successor=successor,
        ),
    )
