"""Many messages at once become one summary that grows; nobody is told later than the window."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from bot.courier.courier import Courier
from bot.views.burst import burst_summary
from sla_engine.delivery.bursts import NO_BURST
from sla_engine.delivery.records import DeliveryRules
from sla_engine.storage.database import Database
from sla_engine.time_source import monotonic
from tests.faults.carrying import CHANNEL, QUICK, SteppedClock, carry_for, courier, row, settle, states, tell, tell_all
from tests.faults.hostile_slack import HostileSlack, Trouble
from tests.polling import until

pytestmark = pytest.mark.both_databases


def in_bursts(outbox: Database, slack: HostileSlack, **changed: Any) -> Courier:
    return courier(outbox, slack, burst_size=5, **changed)


def test_four_messages_at_once_are_four_messages(outbox: Database, slack: HostileSlack) -> None:
    for number in range(4):
        tell(outbox, f"m{number}")
    settle(in_bursts(outbox, slack))
    assert slack.texts(CHANNEL) == ["m0", "m1", "m2", "m3"]


def test_five_messages_at_once_are_one_summary_they_point_to(outbox: Database, slack: HostileSlack) -> None:
    for number in range(5):
        tell(outbox, f"m{number}")
    tell(outbox, "elsewhere", destination="C0OTHER")
    settle(in_bursts(outbox, slack))

    (summary,) = slack.texts(CHANNEL)
    assert summary.startswith("5 messages at once")
    assert slack.texts("C0OTHER") == ["elsewhere"]
    assert states(outbox) == {"collapsed": 5, "sent": 2}
    assert row(outbox, "m3").collapsed_into == row(outbox, f"burst:{CHANNEL}:{row(outbox, 'm0').id}").id


def test_within_the_window_the_summary_grows_and_nothing_new_is_posted(outbox: Database, slack: HostileSlack) -> None:
    carrier = in_bursts(outbox, slack, burst_window=timedelta(minutes=5))
    for number in range(5):
        tell(outbox, f"m{number}")
    settle(carrier)
    for number in range(5, 8):
        tell(outbox, f"m{number}")
        settle(carrier)

    (summary,) = slack.visible(CHANNEL)
    assert summary.shows.startswith("8 messages at once")
    assert len(slack.calls_of("chat.postMessage")) == 1


def test_a_summary_nobody_has_seen_yet_grows_in_place(outbox: Database, slack: HostileSlack) -> None:
    slack.suffers(Trouble.RATE_LIMITED, retry_after="30")
    for number in range(5):
        tell(outbox, f"m{number}")
    clock = SteppedClock()
    carrier = in_bursts(outbox, slack, clock=clock)
    carry_for(timedelta(0), carrier, clock=clock)
    tell(outbox, "m5")
    carry_for(timedelta(seconds=31), carrier, clock=clock)

    (summary,) = slack.visible(CHANNEL)
    assert (summary.text.splitlines()[0], summary.edits) == ("6 messages at once (no priority: 6)", [])


def test_after_the_window_messages_stand_for_themselves_again(outbox: Database, slack: HostileSlack) -> None:
    carrier = in_bursts(outbox, slack, burst_window=timedelta(0))
    for number in range(5):
        tell(outbox, f"m{number}")
    settle(carrier)
    tell(outbox, "m5")
    settle(carrier)
    assert slack.texts(CHANNEL)[1:] == ["m5"]


def test_edits_and_replies_of_a_collapsed_message_are_dropped(outbox: Database, slack: HostileSlack) -> None:
    for number in range(5):
        tell(outbox, f"m{number}")
    tell(outbox, "closed", op="update", message="m1")
    tell(outbox, "reply", thread_of="m2")
    settle(in_bursts(outbox, slack))
    assert len(slack.visible(CHANNEL)) == 1
    assert states(outbox) == {"collapsed": 7, "sent": 1}


def test_a_summary_that_got_lost_is_there_once(outbox: Database, slack: HostileSlack) -> None:
    slack.suffers(Trouble.DROP_AFTER)
    for number in range(6):
        tell(outbox, f"m{number}")
    settle(in_bursts(outbox, slack))
    (summary,) = slack.texts(CHANNEL)
    assert summary.startswith("6 messages at once")


@pytest.mark.parametrize("channels", [1, 5])
def test_a_minute_of_breaches_is_a_few_posts_and_everybody_is_told(
    outbox: Database, slack: HostileSlack, channels: int
) -> None:
    """A minute with hundreds of breaches a channel, thirty times quicker: gaps and window to scale."""
    rules = DeliveryRules(
        timeout=QUICK.timeout,
        lease=QUICK.lease,
        margin=QUICK.margin,
        post_gap=timedelta(milliseconds=34),
        burst_window=timedelta(milliseconds=500),
    )
    carriers = [courier(outbox, slack, rules=rules) for _ in range(2)]
    over = threading.Event()
    workers = [threading.Thread(target=_work, args=(each, over)) for each in carriers]
    for worker in workers:
        worker.start()
    began = monotonic()
    for batch in range(20):
        tell_all(outbox, {f"{batch}/{number}": f"C{number % channels}" for number in range(15 * channels)})
        over.wait(max(0.0, began + (batch + 1) * 0.1 - monotonic()))
    until(lambda: set(states(outbox)) <= {"sent", "collapsed"}, what="everybody was told")
    windows = (monotonic() - began) / rules.burst_window.total_seconds()  # 4, and more on a machine that is busy
    over.set()
    for worker in workers:
        worker.join()

    for channel in range(channels):
        assert len(slack.calls_of("chat.postMessage", f"C{channel}")) <= 6 + windows
    told = sum(int(text.split()[0]) if "at once" in text else 1 for text in slack.texts())
    assert told == 300 * channels


def _work(carrier: Courier, over: threading.Event) -> None:
    while not over.is_set():
        if carrier.run_once() == 0:
            over.wait(0.01)


def test_the_summary_lists_the_most_urgent_first_and_mentions_nobody_from_outside() -> None:
    nudges: list[dict[str, Any]] = [
        {"incident_key": "INC-2", "title": "Slow <!channel>", "priority": "P3", "metric_label": "Fix"},
        {"incident_key": "INC-1", "title": "Down & out", "priority": "P1", "mention": ["U1", "U2"]},
        {"incident_key": "INC-3", "title": "x" * 4000, "priority": "P1", "mention": ["U1"]},
    ]
    said = burst_summary(NO_BURST.grown(nudges))
    lines = said.text.splitlines()
    assert lines[0] == "<@U1> <@U2> 3 messages at once (P1: 2 · P3: 1)"
    assert [line.split("*")[1] for line in lines[1:]] == ["INC-1", "INC-3", "INC-2"]
    assert "&lt;!channel&gt; – Fix" in lines[3]
    assert "<@U1> <@U2>" in said.blocks[1]["text"]["text"]


def test_a_huge_storm_fits_into_one_message() -> None:
    nudges = [
        {"incident_key": f"INC-{number}", "title": "&" * 500, "priority": "P2", "mention": [f"U{number}"]}
        for number in range(1000)
    ]
    said = burst_summary(NO_BURST.grown(nudges))
    assert len(said.blocks[1]["text"]["text"]) <= 3000
    assert "and 980 more" in str(said.blocks[2])
