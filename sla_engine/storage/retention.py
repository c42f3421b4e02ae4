"""Empties deliveries and removes refusals after their time; ids and states stay, so that nothing is taken twice."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import Boolean, ColumnElement, Update, delete, literal_column, select, tuple_, update
from sqlalchemy.orm import Session

from sla_engine.domain.upkeep.inbox_state import InboxState
from sla_engine.domain.upkeep.retries import Queue
from sla_engine.storage import failures
from sla_engine.storage.tables.incidents import Act
from sla_engine.storage.tables.intake import Inbox, Triage
from sla_engine.storage.tables.shifts import NudgeRecipient
from sla_engine.storage.tables.upkeep import Refusal

EMPTIED = "nobody decided about it in time; what it held was emptied"
"""The error of a delivery that was refused or failed, and is dropped when it is emptied."""

# Spelt as the index over deliveries that are not emptied: a partial index is taken only for the same words.
_HOLDS_SOMETHING: ColumnElement[bool] = literal_column("payload <> '{}'", Boolean)

_SETTLED = (InboxState.DONE.value, InboxState.DROPPED.value)
_UNDECIDED = (InboxState.REFUSED.value, InboxState.FAILED.value)


def empty_inbox(session: Session, *, before: datetime, limit: int) -> int:
    """Empty the oldest deliveries and requests from before then that are settled; answers how many.

    One that was refused or failed, and about which nobody decided, is marked as dropped. The deliveries of a ticket
    that waits for triage, or for its opening, are kept.
    """
    needed = _needed_for_triage(session)
    wanted = (
        select(Inbox.id, Inbox.state)
        .where(_HOLDS_SOMETHING, Inbox.received_at < before, Inbox.state.in_((*_SETTLED, *_UNDECIDED)))
        .order_by(Inbox.received_at)
        .execution_options(yield_per=limit)
    )
    with session.execute(wanted) as rows:
        oldest = list(islice(((name, state) for name, state in rows if name not in needed), limit))
    settled = [name for name, state in oldest if state in _SETTLED]
    undecided = [name for name, state in oldest if state in _UNDECIDED]
    session.execute(_of(settled, _SETTLED).values(payload={}))
    session.execute(
        _of(undecided, _UNDECIDED).values(payload={}, state=InboxState.DROPPED.value, done_at=before, error=EMPTIED)
    )
    for name in undecided:
        for queue in (Queue.DELIVERY, Queue.REQUEST):
            failures.clear(session, queue, name)
    return len(oldest)


def drop_refusals(session: Session, *, before: datetime, limit: int) -> int:
    """Remove the oldest refusals from before then; answers how many."""
    oldest = session.scalars(select(Refusal.id).where(Refusal.at < before).order_by(Refusal.id).limit(limit)).all()
    session.execute(delete(Refusal).where(Refusal.id.in_(oldest)))
    return len(oldest)


def drop_acts(session: Session, *, before: datetime, limit: int) -> int:
    """Remove the oldest acts from before then, which nobody can undo any more; answers how many."""
    oldest = session.scalars(select(Act.id).where(Act.done_at < before).order_by(Act.id).limit(limit)).all()
    session.execute(delete(Act).where(Act.id.in_(oldest)))
    return len(oldest)


def drop_calls(session: Session, *, before: datetime, limit: int) -> int:
    """Remove whom the oldest nudges from before then called, which no figure counts any more; answers how many."""
    oldest = select(NudgeRecipient.message, NudgeRecipient.person).where(NudgeRecipient.called_at < before)
    rows = session.execute(oldest.order_by(NudgeRecipient.called_at).limit(limit)).all()
    row = tuple_(NudgeRecipient.message, NudgeRecipient.person)
    session.execute(delete(NudgeRecipient).where(row.in_([tuple(one) for one in rows])))
    return len(rows)


def _needed_for_triage(session: Session) -> set[str]:
    """The ids of deliveries of tickets that are still to be placed, or opened."""
    payloads = session.scalars(select(Triage.payload).where(Triage.settled_at.is_(None)))
    return {name for payload in payloads for name in payload["deliveries"]}


def _of(names: Sequence[str], states: Sequence[str]) -> Update:
    """An update of these rows, as long as they are in one of these states."""
    return update(Inbox).where(Inbox.id.in_(names), Inbox.state.in_(states))
