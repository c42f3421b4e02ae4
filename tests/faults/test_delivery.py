"""Messages on a good day: posted, edited, answered in their thread, in order, within the rate limit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from slack_sdk import WebClient
from slack_sdk.http_retry import RetryHandler
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from bot.courier.courier import Courier
from bot.courier.slack_messages import opaque
from bot.slack_calls import retry_free_client
from bot.views.rendered import Rendered
from sla_engine.delivery.outgoing_messages import OutgoingMessages
from sla_engine.storage.database import Database
from sla_engine.time_source import real_now
from tests.faults.carrying import CHANNEL, QUICK, SteppedClock, courier, incidents, row, says, settle, states, tell
from tests.faults.hostile_slack import HostileSlack, Trouble

pytestmark = pytest.mark.both_databases


def test_a_message_is_posted_once_and_its_timestamp_is_kept(outbox: Database, slack: HostileSlack) -> None:
    tell(outbox, "at risk")
    carrier = courier(outbox, slack)

    assert carrier.run_once() == 1
    assert carrier.run_once() == 0

    (posted,) = slack.visible(CHANNEL)
    stored = row(outbox, "at risk")
    assert (stored.state, stored.ts, stored.channel_id, stored.posts) == ("sent", posted.ts, CHANNEL, 1)


def test_the_post_carries_only_an_opaque_key_and_unfurls_nothing(outbox: Database, slack: HostileSlack) -> None:
    tell(outbox, "at risk", key="INC-7 at risk in C0DISPATCH")
    courier(outbox, slack).run_once()

    (call,) = slack.calls_of("chat.postMessage")
    metadata = {"event_type": "sla_bot_message", "event_payload": {"key": opaque("INC-7 at risk in C0DISPATCH")}}
    assert call.arguments["metadata"] == metadata
    assert "INC-7" not in str(metadata)
    assert [call.arguments[name] for name in ("link_names", "unfurl_links", "unfurl_media")] == [False, False, False]


def test_an_edit_changes_the_message_that_was_posted(outbox: Database, slack: HostileSlack) -> None:
    tell(outbox, "nudge")
    tell(outbox, "acknowledged", op="update", message="nudge")
    settle(courier(outbox, slack))

    (message,) = slack.visible(CHANNEL)
    assert (message.text, message.edits) == ("nudge", ["acknowledged"])


def test_a_thread_reply_waits_for_its_message_and_stands_under_it(outbox: Database, slack: HostileSlack) -> None:
    slack.suffers(Trouble.RATE_LIMITED)
    tell(outbox, "nudge")
    tell(outbox, "what happened since", thread_of="nudge")
    settle(courier(outbox, slack))

    root, reply = slack.visible(CHANNEL)
    assert (root.text, reply.text, reply.thread_ts) == ("nudge", "what happened since", root.ts)


def test_only_the_newest_of_several_edits_is_made(outbox: Database, slack: HostileSlack) -> None:
    tell(outbox, "nudge")
    carrier = courier(outbox, slack)
    settle(carrier)
    for words in ("acknowledged", "snoozed", "closed"):
        tell(outbox, words, op="update", message="nudge")
    settle(carrier)

    (message,) = slack.visible(CHANNEL)
    assert message.edits == ["closed"]
    assert states(outbox) == {"collapsed": 2, "sent": 2}
    assert row(outbox, "snoozed").collapsed_into == row(outbox, "closed").id


def test_a_message_to_a_person_opens_the_conversation_once(outbox: Database, slack: HostileSlack) -> None:
    carrier = courier(outbox, slack)
    for words in ("first", "second"):
        tell(outbox, words, destination="U0TECH")
        settle(carrier)

    assert slack.texts("DU0TECH") == ["first", "second"]
    assert len(slack.calls_of("conversations.open")) == 1


def test_a_waiting_message_holds_back_only_its_own_incident(outbox: Database, slack: HostileSlack) -> None:
    mine, other = incidents(outbox, 2)
    slack.suffers(Trouble.DROP_BEFORE)
    for words, incident in (("a1", mine), ("a2", mine), ("b1", other), ("none", None)):
        tell(outbox, words, incident_id=incident)
    settle(courier(outbox, slack, settle=timedelta(milliseconds=300)))

    assert slack.texts(CHANNEL) == ["b1", "none", "a1", "a2"]


def test_a_channel_gets_one_message_per_gap_whoever_posts(outbox: Database, slack: HostileSlack) -> None:
    gap = timedelta(milliseconds=150)
    for number in range(5):
        tell(outbox, f"m{number}")
    clock = SteppedClock()
    first, second = (courier(outbox, slack, clock=clock, post_gap=gap) for _ in range(2))
    for posted in range(1, 6):
        assert first.run_once() + second.run_once() == 1
        clock.passes(gap - timedelta(milliseconds=1))
        assert first.run_once() + second.run_once() == 0
        clock.passes(timedelta(milliseconds=1))
        assert len(slack.calls_of("chat.postMessage")) == posted


def test_channels_do_not_wait_for_each_other(outbox: Database, slack: HostileSlack) -> None:
    for channel in ("C1", "C2", "C3"):
        tell(outbox, channel, destination=channel)
    assert courier(outbox, slack, post_gap=timedelta(hours=1)).run_once() == 3


def test_an_idle_courier_has_nothing_to_wake_for(outbox: Database, slack: HostileSlack) -> None:
    carrier = courier(outbox, slack)
    assert carrier.run_once() == 0
    assert carrier.next_wake() is None
    tell(outbox, "now")
    wake = carrier.next_wake()
    assert wake is not None
    assert wake <= real_now()


def test_fifty_lost_replies_are_fifty_calls_and_no_more(outbox: Database, slack: HostileSlack) -> None:
    client = retry_free_client("xoxb-test", base_url=slack.url, timeout=QUICK.timeout)
    carrier = Courier(messages=OutgoingMessages(outbox, rules=QUICK, clock=real_now), client=client, render=says)
    slack.suffers(Trouble.DROP_AFTER, times=50)
    for number in range(50):
        carrier.slack.post(Rendered(str(number)), channel=CHANNEL, thread_ts=None, key=str(number))
    assert len(slack.calls_of("chat.postMessage")) == 50
    assert len(slack.visible(CHANNEL)) == 50


@pytest.mark.parametrize("handlers", [None, [RateLimitErrorRetryHandler(max_retry_count=1)]], ids=["default", "one"])
def test_a_client_that_retries_by_itself_is_refused(
    outbox: Database, slack: HostileSlack, handlers: list[RetryHandler] | None
) -> None:
    client = WebClient(token="xoxb-test", base_url=slack.url, retry_handlers=handlers)
    with pytest.raises(ValueError, match="must not retry"):
        Courier(messages=OutgoingMessages(outbox, rules=QUICK, clock=real_now), client=client, render=says)
