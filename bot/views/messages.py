"""Each notification of the engine as a Slack message."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.views.board import board_message, unowned_message
from bot.views.complaint import complaint_message
from bot.views.daily import daily_message
from bot.views.digest import digest
from bot.views.handover import handover_message, handover_reminder
from bot.views.late_notes import manager_prompt
from bot.views.lines import line_message
from bot.views.notes import note_wanted
from bot.views.nudge import nudge_message
from bot.views.own_customers import own_customers
from bot.views.problems import problem_recurred
from bot.views.rendered import Rendered
from bot.views.review import note_review
from bot.views.set_aside import set_aside
from bot.views.silence import silence_message
from bot.views.sops import sop_reminder
from bot.views.storm import storm_message
from bot.views.triage import triage_message
from bot.views.word_questions import word_question
from sla_engine.notifications.board import BoardMessage, UnownedMessage
from sla_engine.notifications.daily import DailyMessage
from sla_engine.notifications.kinds import Notification
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

VIEWS: Mapping[type[Notification], Callable[[Any], Rendered]] = {
    NudgeMessage: nudge_message,
    LineMessage: line_message,
    NoteWantedMessage: note_wanted,
    NoteReviewMessage: note_review,
    SopReminderMessage: sop_reminder,
    WordMessage: word_question,
    DigestMessage: digest,
    OwnCustomersMessage: own_customers,
    ComplaintMessage: complaint_message,
    SetAsideMessage: set_aside,
    TriageMessage: triage_message,
    SilenceMessage: silence_message,
    StormMessage: storm_message,
    BoardMessage: board_message,
    UnownedMessage: unowned_message,
    HandoverMessage: handover_message,
    HandoverReminder: handover_reminder,
    DailyMessage: daily_message,
    ProblemRecurredMessage: problem_recurred,
    ManagerPromptMessage: manager_prompt,
}
"""The view of every kind of notification."""


def render(notification: Notification) -> Rendered:
    """Render a notification of the engine as a Slack message."""
    return VIEWS[type(notification)](notification)
