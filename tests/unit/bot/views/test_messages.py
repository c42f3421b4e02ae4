"""Every kind of notification has its view."""

from datetime import timedelta

import pytest

from bot.views.messages import VIEWS, render
from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.notifications.kinds import KINDS, Notification, from_payload, kind_of, to_payload
from sla_engine.notifications.notes import Miss, NoteReviewMessage, NoteWantedMessage, SopReminderMessage
from sla_engine.notifications.notices import LineMessage, SetAsideMessage
from sla_engine.notifications.nudges import NudgeMessage
from tests.unit.bot.views.samples import minute, refused, seen

MISS = Miss(
    metric_label="First reply",
    target=timedelta(minutes=30),
    elapsed=timedelta(minutes=42),
    breached_at=minute(30),
)
NOTIFICATIONS: dict[str, Notification] = {
    "set aside": SetAsideMessage(number=7, what="The reminder of INC-1042", error="KeyError: 'until'"),
    "nudge": NudgeMessage(
        incident_key="INC-1042",
        title="Printers offline",
        customer="Acme Dental",
        priority="P2",
        link=None,
        cause=NudgeCause.HELP,
        metric_label=None,
        percent=0,
        due_at=None,
        elapsed=timedelta(0),
        target=timedelta(0),
        breached_at=None,
        noticed_at=None,
        mention=("U0DANA",),
        assignee=None,
    ),
    "line": LineMessage(incident_key="INC-1042", text_key="assigned", facts={"by": "U0DANA"}),
    "note wanted": NoteWantedMessage(
        incident_key="INC-1042",
        title="Printers offline",
        customer="Acme Dental",
        priority="P2",
        misses=(MISS,),
        writer="U0TOM",
        for_manager=False,
    ),
    "note review": NoteReviewMessage(
        incident_key="INC-1042",
        title="Printers offline",
        customer="Acme Dental",
        priority="P2",
        misses=(MISS,),
        author="U0TOM",
        reason_label="Late triage",
        attribution="us",
        what_happened="Nobody looked at the queue during lunch.",
        impact="Six people could not print for 42 minutes.",
        prevention="Somebody watches the queue at noon.",
        customer_told_at=None,
        suggestion="none",
    ),
    "SOP reminder": SopReminderMessage(
        number="INC-1042",
        decision="create",
        title="Watch the queue",
        owner="U0TOM",
        link=None,
        due_on=minute(0),
        incident_key="INC-1042",
        overdue=False,
    ),
}


@pytest.mark.parametrize("notification", NOTIFICATIONS.values(), ids=NOTIFICATIONS)
def test_each_notification_becomes_a_message_slack_takes(notification: Notification) -> None:
    rendered = render(notification)
    assert refused(rendered) == []
    assert "INC-1042" in rendered.text
    assert "INC-1042" in seen(rendered)


@pytest.mark.parametrize("notification", NOTIFICATIONS.values(), ids=NOTIFICATIONS)
def test_a_notification_that_was_stored_renders_as_before(notification: Notification) -> None:
    stored = from_payload(kind_of(notification), to_payload(notification))
    assert render(stored) == render(notification)


def test_every_kind_of_notification_has_a_view() -> None:
    assert set(VIEWS) == set(KINDS.values())
