"""Slack is gone for a while: it is probed gently, and everything arrives when it is back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.courier.courier import Courier
from sla_engine.storage.database import Database
from sla_engine.time_source import monotonic
from tests.faults.carrying import IMPATIENT, courier, settle, states, tell
from tests.faults.hostile_slack import Fault, HostileSlack, Trouble
from tests.polling import until

pytestmark = pytest.mark.both_databases

OUTAGE_SECONDS = 2.0
PROBE_GAP = timedelta(milliseconds=200)
CHANNELS = 6


def fails_with(trouble: Trouble, seconds: float = 0.0) -> Callable[[HostileSlack], None]:
    def begin(slack: HostileSlack) -> None:
        slack.outage = Fault(trouble, seconds=seconds)

    return begin


def refuses(slack: HostileSlack) -> None:
    slack.refuse_connections()


OUTAGES = {
    "503": fails_with(Trouble.ERROR_BEFORE),
    "hangs": fails_with(Trouble.HANG_BEFORE, 0.5),
    "accepts and answers 503": fails_with(Trouble.ERROR_AFTER),
    "refuses connections": refuses,
}


def work(carrier: Courier, over: threading.Event) -> None:
    while not over.is_set():
        if carrier.run_once() == 0:
            over.wait(0.02)


@pytest.mark.parametrize("outage", OUTAGES)
def test_after_an_outage_everything_is_there_once(outbox: Database, slack: HostileSlack, outage: str) -> None:
    OUTAGES[outage](slack)
    wanted = [f"{channel}/{number}" for channel in range(CHANNELS) for number in range(4)]
    for words in wanted:
        tell(outbox, words, destination=f"C{words.split('/')[0]}")
    over = threading.Event()
    carriers = [courier(outbox, slack, rules=IMPATIENT, probe_gap=PROBE_GAP) for _ in range(3)]
    workers = [threading.Thread(target=work, args=(carrier, over)) for carrier in carriers]
    began = monotonic()
    for worker in workers:
        worker.start()
    over.wait(OUTAGE_SECONDS)
    probes = [call.at for call in slack.calls if call.at < began + OUTAGE_SECONDS]
    over.set()
    for carrier in carriers:
        carrier.stop()
    for worker in workers:
        worker.join()

    slack.outage = None
    if outage == "refuses connections":
        slack.listen()
    settle(courier(outbox, slack))
    assert sorted(slack.texts()) == sorted(wanted)
    assert states(outbox) == {"sent": len(wanted)}
    # Three calls open the breaker (each worker may have one more in hand); then one probe a gap for all of them.
    assert len(probes) <= 3 + 3 + OUTAGE_SECONDS / PROBE_GAP.total_seconds() + 1


def test_one_channel_that_always_fails_does_not_stop_the_others(outbox: Database, slack: HostileSlack) -> None:
    slack.suffers(Trouble.ERROR_BEFORE, channel="C0BAD", method="*", times=1000)
    tell(outbox, "bad", destination="C0BAD")
    for number in range(20):
        tell(outbox, f"good {number}", destination="C0GOOD")
    carrier = courier(outbox, slack)
    until(
        lambda: carrier.run_once() >= 0 and len(slack.visible("C0GOOD")) == 20,
        what="the good channel has everything",
    )
    assert states(outbox) == {"sent": 20, "unknown": 1}
