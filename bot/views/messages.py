from typing import assert_never

from bot.views.digest import digest
from bot.views.lines import line_message
from bot.views.notes import note_review, note_wanted
from bot.views.nudge import nudge_message
from bot.views.rendered import Rendered
from bot.views.set_aside import set_aside
from bot.views.silence import silence_message
from bot.views.sops import sop_reminder
from bot.views.storm import storm_message
from bot.views.word_questions import word_question
from sla_engine.notifications.kinds import Notification
from sla_engine.notifications.notes import NoteReviewMessage, NoteWantedMessage, SopReminderMessage
from sla_engine.notifications.notices import DigestMessage, LineMessage, SetAsideMessage, WordMessage
from sla_engine.notifications.nudges import NudgeMessage
from sla_engine.notifications.shifts import SilenceMessage
from sla_engine.notifications.storms import StormMessage


def render(notification: Notification) -> Rendered:  # noqa: C901 - one row for each kind of message
    """Render a notification of the engine as a Slack message."""
    match notification:
        case NudgeMessage():
            return nudge_message(notification)
        case LineMessage():
            return line_message(notification)
        case NoteWantedMessage():
            return note_wanted(notification)
        case NoteReviewMessage():
            return note_review(notification)
        case SopReminderMessage():
            return sop_reminder(notification)
        case WordMessage():
            return word_question(notification)
        case DigestMessage():
            return digest(notification)
        case SetAsideMessage():
            return set_aside(notification)
        case SilenceMessage():
            return silence_message(notification)
        case StormMessage():
            return storm_message(notification)
        case _:
            assert_never(notification)
