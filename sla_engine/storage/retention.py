"""Empties or removes what came in after its time. Ids and states stay, so that nothing is ever taken twice."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import Boolean, ColumnElement, Update, delete, literal_column, select, update
from sqlalchemy.orm import Session

from sla_engine.domain.upkeep.inbox_state import InboxState
from sla_engine.domain.upkeep.retries import Queue
from sla_engine.storage import failures
from sla_engine.storage.tables.intake import Inbox, Triage
from sla_engine.storage.tables.upkeep import Refusal

EMPTIED = "nobody decided about it in time; what it held was emptied"
"""Why what was refused or failed counts as dropped from then on."""

# As the indexes over what is not emptied say it: a partial index is taken only for the same words.
_HOLDS_SOMETHING: ColumnElement[bool] = literal_column("payload <> '{}'", Boolean)

_SETTLED = (InboxState.DONE.value, InboxState.DROPPED.value)
_UNDECIDED = (InboxState.REFUSED.value, InboxState.FAILED.value)


def empty_inbox(session: Session, *, before: datetime, limit: int) -> int:
    """Empty the oldest deliveries and requests from before then that are settled; answers how many.

    One that was refused or failed, and about which nobody decided, counts as dropped. What something in triage, or a
    ticket that was not opened yet, was told by is kept.
    """
    needed = _told_of_what_waits(session)
    wanted = (
        select(Inbox.id, Inbox.state)
        .where(_HOLDS_SOMETHING, Inbox.received_at < before, Inbox.state.in_((*_SETTLED, *_UNDECIDED)))
        .order_by(Inbox.received_at)
        .execution_options(yield_per=limit)
    )
    with session.execute(wanted) as rows:
        found = list(islice(((name, state) for name, state in rows if name not in needed), limit))
    settled = [name for name, state in found if state in _SETTLED]
    undecided = [name for name, state in found if state in _UNDECIDED]
    session.execute(_of(settled, _SETTLED).values(payload={}))
    session.execute(
        _of(undecided, _UNDECIDED).values(payload={}, state=InboxState.DROPPED.value, done_at=before, error=EMPTIED)
    )
    for name in undecided:
        for queue in (Queue.DELIVERY, Queue.REQUEST):
            failures.clear(session, queue, name)
    return len(found)


def drop_refusals(session: Session, *, before: datetime, limit: int) -> int:
    """Remove the oldest refusals from before then; answers how many."""
    found = session.scalars(select(Refusal.id).where(Refusal.at < before).order_by(Refusal.id).limit(limit)).all()
    session.execute(delete(Refusal).where(Refusal.id.in_(found)))
    return len(found)


def _told_of_what_waits(session: Session) -> set[str]:
    kept = session.scalars(select(Triage.payload).where(Triage.settled_at.is_(None)))
    return {name for payload in kept for name in payload["deliveries"]}


def _of(names: Sequence[str], states: Sequence[str]) -> Update:
    """These rows, as long as nobody has begun to work on them anew."""
    return update(Inbox).where(Inbox.id.in_(names), Inbox.state.in_(states))
