"""The courier against the strict sandbox: what it sends is what Slack takes, and its look-ups find what it sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.courier.courier import Courier
from bot.sandbox.server import Sandbox
from bot.sandbox.traffic.faults import Fault, FaultKind
from bot.sandbox.workspace.seed import SandboxChannel, SandboxUser
from bot.slack_calls import retry_free_client
from sla_engine.delivery.outgoing_messages import OutgoingMessages
from sla_engine.delivery.records import DeliveryRules
from sla_engine.storage.database import Database
from sla_engine.time_source import real_now
from tests.faults.carrying import QUICK, row, says, settle, states, tell

CHANNEL, PERSON = "C1DISPATCH", "U1DANA"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A workspace with a dispatcher and a channel."""
    people = (SandboxUser(PERSON, "dispatcher", "Dana Dispatcher"),)
    channels = (SandboxChannel(CHANNEL, "dispatch"),)
    with Sandbox(people, channels) as started:
        yield started


def courier(outbox: Database, sandbox: Sandbox, rules: DeliveryRules = QUICK) -> Courier:
    client = retry_free_client(sandbox.bot_token, base_url=sandbox.api_url, timeout=rules.timeout)
    return Courier(messages=OutgoingMessages(outbox, rules=rules, clock=real_now), client=client, render=says)


def shown(outbox: Database, sandbox: Sandbox, channel: str = CHANNEL) -> list[str]:
    """The roots of a channel, oldest first."""
    client = courier(outbox, sandbox).slack.client
    messages = client.conversations_history(channel=channel).data["messages"]  # type: ignore[call-overload]
    return [message["text"] for message in reversed(messages) if "metadata" in message or message.get("bot_id")]


def test_posts_edits_replies_and_direct_messages_arrive(outbox: Database, sandbox: Sandbox) -> None:
    tell(outbox, "nudge", destination=CHANNEL)
    tell(outbox, "closed", op="update", message="nudge", destination=CHANNEL)
    tell(outbox, "reply", thread_of="nudge", destination=CHANNEL)
    tell(outbox, "for you", destination=PERSON)
    settle(courier(outbox, sandbox))

    assert states(outbox) == {"sent": 4}
    assert shown(outbox, sandbox) == ["closed"]
    dm = row(outbox, "for you").channel_id
    assert dm is not None
    assert shown(outbox, sandbox, dm) == ["for you"]
    assert sandbox.rejections == []


@pytest.mark.parametrize("kind", [FaultKind.ERROR_AFTER, FaultKind.DROP_AFTER, FaultKind.DROP_BEFORE])
@pytest.mark.parametrize("destination", [CHANNEL, "#dispatch"], ids=["by id", "by name"])
def test_a_message_whose_answer_was_lost_is_found_by_its_key(
    outbox: Database, sandbox: Sandbox, kind: FaultKind, destination: str
) -> None:
    sandbox.faults.next(Fault(kind, method="chat.postMessage"))
    tell(outbox, "breach", destination=destination)
    settle(courier(outbox, sandbox))
    assert shown(outbox, sandbox) == ["breach"]


def test_a_lost_direct_message_is_found_by_its_key(outbox: Database, sandbox: Sandbox) -> None:
    sandbox.faults.next(Fault(FaultKind.ERROR_AFTER, method="chat.postMessage"))
    tell(outbox, "for you", destination=PERSON)
    settle(courier(outbox, sandbox))
    dm = row(outbox, "for you").channel_id
    assert dm is not None
    assert shown(outbox, sandbox, dm) == ["for you"]


def test_a_burst_is_a_message_that_slack_takes(outbox: Database, sandbox: Sandbox) -> None:
    carrier = courier(outbox, sandbox, replace(QUICK, burst_size=5))
    for number in range(30):
        tell(outbox, f"m{number}", destination=CHANNEL)
    settle(carrier)
    tell(outbox, "m30", destination=CHANNEL)
    settle(carrier)
    (summary,) = shown(outbox, sandbox)
    assert summary.startswith("31 messages at once")
    assert sandbox.rejections == []
