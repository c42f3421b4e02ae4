"""The facts that a supposed act would record; refused where the act itself would be refused."""

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
from sla_engine.domain.incidents.suppositions import IfActed, IfPaused, IfPriority, IfResolved, IfResumed
from sla_engine.domain.time.errors import InThePast

Fact = tuple[datetime, Event]


def facts_of(act: IfActed, record: Incident, history: Sequence[Entry]) -> list[Fact]:
    """The facts that an act would record, and when; a pause with an end is resumed then, as promised.

    Raises: AlreadyMerged, AlreadyMoved, TicketDeleted, AlreadyResolved, BeforeOpening, AlreadyPaused, NotPaused,
        SamePriority, InThePast.
    """
    _refuse_closed(act, record, history)
    match act:
        case IfPaused():
            return _paused(act, record, history)
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


def _paused(act: IfPaused, record: Incident, history: Sequence[Entry]) -> list[Fact]:
    if act.reason in record.paused_for:
        paused_at = [e.at for e in history if isinstance(e.event, Paused) and e.event.reason is act.reason]
        raise AlreadyPaused(record.key, act.reason.value, paused_at[-1])
    paused = (act.at, Paused(reason=act.reason, until=act.until))
    if act.until is None:
        return [paused]
    if act.until <= act.at:
        raise InThePast("until", act.until)
    return [paused, (act.until, Resumed(reason=act.reason))]
