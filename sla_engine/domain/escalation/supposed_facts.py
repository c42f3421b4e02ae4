"""The facts a supposed act would record, refused where the act itself would be."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from sla_engine.domain.incidents.endings import deleted_at, moved
from sla_engine.domain.incidents.errors import (
    AlreadyMerged,
    AlreadyMoved,
    AlreadyPaused,
    AlreadyResolved,
    BeforeOpening,
    NotPaused,
    SamePriority,
    TicketDeleted,
)
from sla_engine.domain.incidents.events import Event, Paused, PrioritySet, Resolved, Resumed
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.pauses import ReplyEndsPause, held_pauses
from sla_engine.domain.incidents.suppositions import IfActed, IfPaused, IfPriority, IfResolved, IfResumed
from sla_engine.domain.time.errors import InThePast

Fact = tuple[datetime, Event]


def facts_of(
    act: IfActed, record: Incident, history: Sequence[Entry], *, reply_ends_pause: ReplyEndsPause
) -> list[Fact]:
    """The facts that an act would record, and when; a pause with an end is resumed then, as promised.

    Raises: AlreadyMerged, AlreadyMoved, TicketDeleted, AlreadyResolved, BeforeOpening, AlreadyPaused, NotPaused,
        SamePriority, InThePast.
    """
    _refuse_closed(act, record, history)
    match act:
        case IfPaused():
            held = held_pauses(history, reply_ends_pause).get(act.reason)
            return _paused(act, record, since=None if held is None else held.since)
        case IfResumed():
            if not record.paused_for:
                raise NotPaused(record.key)
            return [(act.at, Resumed())]
        case IfPriority():
            if record.priority is act.priority:
                raise SamePriority(record.key, record.priority.value)
            return [(act.at, PrioritySet(priority=act.priority))]
        case IfResolved():
            return [(act.at, Resolved())]
        case _:
            assert_never(act)


def _refuse_closed(act: IfActed, record: Incident, history: Sequence[Entry]) -> None:
    if record.merged_into is not None:
        raise AlreadyMerged(record.key, record.merged_into)
    gone, deleted = moved(history), deleted_at(history)
    if gone is not None:
        raise AlreadyMoved(record.key, gone.customer, gone.key)
    if deleted is not None:
        raise TicketDeleted(record.key, deleted)
    if record.resolved_at is not None:
        raise AlreadyResolved(record.key, record.resolved_at)
    if act.at < record.opened_at:
        raise BeforeOpening(record.key, act.at, record.opened_at)


def _paused(act: IfPaused, record: Incident, *, since: datetime | None) -> list[Fact]:
    """The pause and its expected end; `since` is when a pause for that reason began that holds already."""
    if since is not None:
        raise AlreadyPaused(record.key, act.reason.value, since)
    paused = (act.at, Paused(reason=act.reason, until=act.until))
    if act.until is None:
        return [paused]
    if act.until <= act.at:
        raise InThePast("until", act.until)
    return [paused, (act.until, Resumed(reason=act.reason))]
