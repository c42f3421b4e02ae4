"""Stored notifications: the engine writes them into the outbox under a name; a front end turns them into messages."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from sla_engine.notifications.board import BoardMessage, UnownedMessage
from sla_engine.notifications.daily import DailyMessage
from sla_engine.notifications.late_notes import ManagerPromptMessage
from sla_engine.notifications.notes import NoteReviewMessage, NoteWantedMessage, SopReminderMessage
from sla_engine.notifications.notices import (
    ComplaintMessage,
    DigestMessage,
    LineMessage,
    OwnCustomersMessage,
    SetAsideMessage,
    WordMessage,
)
from sla_engine.notifications.nudges import NudgeMessage
from sla_engine.notifications.problems import ProblemRecurredMessage
from sla_engine.notifications.shifts import HandoverMessage, HandoverReminder, SilenceMessage
from sla_engine.notifications.storms import StormMessage
from sla_engine.notifications.triage import TriageMessage

Notification = (
    NudgeMessage
    | NoteWantedMessage
    | NoteReviewMessage
    | SopReminderMessage
    | LineMessage
    | WordMessage
    | DigestMessage
    | ComplaintMessage
    | TriageMessage
    | SetAsideMessage
    | SilenceMessage
    | StormMessage
    | BoardMessage
    | UnownedMessage
    | HandoverMessage
    | HandoverReminder
    | DailyMessage
    | OwnCustomersMessage
    | ProblemRecurredMessage
    | ManagerPromptMessage
)


KINDS: Mapping[str, type[Notification]] = {
    "nudge": NudgeMessage,
    "note_wanted": NoteWantedMessage,
    "note_review": NoteReviewMessage,
    "sop_reminder": SopReminderMessage,
    "line": LineMessage,
    "word": WordMessage,
    "digest": DigestMessage,
    "complaint": ComplaintMessage,
    "triage": TriageMessage,
    "set_aside": SetAsideMessage,
    "silence": SilenceMessage,
    "incident_storm": StormMessage,
    "board": BoardMessage,
    "unowned": UnownedMessage,
    "handover": HandoverMessage,
    "handover_reminder": HandoverReminder,
    "daily": DailyMessage,
    "own_customers": OwnCustomersMessage,
    "problem_recurred": ProblemRecurredMessage,
    "manager_prompt": ManagerPromptMessage,
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
