"""Where an incident stands after its facts: the columns of the incident row, folded from its history."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sla_engine.domain.events import (
    Acknowledged,
    Assigned,
    CustomerReplied,
    CustomerUpdated,
    Entry,
    HandedBack,
    Paused,
    PrioritySet,
    PromiseLapsed,
    Reopened,
    Resolved,
    Responded,
    Resumed,
    Snoozed,
    in_order,
)
from sla_engine.domain.reasons import PauseReason
from sla_engine.storage.incidents import IncidentRecord


def standing_after(record: IncidentRecord, history: Sequence[Entry]) -> IncidentRecord:
    """The record with every projected column recomputed from the whole history."""
    standing = replace(
        record,
        state="open",
        resolved_at=None,
        assignee=None,
        responsible=None,
        paused_for=(),
        pause_until=None,
        customer_waits_since=None,
        acknowledged_by=None,
        acknowledged_at=None,
        promise=None,
        snoozed_until=None,
    )
    for entry in in_order(history):
        standing = _after(standing, entry)
    return standing


def _after(record: IncidentRecord, entry: Entry) -> IncidentRecord:  # noqa: C901, PLR0911, PLR0912 - a row per fact
    event = entry.event
    match event:
        case PrioritySet():
            return replace(record, priority=event.priority)
        case Assigned():
            return replace(record, assignee=event.to, responsible=event.to)
        case HandedBack():
            return replace(record, assignee=None)
        case Responded():
            return replace(record, customer_waits_since=None, promise=_kept(record.promise, entry.at))
        case CustomerUpdated():
            promise = event.next_at or _kept(record.promise, entry.at)
            return replace(record, customer_waits_since=None, promise=promise)
        case CustomerReplied():
            return replace(_resumed(record, PauseReason.CUSTOMER), customer_waits_since=entry.at)
        case Paused():
            return _paused(record, event)
        case Resumed():
            return _resumed(record, event.reason)
        case Resolved():
            return _resolved(record, entry.at)
        case Reopened():
            return replace(record, state="open", resolved_at=None)
        case Acknowledged():
            return replace(record, acknowledged_by=entry.by, acknowledged_at=entry.at, promise=event.promise)
        case PromiseLapsed():
            return replace(record, acknowledged_by=None, acknowledged_at=None, promise=None)
        case Snoozed():
            return replace(record, snoozed_until=event.until)
        case _:
            return record


def _kept(promise: datetime | None, told_at: datetime) -> datetime | None:
    """A customer update keeps the promise; one that comes after it lapsed changes nothing about it."""
    return None if promise is not None and told_at <= promise else promise


def _paused(record: IncidentRecord, event: Paused) -> IncidentRecord:
    if event.reason in record.paused_for:
        return replace(record, pause_until=event.until)
    return replace(record, paused_for=(*record.paused_for, event.reason), pause_until=event.until)


def _resumed(record: IncidentRecord, reason: PauseReason | None) -> IncidentRecord:
    left = () if reason is None else tuple(held for held in record.paused_for if held is not reason)
    return replace(record, paused_for=left, pause_until=record.pause_until if left else None)


def _resolved(record: IncidentRecord, at: datetime) -> IncidentRecord:
    """Resolved since `at`, or since before: closing what was resolved moves nothing."""
    return replace(
        record,
        state="resolved",
        resolved_at=record.resolved_at or at,
        paused_for=(),
        pause_until=None,
        customer_waits_since=None,
        acknowledged_by=None,
        acknowledged_at=None,
        promise=None,
        snoozed_until=None,
    )
