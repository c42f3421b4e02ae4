"""Notifications as values: the engine writes them into the outbox; a front end turns them into messages.

Everything a message shows is in its value, so that rendering needs no database and an edit is simply the next value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from sla_engine.domain.escalation.nudges import AlsoDue, NudgeCause


class NudgeState(StrEnum):
    """The state of a nudge: waiting, acknowledged, snoozed, replaced by a later one, or closed."""

    LIVE = "live"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    SUPERSEDED = "superseded"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An act on an incident: the stored name of the fact, its text, and its other fields."""

    what: str
    by: str
    at: datetime
    text: str = ""
    fields: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NudgeMessage:
    """A nudge in the dispatcher channel (or a technician's DM). Ids are Slack user ids, durations open time."""

    incident_key: str
    title: str
    customer: str
    priority: str
    link: str | None
    cause: NudgeCause
    metric_label: str | None
    percent: int
    due_at: datetime | None
    elapsed: timedelta
    target: timedelta
    breached_at: datetime | None
    noticed_at: datetime | None
    """Set when the breach was noticed late (after an outage)."""
    mention: tuple[str, ...]
    assignee: str | None
    repeat: int = 0
    text: str = ""
    state: NudgeState = NudgeState.LIVE
    state_by: str | None = None
    state_at: datetime | None = None
    promise: datetime | None = None
    snoozed_until: datetime | None = None
    also: tuple[AlsoDue, ...] = ()
    updates: tuple[Happened, ...] = ()
    """The acts since the nudge was posted, newest last."""
    rung: str = ""
    """The point at which its rung is reached, where that is no share: `30m before due`."""
    asked: str | None = None
    """The person whose promised update did not come, and who is asked whether the promise still holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """One missed target, as a note and its prompt show it."""

    metric_label: str
    target: timedelta
    elapsed: timedelta
    breached_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWantedMessage:
    """The prompt for an SLA note, to the responsible technician or the service manager; reminders count from 1."""

    incident_key: str
    title: str
    customer: str
    priority: str
    misses: tuple[Miss, ...]
    writer: str | None
    for_manager: bool
    reminder: int = 0
    returned_because: str | None = None
    state: str = "wanted"
    """wanted | written | accepted | superseded | withdrawn: an edit takes the buttons away once it is written."""
    worked_on_by: str | None = None
    """The person who worked on it, where that is none of our people and another is asked instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteReviewMessage:
    """A written SLA note for the service manager to accept or return, then to decide on an SOP."""

    incident_key: str
    title: str
    customer: str
    priority: str
    misses: tuple[Miss, ...]
    author: str
    reason_label: str
    attribution: str
    what_happened: str
    impact: str
    prevention: str
    customer_told_at: datetime | None
    suggestion: str
    state: str = "written"
    """written | accepted | returned | decided."""
    state_by: str | None = None
    decision: str | None = None
    reminder: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SopReminderMessage:
    """An SOP somebody owns is due (or overdue)."""

    number: str
    decision: str
    title: str
    owner: str
    link: str | None
    due_on: datetime
    incident_key: str
    overdue: bool
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMessage:
    """One plain line: a reply in a thread about what happened, or a notice to one person."""

    incident_key: str | None
    text_key: str
    """The name of its sentence (`bot/views/lines.py` has them): assigned, customer_replied, happened, triage, …"""
    facts: Mapping[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAsideMessage:
    """Something failed five times and is not tried any more, until somebody decides."""

    number: int
    what: str
    """The failed item in words: `the reminder of INC-1042`."""
    error: str
    incident_key: str | None = None
    tried_again_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WordMessage:
    """A word of a ticket system, how often it came without a meaning, and its meaning once somebody has given one."""

    number: int
    intake: str
    kind: str
    """status | priority | person."""
    word: str
    count: int
    mention: tuple[str, ...] = ()
    meaning: str | None = None
    by: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestMessage:
    """The weekly digest: finished figures, ready to be laid out."""

    week: str
    figures: Mapping[str, Any]
    late: bool = False


Notification = (
    NudgeMessage
    | NoteWantedMessage
    | NoteReviewMessage
    | SopReminderMessage
    | LineMessage
    | WordMessage
    | DigestMessage
    | SetAsideMessage
)

KINDS: Mapping[str, type[Notification]] = {
    "nudge": NudgeMessage,
    "note_wanted": NoteWantedMessage,
    "note_review": NoteReviewMessage,
    "sop_reminder": SopReminderMessage,
    "line": LineMessage,
    "word": WordMessage,
    "digest": DigestMessage,
    "set_aside": SetAsideMessage,
}
_KIND_OF = {value: name for name, value in KINDS.items()}


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(KINDS[kind])


def kind_of(notification: Notification) -> str:
    """The stored name of this kind of notification."""
    return _KIND_OF[type(notification)]


def to_payload(notification: Notification) -> dict[str, Any]:
    """The notification as a JSON-ready document."""
    payload: dict[str, Any] = _adapter(kind_of(notification)).dump_python(notification, mode="json")
    return payload


def from_payload(kind: str, payload: Mapping[str, Any]) -> Notification:
    """The notification that was stored under `kind`."""
    notification: Notification = _adapter(kind).validate_python(payload)
    return notification
