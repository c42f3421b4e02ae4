"""A part of `make forecasts`: what is foreseen is what the sweep then says, to whom, where and when.

A story that differs is made simpler as long as it differs, and then shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.domain.incidents.events import CustomerReplied
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.incidents.suppositions import IfPriority
from sla_engine.notifications.nudges import NudgeMessage
from sla_engine.services.simulation.simulation import Simulations
from tests.databases import Databases
from tests.forecasts.run import Comparison, compare
from tests.forecasts.stories import MINUTE, STORIES, Story
from tests.note_desk import TOM, at
from tests.version_desk import VersionDesk, depot

pytestmark = pytest.mark.sqlite_only

STORIES_PLAYED = 8
PLAIN = Story(
    agreement=depot(response="30m", targets={"P2": "2h", "P3": "4h"}),
    opened_at=at("mon 09:00"),
    priority=Priority.P3,
    owner=TOM,
    acts=(),
    supposed_after=MINUTE,
    supposes="priority",
    minutes=20,
    reason=PauseReason.VENDOR,
    new_priority=Priority.P2,
)
"""A story in which every rung of two clocks is announced, one of them by an edit, and the last of each once more."""


@settings(max_examples=STORIES_PLAYED, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=STORIES)
def test_what_is_foreseen_is_what_is_said(databases: Databases, tmp_path: Path, story: Story) -> None:
    assert compare(story, databases, tmp_path).differences == ()


def test_something_is_foreseen(databases: Databases, tmp_path: Path) -> None:
    assert compare(PLAIN, databases, tmp_path) == Comparison(came=7, differences=())


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[VersionDesk]:
    first = depot(response="30m", targets={"P2": "2h", "P3": "2h"}, more="customer_reply_ends_pause: no\n")
    made = VersionDesk(database_url, tmp_path, first)
    yield made
    made.close()


def foreseen_and_posted(desk: VersionDesk, key: str, now: datetime) -> tuple[list[NudgeCause], list[NudgeCause]]:
    """Under which headlines it is foreseen and posted what is due once the priority is P2."""
    supposed = IfPriority(key=key, priority=Priority.P2, at=now)
    (incident,) = Simulations(desk.unit_of_work).simulate(supposed, now=now).incidents
    before = len(desk.sent(about="nudge:"))
    desk.incidents.set_priority(key, priority=Priority.P2, by=TOM, now=now)
    desk.look(now)
    sent = desk.sent(about="nudge:")[before:]
    posted = [one.shown.cause for one in sent if one.op == "post" and isinstance(one.shown, NudgeMessage)]
    return [nudge.cause for nudge in incident.nudges if nudge.at == now], posted


def test_a_repeat_that_meets_the_first_rung_of_another_clock_heads_the_message(desk: VersionDesk) -> None:
    key = desk.open_for_depot(at("mon 15:30"), Priority.P3)
    desk.look(at("mon 16:01"))
    assert foreseen_and_posted(desk, key, at("mon 16:32")) == ([NudgeCause.REPEAT], [NudgeCause.REPEAT])


def test_an_answer_of_the_customer_in_a_pause_is_foreseen(desk: VersionDesk) -> None:
    key = desk.open_for_depot(at("mon 10:00"), Priority.P3)
    desk.incidents.pause(key, reason=PauseReason.CUSTOMER, by=TOM, now=at("mon 10:01"))
    with desk.unit_of_work.act(key, action=Action.RESPOND, by=TOM, now=at("mon 10:02")) as work:
        work.record(CustomerReplied(text="any news?"), by=TOM)
    answered = [NudgeCause.CUSTOMER_ANSWERED]
    assert foreseen_and_posted(desk, key, at("mon 10:02")) == (answered, answered)
