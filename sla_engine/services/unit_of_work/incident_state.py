"""Where an incident stands after its facts: the columns of the incident row, folded from its history."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.expected_ends import expected_ends
from sla_engine.domain.incidents.events import (
    Acknowledged,
    Assigned,
    CustomerReplied,
    CustomerUpdated,
    Deleted,
    Entry,
    HandedBack,
    Merged,
    Moved,
    Paused,
    PrioritySet,
    PromiseLapsed,
    PromiseQuestioned,
    Reopened,
    Resolved,
    Responded,
    Resumed,
    Retitled,
    Snoozed,
    Unassigned,
    in_order,
)
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.storage.incidents import IncidentRecord


def standing_after(record: IncidentRecord, history: Sequence[Entry], terms: Terms) -> IncidentRecord:
    """The record with every projected column recomputed from the whole history; `terms` say what a reply ends."""
    standing = replace(
        record,
        state="open",
        resolved_at=None,
        assignee=None,
        responsible=None,
        paused_for=(),
        customer_waits_since=None,
        acknowledged_by=None,
        acknowledged_at=None,
        promise=None,
        promise_asked_at=None,
        snoozed_until=None,
        merged_into=None,
    )
    for entry in in_order(history):
        if standing.is_over:
            break  # what is told of a duplicate belongs to the incident it was merged into
        if isinstance(entry.event, CustomerReplied):
            standing = _replied(standing, entry, terms)
        else:
            standing = _after(standing, entry)
    ends = expected_ends(history, standing.paused_for)
    return replace(standing, pause_until=min(ends.values(), default=None))


def _replied(record: IncidentRecord, entry: Entry, terms: Terms) -> IncidentRecord:
    """The customer waits for an answer; usually a pause for the customer ends."""
    ends_pause = terms.at(entry.at).agreement.reply_ends_pause
    answered = _resumed(record, PauseReason.CUSTOMER) if ends_pause else record
    return replace(answered, customer_waits_since=entry.at)


def _after(record: IncidentRecord, entry: Entry) -> IncidentRecord:  # noqa: C901, PLR0911, PLR0912 - a row per fact
    event = entry.event
    match event:
        case PrioritySet():
            return replace(record, priority=event.priority)
        case Assigned():
            return replace(record, assignee=event.to, responsible=event.to)
        case HandedBack() | Unassigned():
            return replace(record, assignee=None)
        case Retitled():
            return replace(record, title=event.title)
        case Responded():
            return _told(record)
        case CustomerUpdated():
            told = _told(record)
            return told if event.next_at is None else replace(told, promise=event.next_at, promise_asked_at=None)
        case Paused():
            return _paused(record, event)
        case Resumed():
            return _resumed(record, event.reason)
        case Resolved():
            return _resolved(record, entry.at)
        case Reopened():
            return replace(record, state="open", resolved_at=None)
        case Acknowledged():
            return replace(
                record,
                acknowledged_by=entry.by,
                acknowledged_at=entry.at,
                promise=event.promise,
                promise_asked_at=None,
            )
        case PromiseQuestioned():
            return replace(record, promise_asked_at=entry.at)
        case PromiseLapsed():
            return replace(record, acknowledged_by=None, acknowledged_at=None, promise=None, promise_asked_at=None)
        case Merged():
            return replace(_resolved(record, entry.at), state="merged", merged_into=event.into)
        case Moved():
            return replace(_resolved(record, entry.at), state="moved")
        case Deleted():
            return replace(_resolved(record, entry.at), state="deleted")
        case Snoozed():
            return replace(record, snoozed_until=event.until)
        case _:
            return record


def _told(record: IncidentRecord) -> IncidentRecord:
    """A customer update keeps the promise, also one that comes late, as long as it has not lapsed."""
    return replace(record, customer_waits_since=None, promise=None, promise_asked_at=None)


def _paused(record: IncidentRecord, event: Paused) -> IncidentRecord:
    if event.reason in record.paused_for:
        return record
    return replace(record, paused_for=(*record.paused_for, event.reason))


def _resumed(record: IncidentRecord, reason: PauseReason | None) -> IncidentRecord:
    left = () if reason is None else tuple(held for held in record.paused_for if held is not reason)
    return replace(record, paused_for=left)


def _resolved(record: IncidentRecord, at: datetime) -> IncidentRecord:
    """Resolved since `at`, or since before: closing what was resolved moves nothing."""
    return replace(
        record,
        state="resolved",
        resolved_at=record.resolved_at or at,
        paused_for=(),
        customer_waits_since=None,
        acknowledged_by=None,
        acknowledged_at=None,
        promise=None,
        promise_asked_at=None,
        snoozed_until=None,
    )
