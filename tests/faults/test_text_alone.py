"""Messages that Slack does not take for their form: sent once more as text alone, never twice, and in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.courier.courier import Courier
from bot.sandbox.server import Sandbox
from bot.sandbox.traffic.faults import Fault, FaultKind
from bot.sandbox.workspace.messages import Message
from bot.sandbox.workspace.seed import SandboxChannel, SandboxUser
from bot.slack_calls import retry_free_client
from bot.views.rendered import Rendered
from sla_engine.delivery.outgoing_messages import OutgoingMessages
from sla_engine.delivery.records import DeliveryRules
from sla_engine.notifications.kinds import Notification
from sla_engine.storage.database import Database
from sla_engine.time_source import real_now
from tests.faults.carrying import CHANNEL, QUICK, ROUTES, SHORT_LEASE, incidents, row, says, settle, states, tell

GOOD: dict[str, Any] = {"type": "section", "text": {"type": "mrkdwn", "text": "good", "verbatim": True}}
NO_ADDRESS: dict[str, Any] = {
    "type": "actions",
    "elements": [
        {"type": "button", "text": {"type": "plain_text", "text": "Open"}, "action_id": "open", "url": "https://"}
    ],
}


class Died(BaseException):
    """The process is gone; nothing that catches errors can keep it."""


def dying_at(point: str, *, time: int) -> Callable[[str], None]:
    """A hook that ends the courier when it passes the point for the n-th time; the transaction in hand is undone."""
    passed: list[str] = []

    def after(where: str) -> None:
        passed.append(where)
        if where == point and passed.count(point) == time:
            raise Died

    return after


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox((SandboxUser("U0DANA", "dana", "Dana"),), (SandboxChannel(CHANNEL, "dispatch"),)) as started:
        yield started


def drawn(notification: Notification) -> Rendered:
    """A message whose blocks the strict sandbox refuses when its words are bad."""
    text = says(notification).text
    return Rendered(text, [NO_ADDRESS if text.startswith("bad") else GOOD])


def courier(
    outbox: Database,
    sandbox: Sandbox,
    *,
    rules: DeliveryRules = QUICK,
    after: Callable[[str], None] = lambda _point: None,
    burst_size: int = 1000,
) -> Courier:
    client = retry_free_client(sandbox.bot_token, base_url=sandbox.api_url, timeout=rules.timeout)
    return Courier(
        messages=OutgoingMessages(outbox, rules=replace(rules, burst_size=burst_size), clock=real_now, after=after),
        client=client,
        render=drawn,
        routes=lambda: ROUTES,
    )


def said(sandbox: Sandbox) -> list[Message]:
    return sandbox.hub.workspace.messages_in(CHANNEL)


def test_a_message_with_a_bad_block_arrives_as_its_text_alone_between_its_neighbours(
    outbox: Database, sandbox: Sandbox
) -> None:
    (incident,) = incidents(outbox, 1)
    for words in ("first", "bad link", "last"):
        tell(outbox, words, incident_id=incident)
    settle(courier(outbox, sandbox))

    assert [(message.text, bool(message.blocks)) for message in said(sandbox)] == [
        ("first", True),
        ("bad link", False),
        ("last", True),
    ]
    assert states(outbox) == {"sent": 3}
    assert (row(outbox, "bad link").text_only, row(outbox, "bad link").error) == ("invalid_blocks", None)
    assert [each.error for each in sandbox.rejections] == ["invalid_blocks"], "the blocks are tried once"


def test_an_edit_with_a_bad_block_is_made_as_its_text_alone(outbox: Database, sandbox: Sandbox) -> None:
    tell(outbox, "nudge")
    tell(outbox, "bad edit", message="nudge", op="update")
    settle(courier(outbox, sandbox))
    (message,) = said(sandbox)
    assert (message.text, message.blocks) == ("bad edit", None)


def test_a_text_that_is_too_long_is_cut(outbox: Database, sandbox: Sandbox) -> None:
    tell(outbox, "long", key="long")
    long = Rendered("x" * 50_000, [])
    carrier = courier(outbox, sandbox)
    carrier.render = lambda _notification: long
    settle(carrier)
    (message,) = said(sandbox)
    assert len(message.text) == 4000
    assert message.text.endswith("…")
    assert row(outbox, "long").text_only is None, "cut before it is sent, so that nothing is refused"


def test_what_is_not_even_taken_as_text_is_announced_where_it_was_to_stand(outbox: Database, sandbox: Sandbox) -> None:
    refuses = Fault(FaultKind.REFUSE, method="chat.postMessage", error="invalid_arguments")
    sandbox.faults.next(refuses)
    sandbox.faults.next(refuses)
    tell(outbox, "hopeless")
    settle(courier(outbox, sandbox))
    (notice,) = said(sandbox)
    assert "could not be delivered (invalid_arguments)" in notice.text
    assert notice.text.endswith("hopeless")
    assert row(outbox, "hopeless").state == "dead"


def test_a_summary_of_a_burst_that_slack_refuses_is_said_as_text_and_grows_as_text(
    outbox: Database, sandbox: Sandbox
) -> None:
    for method in ("chat.postMessage", "chat.update"):
        sandbox.faults.next(Fault(FaultKind.REFUSE, method=method, error="invalid_blocks"))
    carrier = courier(outbox, sandbox, burst_size=5)
    for number in range(6):
        tell(outbox, f"m{number}")
    settle(carrier)
    tell(outbox, "m6")
    settle(carrier)
    (summary,) = said(sandbox)
    assert summary.text.startswith("7 messages at once")
    assert not summary.blocks


@pytest.mark.parametrize("kind", [FaultKind.ERROR_AFTER, FaultKind.DROP_AFTER])
def test_a_text_alone_whose_answer_was_lost_is_looked_for_before_it_is_sent_again(
    outbox: Database, sandbox: Sandbox, kind: FaultKind
) -> None:
    sandbox.faults.next(Fault(FaultKind.REFUSE, method="chat.postMessage", error="invalid_blocks"))
    sandbox.faults.next(Fault(kind, method="chat.postMessage"))
    tell(outbox, "good, but refused")
    settle(courier(outbox, sandbox))
    assert [message.text for message in said(sandbox)] == ["good, but refused"]


@pytest.mark.parametrize("point", ["post", "finish", "finish committed", "claim committed", "before post"])
@pytest.mark.parametrize("time", [1, 2])
def test_a_courier_that_dies_on_the_way_leaves_one_message(
    outbox: Database, sandbox: Sandbox, point: str, time: int
) -> None:
    tell(outbox, "bad link")
    with pytest.raises(Died):
        settle(courier(outbox, sandbox, rules=SHORT_LEASE, after=dying_at(point, time=time)))
    settle(courier(outbox, sandbox))
    assert [message.text for message in said(sandbox)] == ["bad link"]
