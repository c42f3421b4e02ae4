"""Messages about who is there and who dispatches: what they ask, and whom they call."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.views.handover import handover_message
from bot.views.silence import silence_message
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.notifications.board import ListedIncident
from sla_engine.notifications.shifts import (
    HandedIncident,
    HandoverMessage,
    HandoverState,
    SilenceMessage,
    SilenceState,
)
from tests.unit.sla_engine.domain.histories import at

MENTION = re.compile(r"<@(\w+)>")
SILENT = SilenceMessage(
    person="U0TOM",
    name="Tom Becker",
    since=at("mon 08:40"),
    open_count=3,
    mention=("U0DANA",),
    first_metric=MetricName.RESOLUTION,
    first_due_at=at("mon 11:00"),
)
HANDED = HandoverMessage(
    name="handover:1",
    given_by="U0DANA",
    given_by_name="Dana Ortiz",
    taken_by="U0DEV",
    at=at("mon 08:00"),
    until=at("mon 08:00", week=1),
    incidents=(
        HandedIncident(
            listed=ListedIncident(
                incident_key="INC-1001",
                title="Nobody can log in",
                customer="Acme Dental",
                priority="P1",
                owner="U0TOM",
                metric=MetricName.RESOLUTION,
                due_at=at("mon 11:00"),
            ),
            owner_name="Tom Becker",
        ),
    ),
)


def test_the_silence_of_somebody_calls_who_is_on_duty_and_not_the_silent_one() -> None:
    text = silence_message(SILENT).text
    assert MENTION.findall(text) == ["U0DANA"]
    assert "*Tom Becker has not reacted since*" in text
    assert "3 open. Next: fix due " in text


def test_a_handover_calls_the_next_only_whoever_left_may_be_ill() -> None:
    text = handover_message(HANDED).text
    assert MENTION.findall(text) == ["U0DEV"]
    assert ", from Dana Ortiz, until " in text
    assert "Tom Becker has it" in text


@pytest.mark.parametrize("state", [state for state in SilenceState if state is not SilenceState.LASTING])
def test_a_silence_that_ended_asks_nothing_any_more(state: SilenceState) -> None:
    ended = silence_message(replace(SILENT, state=state, by="U0DANA", at=at("mon 09:00")))
    assert [block["type"] for block in ended.blocks] == ["section"]


@pytest.mark.parametrize("state", [HandoverState.ACCEPTED, HandoverState.SUPERSEDED])
def test_a_handover_that_is_settled_is_one_line(state: HandoverState) -> None:
    settled = handover_message(replace(HANDED, state=state, state_at=at("mon 08:05")))
    assert len(settled.text.split("\n")) == 1
    assert [block["type"] for block in settled.blocks] == ["section"]
